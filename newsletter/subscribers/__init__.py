"""Subscribers: signing up, choosing, leaving. Services take a session and never commit."""

from newsletter.subscribers.about import everything_about
from newsletter.subscribers.address_change import (
    Asked,
    AskedTooOften,
    ChangeClosed,
    Side,
    ask_for_change,
    confirm_change,
    forget_changes,
    open_change,
    open_to_change,
    stop_change,
)
from newsletter.subscribers.asking import Asker, Known, notice_for, sign_up, who_has
from newsletter.subscribers.choosing import (
    Choices,
    change_preferences,
    leave_topic,
    pause,
    resume,
    return_to_topic,
)
from newsletter.subscribers.finding import (
    UnknownSubscriber,
    UnknownTopic,
    find_by_address,
    find_by_handle,
    offered_topics,
)
from newsletter.subscribers.leaving import UndoClosed, erase, may_undo, resubscribe, unsubscribe
from newsletter.subscribers.looking import Profile, look_at
from newsletter.subscribers.moving import HourChanged, Move, hour_away, move_hour, plan_move
from newsletter.subscribers.muting import UnknownSource, mute_source, unmute_source
from newsletter.subscribers.reasons import note_reason
from newsletter.subscribers.signup import (
    AlreadyKnown,
    LinkOutdated,
    SignUp,
    admit,
    confirm,
    purge_unconfirmed,
)
from newsletter.subscribers.undoing import (
    ChangeUndone,
    UnknownChange,
    choices_now,
    find_change,
    forget_told,
    put_back,
    remember,
    to_put_back,
)

__all__ = [
    "AlreadyKnown",
    "Asked",
    "AskedTooOften",
    "Asker",
    "ChangeClosed",
    "ChangeUndone",
    "Choices",
    "HourChanged",
    "Known",
    "LinkOutdated",
    "Move",
    "Profile",
    "Side",
    "SignUp",
    "UndoClosed",
    "UnknownChange",
    "UnknownSource",
    "UnknownSubscriber",
    "UnknownTopic",
    "admit",
    "ask_for_change",
    "change_preferences",
    "choices_now",
    "confirm",
    "confirm_change",
    "erase",
    "everything_about",
    "find_by_address",
    "find_by_handle",
    "find_change",
    "forget_changes",
    "forget_told",
    "hour_away",
    "leave_topic",
    "look_at",
    "may_undo",
    "move_hour",
    "mute_source",
    "note_reason",
    "notice_for",
    "offered_topics",
    "open_change",
    "open_to_change",
    "pause",
    "plan_move",
    "purge_unconfirmed",
    "put_back",
    "remember",
    "resubscribe",
    "resume",
    "return_to_topic",
    "sign_up",
    "stop_change",
    "to_put_back",
    "unmute_source",
    "unsubscribe",
    "who_has",
]
