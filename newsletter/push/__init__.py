"""Notices in browsers for readers who allow them ("your edition is ready"): Web Push (RFC 8030).

`browsers` keeps who may be told, `notice` says what, `envelope` encrypts and signs it (RFC 8291, 8292),
`deliver` hands it over.
"""
