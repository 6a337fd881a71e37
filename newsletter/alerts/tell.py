"""Telling the operator: one mail for what is new of a kind, one when it is over, through the ledger.

Alerts are deliveries like all others, so a crash neither loses nor doubles one. They belong to the one
subscriber row that is no reader (`models.OPERATOR`), each with the operator's address on it.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.alerts.feeds import is_back
from newsletter.alerts.trouble import Trouble
from newsletter.delivery.about import written
from newsletter.delivery.notice import LIFETIME
from newsletter.delivery.outbox import AHEAD, NewMail, enter
from newsletter.mail.alert import ENDS_ARE_TOLD, AlertKind
from newsletter.models import OPERATOR, Alert, MailKind, Subscriber, SubscriberStatus

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Operator:
    """Who is told: at which address, in which language, with times in which IANA zone."""

    address: str
    language: str
    timezone: str


def tell(
    session: Session, troubles: Sequence[Trouble], operator: Operator, now: datetime, domain: str
) -> int:
    """Enter a mail for each kind with new cases, and one for each with cases that are over; how many.

    At most one of either a kind and hour: what comes in between waits and is told together. A case is
    told once, however long it lasts.
    """
    lasting = _note(session, troubles, now)
    entered = 0
    for kind in AlertKind:
        rows = [row for row in lasting.values() if row.kind == kind]
        causes = {trouble.cause for trouble in troubles}
        new = [row for row in rows if row.told_at is None and row.cause in causes]
        entered += _enter_new(session, kind, new, operator, now, domain)
        entered += _end(
            session, kind, [row for row in rows if row.cause not in causes], operator, now, domain
        )
    return entered


def _note(session: Session, troubles: Iterable[Trouble], now: datetime) -> dict[str, Alert]:
    """What has been found and is not over, by its cause."""
    known = {row.cause: row for row in session.scalars(select(Alert).order_by(Alert.id).with_for_update())}
    for trouble in troubles:
        if trouble.cause not in known:
            log.warning("alert", kind=str(trouble.kind), cause=trouble.cause)
            facts = json.dumps(dict(trouble.facts))
            row = Alert(kind=trouble.kind, cause=trouble.cause, facts=facts, since=now)
            session.add(row)
            known[trouble.cause] = row
    session.flush()
    return known


def _enter_new(
    session: Session, kind: AlertKind, new: Sequence[Alert], operator: Operator, now: datetime, domain: str
) -> int:
    if not new or not _enter(session, kind, new, False, operator, now, domain):
        return 0
    for row in new:
        row.told_at = now
    return 1


def _end(
    session: Session, kind: AlertKind, over: Sequence[Alert], operator: Operator, now: datetime, domain: str
) -> int:
    """Forget what is over; what was told, once its end is told too."""
    told = [row for row in over if row.told_at is not None and _end_is_news(session, kind, row.cause)]
    entered = bool(told) and _enter(session, kind, told, True, operator, now, domain)
    for row in over:
        if row not in told or entered:
            session.delete(row)
    return int(entered)


def _end_is_news(session: Session, kind: AlertKind, cause: str) -> bool:
    of_a_feed = kind in (AlertKind.FEEDS, AlertKind.HABITS)
    return kind in ENDS_ARE_TOLD and (not of_a_feed or is_back(session, cause))


def _enter(
    session: Session,
    kind: AlertKind,
    rows: Sequence[Alert],
    over: bool,
    operator: Operator,
    now: datetime,
    domain: str,
) -> bool:
    to = _row_of(session, operator, now)
    hour = f"{now.astimezone(UTC):%Y-%m-%dT%H}"
    mail = NewMail(
        subscriber_id=to.id,
        handle=to.handle,
        kind=MailKind.ALERT,
        occasion=f"{kind}.over.{hour}" if over else f"{kind}.{hour}",
        first_attempt_at=now - AHEAD,
        expires_at=now + LIFETIME,
        about=written(alert=kind, cases=[json.loads(row.facts) for row in rows], over=over),
        address=operator.address,
    )
    return bool(enter(session, [mail], now, domain))


def _row_of(session: Session, operator: Operator, now: datetime) -> Subscriber:
    """The operator's row, made when there is none; it reads nothing."""
    row = session.scalar(select(Subscriber).where(Subscriber.handle == OPERATOR))
    if row is None:
        row = Subscriber(
            handle=OPERATOR,
            address="",
            address_key=OPERATOR,
            status=SubscriberStatus.UNSUBSCRIBED,
            send_time=time(),
            timezone=operator.timezone,
            created_at=now,
        )
        session.add(row)
    row.language, row.timezone = operator.language, operator.timezone
    session.flush()
    return row
