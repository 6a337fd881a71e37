"""How sources are: what they are used to, whether they keep to it, and what is wrong with which."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.ingest.days import all_days
from newsletter.ingest.diagnosis import Diagnosis, diagnose
from newsletter.ingest.habits import Change, Day, Habits, change_of, habits_of
from newsletter.models import Source, SourceStatus


@dataclass(frozen=True, slots=True)
class Wellbeing:
    """A source with its days and habits, how it left them if it did, and what is wrong if anything is."""

    source: Source
    days: Sequence[Day]
    habits: Habits
    change: Change | None
    diagnosis: Diagnosis | None


def wellbeing(session: Session, sources: Sequence[Source], now: datetime) -> Iterator[Wellbeing]:
    """How each of these sources is, in their order."""
    days = dict(all_days(session, [source.id for source in sources]))
    targets = [source.moved_to for source in sources if source.moved_to]
    named = select(Source.url, Source.name).where(Source.url.in_(targets))
    holders: dict[str, str] = dict(session.execute(named).all())
    today = now.astimezone(UTC).date()
    for source in sources:
        own = days.get(source.id, [])
        habits, change = judged(source, own, today)
        holder = holders.get(source.moved_to or "")
        yield Wellbeing(source, own, habits, change, diagnose(source, habits, change, holder))


def judged(
    source: Source, days: Sequence[Day], today: date, told: Change | None = None
) -> tuple[Habits, Change | None]:
    """A source's habits, and how it left them: told only of one that can be read at the moment."""
    habits = habits_of(days, today)
    if source.status != SourceStatus.ACTIVE or source.failures:
        return habits, None
    return habits, change_of(habits, _silence(source), told)


def _silence(source: Source) -> timedelta | None:
    """Until the last success, not until now: what we did not look at was not silent."""
    if source.last_new_at is None or source.last_success_at is None:
        return None
    return source.last_success_at - source.last_new_at
