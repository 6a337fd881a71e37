"""How a subscriber stands, in words: when the next issue comes."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from newsletter.models import Subscriber
from newsletter.subscribers import Profile
from newsletter.web.i18n import _, page_language
from newsletter.web.moments import moment_in_words, near_moment, time_until


@dataclass(frozen=True, slots=True)
class NextIssue:
    """When the next issue comes: `at` on the reader's clock, `wait` from now on."""

    at: str
    wait: str


def next_issue_in_words(subscriber: Subscriber, now: datetime) -> str:
    """A sentence that says when the next issue comes; that mail is paused when none is due."""
    due = subscriber.next_issue_at
    if due is None:
        return _("Your mail is paused for now.")
    return _(
        "The next issue comes %(moment)s – that is %(wait)s.",
        moment=near_moment(due, now, ZoneInfo(subscriber.timezone), page_language()),
        wait=time_until(now, due),
    )


def next_issue(subscriber: Subscriber | Profile, now: datetime) -> NextIssue | None:
    """When a reader's next issue comes; None while none is due."""
    due = subscriber.next_issue_at
    if due is None:
        return None
    at = moment_in_words(due, ZoneInfo(subscriber.timezone), page_language())
    return NextIssue(at, time_until(now, due))
