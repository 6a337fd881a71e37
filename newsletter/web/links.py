"""Readers' own links: from the token in an address to the handle it stands for, and back."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from newsletter import subscribers
from newsletter.models import Subscriber
from newsletter.tokens import (
    Purpose,
    make_dated_token,
    make_token,
    read_dated_token,
    read_handle_and_date,
    read_lasting_token,
    read_token,
)
from newsletter.web.i18n import speak_to
from newsletter.web.shared import shared

# A change by a link older than this is told in the next issue.
FRESH = timedelta(days=1)


def handle_from(token: str, purpose: Purpose) -> str:
    """The handle of the subscriber a link was made for, however long ago. Raises `InvalidToken`."""
    return read_token(shared().settings.keys, purpose, token)


def handle_and_age(token: str, purpose: Purpose) -> tuple[str, bool]:
    """The handle of a link that never ends, and whether it is old: of another day, or of before links told.

    Raises `InvalidToken`.
    """
    handle, made_at = read_lasting_token(shared().settings.keys, purpose, token)
    return handle, made_at is None or shared().clock() - made_at > FRESH


def handle_from_recent(token: str, purpose: Purpose, max_age: timedelta) -> str:
    """The handle of a link made at most `max_age` ago. Raises `InvalidToken`."""
    return read_dated_token(shared().settings.keys, purpose, token, shared().clock(), max_age)


def handle_and_date(token: str, purpose: Purpose, max_age: timedelta) -> tuple[str, datetime]:
    """The handle of a link made at most `max_age` ago, and when it was made. Raises `InvalidToken`."""
    return read_handle_and_date(shared().settings.keys, purpose, token, shared().clock(), max_age)


def subscriber_behind(session: Session, handle: str) -> Subscriber:
    """The subscriber a link was made for; from here on the page speaks their language.

    Raises `UnknownSubscriber`.
    """
    subscriber = subscribers.find_by_handle(session, handle)
    speak_to(subscriber.language)
    return subscriber


def fresh_token_for(handle: str, purpose: Purpose) -> str:
    """The same, telling when it was made."""
    return make_dated_token(shared().settings.keys, purpose, handle, shared().clock())


def token_for(handle: str, purpose: Purpose) -> str:
    """A fresh token for a subscriber's link on a page."""
    return make_token(shared().settings.keys, purpose, handle)
