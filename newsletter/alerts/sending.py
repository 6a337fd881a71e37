"""Sending that has stopped: mail waits, and none leaves."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter.alerts.trouble import Trouble
from newsletter.delivery.reasons import needs, nothing_moves
from newsletter.delivery.status import NEEDS_WINDOW, STUCK, waiting_since
from newsletter.delivery.transition import WAITING
from newsletter.mail.alert import AlertKind
from newsletter.mail.replies import Refusal
from newsletter.models import Delivery, DeliveryEvent, DeliveryState

CAUSE = "sending"
# Events are numbered as they are written; among so many of the latest the last mail sent is found.
_LATEST = 20_000


def stopped_sending(session: Session, now: datetime) -> Iterator[Trouble]:
    """That mail has waited for ten minutes in which none has left."""
    since = _waiting_since(session, now)
    if since is None or now - since <= STUCK or _sent_lately(session, now):
        return
    facts = {"waiting": _waiting(session, now), "since": since.isoformat(), "said": _said(session, now)}
    yield Trouble(AlertKind.SENDING, CAUSE, facts)


def _waiting_since(session: Session, now: datetime) -> datetime | None:
    """When the oldest mail was entered that could leave, or that the mail server would not take from us."""
    refused: datetime | None = session.scalar(
        select(func.min(Delivery.created_at)).where(
            Delivery.state == DeliveryState.DEFERRED, Delivery.refusal == Refusal.RELAY
        )
    )
    found = [moment for moment in (waiting_since(session, now), refused) if moment is not None]
    return min(found, default=None)


def _sent_lately(session: Session, now: datetime) -> bool:
    first = (session.scalar(select(func.max(DeliveryEvent.id))) or 0) - _LATEST
    sent = DeliveryEvent.id > first, DeliveryEvent.kind == DeliveryState.SENT
    last: datetime | None = session.scalar(select(func.max(DeliveryEvent.at)).where(*sent))
    return last is not None and now - last < STUCK


def _waiting(session: Session, now: datetime) -> int:
    fresh = Delivery.state.in_(WAITING), Delivery.expires_at > now
    return session.scalar(select(func.count()).where(*fresh)) or 0


def _said(session: Session, now: datetime) -> str:
    """What was said last by whoever is in the way; empty when nobody answered."""
    refused = [one for one in needs(session, now - NEEDS_WINDOW) if one.kind == Refusal.RELAY]
    words = [said for need in (*refused, nothing_moves(session, now)) for said in need.said]
    return words[0] if words else ""
