"""Feeds that have died: gone for good, or failing for days."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from newsletter.alerts.trouble import Trouble
from newsletter.mail.alert import AlertKind
from newsletter.models import Source, SourceStatus

# Servers have bad nights; somebody is to look before the feed is given up, which takes a week.
FAILING_FOR = timedelta(days=2)
FAILURES = 5
_CAUSE = "source:"


def dead_feeds(session: Session, now: datetime) -> Iterator[Trouble]:
    """Sources that answered *gone*, and those without success for two days and five attempts."""
    healthy_at = func.coalesce(Source.last_success_at, Source.created_at)
    failing = and_(Source.failures >= FAILURES, healthy_at <= now - FAILING_FOR)
    dead = or_(Source.status == SourceStatus.GONE, failing)
    for source in session.scalars(select(Source).where(dead).order_by(Source.name, Source.id)):
        facts = {
            "name": source.name,
            "url": source.url,
            "since": (source.last_success_at or source.created_at).isoformat(),
            "said": source.failure or "",
        }
        yield Trouble(AlertKind.FEEDS, f"{_CAUSE}{source.id}", facts)


def is_back(session: Session, cause: str) -> bool:
    """Whether the feed of a trouble that is over (`source:12`) is well again; else somebody removed it."""
    return session.get(Source, int(cause.partition(":")[2])) is not None
