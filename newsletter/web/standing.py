"""How a subscriber stands, in words: when the next issue comes."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from newsletter.models import Subscriber
from newsletter.web.i18n import page_language
from newsletter.web.moments import moment_in_words, time_until


@dataclass(frozen=True, slots=True)
class NextIssue:
    """When the next issue comes: `at` on the reader's clock, `wait` from now on."""

    at: str
    wait: str


def next_issue(subscriber: Subscriber, now: datetime) -> NextIssue | None:
    """When a reader's next issue comes; None while none is due."""
    due = subscriber.next_issue_at
    if due is None:
        return None
    at = moment_in_words(due, ZoneInfo(subscriber.timezone), page_language())
    return NextIssue(at, time_until(now, due))
