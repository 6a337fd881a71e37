"""Subscribers: signing up, choosing, leaving. Services take a session and never commit."""

from newsletter.subscribers.choosing import Choices, change_preferences, pause, resume
from newsletter.subscribers.finding import (
    UnknownSubscriber,
    UnknownTopic,
    find_by_address,
    find_by_handle,
    offered_topics,
)
from newsletter.subscribers.leaving import UndoClosed, erase, may_undo, resubscribe, unsubscribe
from newsletter.subscribers.signup import (
    AlreadyKnown,
    LinkOutdated,
    SignUp,
    SignUpOutcome,
    admit,
    confirm,
    purge_unconfirmed,
    sign_up,
)

__all__ = [
    "AlreadyKnown",
    "Choices",
    "LinkOutdated",
    "SignUp",
    "SignUpOutcome",
    "UndoClosed",
    "UnknownSubscriber",
    "UnknownTopic",
    "admit",
    "change_preferences",
    "confirm",
    "erase",
    "find_by_address",
    "find_by_handle",
    "may_undo",
    "offered_topics",
    "pause",
    "purge_unconfirmed",
    "resubscribe",
    "resume",
    "sign_up",
    "unsubscribe",
]
