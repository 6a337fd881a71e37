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
from newsletter.subscribers.moving import HourChanged, Move, hour_away, move_hour, plan_move
from newsletter.subscribers.muting import UnknownSource, mute_source, unmute_source
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
    "HourChanged",
    "LinkOutdated",
    "Move",
    "SignUp",
    "SignUpOutcome",
    "UndoClosed",
    "UnknownSource",
    "UnknownSubscriber",
    "UnknownTopic",
    "admit",
    "change_preferences",
    "confirm",
    "erase",
    "find_by_address",
    "find_by_handle",
    "hour_away",
    "may_undo",
    "move_hour",
    "mute_source",
    "offered_topics",
    "pause",
    "plan_move",
    "purge_unconfirmed",
    "resubscribe",
    "resume",
    "sign_up",
    "unmute_source",
    "unsubscribe",
]
