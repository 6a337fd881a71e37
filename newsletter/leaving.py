"""Leaving: the unsubscription and the last mail that tells of it, in one transaction, whichever way it comes.

Above subscribers and delivery, for it needs both.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from newsletter import subscribers
from newsletter.delivery.notice import enqueue_goodbye
from newsletter.mail.unsubscribe_mail import WORD, token_in
from newsletter.models import Subscriber
from newsletter.subscribers import UnknownSubscriber
from newsletter.tokens import InvalidToken, Purpose, read_token


class Wish(StrEnum):
    """What became of a message."""

    DONE = "unsubscribed"
    NOBODY = "nobody reads us by this link any more"
    NONE = "no wish to unsubscribe"


def leave(
    session: Session, handle: str, via: str, wording: str, now: datetime, domain: str, language: str | None
) -> Subscriber:
    """Unsubscribe a reader and enter their last mail; who has left already stays as they are.

    `wording` is what they were shown, in `language` if that is another than theirs; `domain` is that of our
    mail. Raises `UnknownSubscriber`.
    """
    leaver = subscribers.unsubscribe(session, handle, via, wording, now, language)
    enqueue_goodbye(session, leaver, now, domain)
    return leaver


def leave_by_mail(session: Session, message: bytes, keys: Sequence[str], now: datetime, domain: str) -> Wish:
    """Do what a message asks for: unsubscribe the reader whose token stands in its subject.

    `message` may be its header alone; `keys` sign links, newest first. Another one of the same is no harm.
    """
    token = token_in(message)
    if token is None:
        return Wish.NONE
    try:
        handle = read_token(keys, Purpose.UNSUBSCRIBE, token)
        leave(session, handle, "mail", WORD, now, domain, None)
    except InvalidToken:
        return Wish.NONE
    except UnknownSubscriber:
        return Wish.NOBODY
    return Wish.DONE
