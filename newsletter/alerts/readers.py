"""Readers who report mail as unwanted, more often than mailbox providers forgive."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter.alerts.trouble import Trouble
from newsletter.mail.alert import AlertKind
from newsletter.models import Delivery, DeliveryState

CAUSE = "complaints"
_WINDOW = timedelta(days=7)
# Gmail and Yahoo ask for less than one complaint in a thousand mails (their guidelines for senders of
# 2024). It is over at half of that, so that a rate at the edge is not told every hour.
_ONE_IN, _OVER_AT_ONE_IN = 1000, 2000
# A single reader who pressed the wrong button is no rate.
_FEWEST = 2
_REACHED = (DeliveryState.SENT, DeliveryState.COMPLAINED)


def many_complaints(session: Session, now: datetime, told: bool) -> Iterator[Trouble]:
    """Complaints about the mail of seven days, when they are one in a thousand; `told`: it was before."""
    complaints = _count(session, (DeliveryState.COMPLAINED,), now)
    if complaints < _FEWEST:
        return
    most = complaints * (_OVER_AT_ONE_IN if told else _ONE_IN)
    mails = _count(session, _REACHED, now, most + 1)
    if mails <= most:
        yield Trouble(AlertKind.COMPLAINTS, CAUSE, {"complaints": complaints, "mails": mails})


def _count(
    session: Session, states: tuple[DeliveryState, ...], now: datetime, most: int | None = None
) -> int:
    """How many deliveries of these states are of the last days, counted up to `most`."""
    # By expiry, which an index knows: it follows the slot by a fixed time.
    of_late = select(Delivery.id).where(Delivery.state.in_(states), Delivery.expires_at > now - _WINDOW)
    return session.scalar(select(func.count()).select_from(of_late.limit(most).subquery())) or 0
