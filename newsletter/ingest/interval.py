"""How often a source is worth asking: learnt from how often it publishes, never more than it allows. Pure.

Polls come eight times as often as articles: then one is seen, on average, after a sixteenth of the
time between two. A source that has fallen silent is asked less and less often.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

SHORTEST = timedelta(minutes=5)
# With what the spread adds (`health.after_success`), a day.
LONGEST = timedelta(hours=20)
# Of a source that nothing is known of.
UNKNOWN = timedelta(hours=1)
POLLS_A_GAP = 8
# Nights and weekends are no change of habit: two days of silence mean one poll an hour.
_POLLS_A_SILENCE = 48
# By the latest: what a feed did years ago tells nothing of its present.
_MOMENTS = 30
_FEWEST = 3


def usual_gap(times: Iterable[datetime], now: datetime) -> timedelta | None:
    """The usual time between two moments of publishing; None where too few are known.

    `times` are those of a feed's entries, in any order. Entries of the same five minutes are one moment.
    """
    moments: list[datetime] = []
    for time in sorted({time for time in times if time <= now}, reverse=True):
        if not moments or moments[-1] - time >= SHORTEST:
            moments.append(time)
        if len(moments) == _MOMENTS:
            break
    if len(moments) < _FEWEST:
        return None
    return timedelta(
        seconds=median((later - earlier).total_seconds() for later, earlier in pairwise(moments))
    )


def gap_of_counts(new: Sequence[int]) -> timedelta | None:
    """The same, of a feed without dates, from how many new entries each of some days brought."""
    total = sum(new)
    return timedelta(days=len(new)) / total if total else None


def plan_interval(gap: timedelta | None, silence: timedelta, asked: int | None) -> timedelta:
    """The wait between two polls of a source in good health.

    `gap` is its usual time between articles, None when unknown; `silence` how long ago the last one
    came; `asked` the seconds that feed or server want left between two polls, None when they are silent.
    """
    learnt = UNKNOWN if gap is None else gap / POLLS_A_GAP
    wanted = timedelta() if asked is None else timedelta(seconds=min(asked, LONGEST.total_seconds()))
    return min(max(learnt, silence / _POLLS_A_SILENCE, wanted, SHORTEST), LONGEST)
