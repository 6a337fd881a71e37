"""What is the matter with a source, in words for the operator, and what to do about it. Pure."""

from dataclasses import dataclass
from datetime import datetime

from newsletter.ingest.habits import Change, Habits
from newsletter.ingest.moving import AGREEING_ANSWERS
from newsletter.models import Source, SourceStatus

# Servers have bad moments; a source that was never read has had none.
_FAILURES = 3


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Why a source is in trouble, and what to do: whole sentences."""

    why: str
    remedy: str


def diagnose(source: Source, habits: Habits, change: Change | None, holder: str | None) -> Diagnosis | None:
    """What is wrong with a source; None when nothing is.

    `change` is how it left its habits; `holder` the name of the source that already has the address to
    which this one has moved for good.
    """
    if source.failure and (source.failures >= _FAILURES or source.status != SourceStatus.ACTIVE):
        return _failing(source)
    if source.failure and source.last_success_at is None:
        return _failing(source)
    if holder is not None and source.moved_times >= AGREEING_ANSWERS:
        return _moved(source, holder)
    return _changed(source, habits, change) if change else None


def spoken(moment: datetime | None) -> str:
    """A moment as commands print it, in UTC."""
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "never"


def _failing(source: Source) -> Diagnosis:
    find = f"find the new address: newsletter source discover {source.site_url or source.url}"
    if source.status == SourceStatus.GONE:
        why = f"Given up. {source.failure}"
        return Diagnosis(why, f"If the site lives on, {find} To ask it once more: newsletter source poll URL")
    since = f"last success {spoken(source.last_success_at)}" if source.last_success_at else "never read"
    why = f"{source.failure} ({_times(source.failures)} in a row, {since})"
    if source.status == SourceStatus.SUSPENDED:
        return Diagnosis(why, f"It is tried once a day. Open it in a browser; if it has moved, {find}")
    later = f"It is tried again at {spoken(source.next_poll_at)}"
    return Diagnosis(why, f"{later}. If that does not help, open it in a browser, or {find}")


def _moved(source: Source, holder: str) -> Diagnosis:
    why = f"It has moved for good to {source.moved_to}, which is the source {holder!r} already."
    return Diagnosis(why, "Nothing is lost: both bring the same articles, each of which is kept once.")


def _changed(source: Source, habits: Habits, change: Change) -> Diagnosis:
    look = f"See if there is another feed: newsletter source discover {source.site_url or source.url}"
    match change:
        case Change.STOPPED:
            since = spoken(source.last_new_at)
            return Diagnosis(f"Nothing new since {since}, though it answers: far longer than usual.", look)
        case Change.DROUGHT:
            return Diagnosis(f"{_rate(habits.lately)} new a day lately; usually {_rate(habits.usual)}.", look)
        case Change.FLOOD:
            why = f"{habits.peak} new on one day; before, never more than {habits.busiest}."
            return Diagnosis(why, "Its publisher may have filled it anew. Look what its last articles are.")


def _rate(daily: float | None) -> str:
    return "?" if daily is None else f"{daily:.1f}"


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"
