"""The reader a preferences link is for; who reads no more, or not yet, is told why there is nothing to do."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Response, make_response, render_template, request
from sqlalchemy.orm import Session

from newsletter import subscribers
from newsletter.direct import Direct
from newsletter.models import Subscriber, SubscriberStatus
from newsletter.tokens import Purpose
from newsletter.web.i18n import speak_to
from newsletter.web.links import handle_and_age, subscriber_behind, token_for
from newsletter.web.shared import shared

READERS = (SubscriberStatus.ACTIVE, SubscriberStatus.PAUSED)


class NotAReader(Exception):
    """The link's subscriber has not confirmed yet, or has unsubscribed."""

    def __init__(self, subscriber: Subscriber | subscribers.Profile) -> None:
        super().__init__("no reader")
        self.status, self.handle = subscriber.status, subscriber.handle


def reader_of(session: Session, token: str) -> Subscriber:
    """The reader a link was made for; the page speaks their language.

    Raises `InvalidToken`, `UnknownSubscriber` and `NotAReader`, which are all answered with a page.
    """
    subscriber = subscriber_behind(session, handle_and_age(token, Purpose.MANAGE)[0])
    if subscriber.status not in READERS:
        raise NotAReader(subscriber)
    return subscriber


def profile_of(direct: Direct, token: str) -> subscribers.Profile:
    """The same reader as their own page shows them; it raises the same."""
    found = subscribers.look_at(direct, handle_and_age(token, Purpose.MANAGE)[0])
    speak_to(found.language)
    if found.status not in READERS:
        raise NotAReader(found)
    return found


@contextmanager
def told_if_old(session: Session, reader: Subscriber, token: str) -> Iterator[None]:
    """What changes within the block is told in the next issue, if the link is old."""
    _handle, is_old = handle_and_age(token, Purpose.MANAGE)
    was = subscribers.choices_now(reader)
    yield
    if is_old:
        subscribers.remember(session, reader, was, shared().clock())


def not_a_reader(error: NotAReader) -> Response:
    """The page for who has nothing to choose; a button that was pressed changed nothing (409)."""
    unsubscribe = token_for(error.handle, Purpose.UNSUBSCRIBE)
    page = render_template("not_a_reader.html", status=error.status, unsubscribe=unsubscribe)
    return make_response(page, 409 if request.method == "POST" else 200)
