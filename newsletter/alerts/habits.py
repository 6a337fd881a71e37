"""Feeds that stopped, or bring far less or far more than they are used to, though they answer."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.alerts.trouble import Trouble
from newsletter.ingest.days import days_of
from newsletter.ingest.habits import Change, Habits
from newsletter.ingest.wellbeing import judged
from newsletter.mail.alert import AlertKind
from newsletter.models import Alert, Source, SourceStatus

CAUSE = "habit:"
# Each source is judged once an hour, at a minute of its own: three months of days are read for it.
_PARTS = 60


def changed_habits(session: Session, now: datetime) -> Iterator[Trouble]:
    """Sources that left their habits. One found before lasts until its source is judged otherwise.

    A source that fails, or is gone, is not judged: that is told as such.
    """
    told = {
        int(alert.cause.removeprefix(CAUSE)): json.loads(alert.facts)
        for alert in session.scalars(select(Alert).where(Alert.kind == AlertKind.HABITS))
    }
    judging = (
        Source.status == SourceStatus.ACTIVE,
        Source.failures == 0,
        Source.id % _PARTS == now.minute % _PARTS,
    )
    found = {source.id: source for source in session.scalars(select(Source).where(*judging))}
    unjudged = [source_id for source_id in told if source_id not in found]
    for source_id in session.scalars(select(Source.id).where(Source.id.in_(unjudged)).order_by(Source.id)):
        yield Trouble(AlertKind.HABITS, f"{CAUSE}{source_id}", told[source_id])
    for source in found.values():
        yield from _judge(session, source, told.get(source.id, {}).get("change"), now)


def _judge(session: Session, source: Source, told: str | None, now: datetime) -> Iterator[Trouble]:
    days = days_of(session, source.id)
    before = Change(told) if told else None
    habits, change = judged(source, days, now.astimezone(UTC).date(), before)
    if change is not None:
        yield Trouble(AlertKind.HABITS, f"{CAUSE}{source.id}", _facts(source, habits, change))


def _facts(source: Source, habits: Habits, change: Change) -> dict[str, str | float]:
    flood = change is Change.FLOOD
    return {
        "name": source.name,
        "url": source.url,
        "change": change,
        "since": (source.last_new_at or source.created_at).isoformat(),
        "daily": habits.peak if flood else round(habits.lately or 0, 1),
        "usual": (habits.busiest or 0) if flood else round(habits.usual or 0, 1),
    }
