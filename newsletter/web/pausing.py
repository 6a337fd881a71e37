"""A pause as asked for by a form: for a week, until a date, or until the reader comes back."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from newsletter.web.forms import Posted
from newsletter.web.i18n import _
from newsletter.web.moments import read_date

A_DAY = timedelta(days=1)
A_WEEK = timedelta(days=7)
LONGEST = timedelta(days=366)


@dataclass(slots=True, unsafe_hash=True)
class PauseForm:
    """The pause asked for: until a date, or open (None); `typed` stood in the field of the date."""

    until: date | None = None
    typed: str = ""
    problems: dict[str, str] = field(default_factory=dict, hash=False)


def read_pause(posted: Posted, today: date) -> PauseForm:
    """What the pause buttons ask for: `for` is week, date (with `until`) or open.

    The date is the first on which mail comes again: tomorrow at the earliest, at most a year away.
    """
    asked, typed = posted.get("for"), posted.get("until", "")[:50]
    if asked == "open":
        return PauseForm()
    if asked == "week":
        return PauseForm(today + A_WEEK)
    until = read_date(typed)
    if until is None or not today < until <= today + LONGEST:
        problem = _("Please choose a date after today, at most a year away.")
        return PauseForm(typed=typed, problems={"until": problem})
    return PauseForm(until)
