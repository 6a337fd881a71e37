"""WebSub (https://www.w3.org/TR/websub/): being told of new entries by a feed's hub.

The hub's message is only a knock: its source becomes due and is polled like any other. So there is one
way into the database for what feeds say, and nothing a hub sends, or fails to send, can do more than
cost or save a poll.
"""
