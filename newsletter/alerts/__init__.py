"""Alerts to the operator: what is wrong is looked up, told once by mail, and once more when it is over.

A room of its own above the services, because it looks at what all of them have left in the database.
"""
