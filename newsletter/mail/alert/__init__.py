"""What the operator is told: what happened, what it means, what to do. Values in, words out.

A file for each kind of trouble, with what is said when it is there (`raised`) and when it is `over`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from newsletter.mail.alert import editions, feeds, habits, readers, sending, sign_ups
from newsletter.mail.alert.words import Ended, Facts, Raised, Words
from newsletter.mail.languages import translations


class AlertKind(StrEnum):
    FEEDS = "feeds"
    HABITS = "habits"
    EDITIONS = "editions"
    COMPLAINTS = "complaints"
    SENDING = "sending"
    SIGN_UPS = "sign_ups"


@dataclass(frozen=True, slots=True)
class Alert:
    """One kind of trouble, with the facts of each case; or, with `over`, that these cases have ended.

    Facts by kind: feeds `name`, `url`, `since`, `said`; habits `name`, `url`, `change` (stopped, drought,
    flood), `since`, `daily`, `usual`; editions `topic`, `date`, `stories`, `usual`;
    complaints `complaints`, `mails`; sending `waiting`, `since`, `said`;
    sign_ups `since`, `limit`. Instants and dates as ISO 8601.
    """

    kind: AlertKind
    cases: Sequence[Facts]
    over: bool = False


def alert_values(alert: Alert, zone: str, language: str) -> dict[str, Any]:
    """What the templates of `alert` place: `title`, `happened` and `remedy` (lines), `meaning`.

    Times are in the IANA zone `zone`.
    """
    words = Words(translations(language), language, ZoneInfo(zone))
    if alert.over:
        title, happened, meaning = _OVER[alert.kind](words, alert.cases)
        return {"title": title, "happened": happened, "meaning": meaning, "remedy": []}
    title, happened, meaning, remedy = _RAISED[alert.kind](words, alert.cases)
    return {"title": title, "happened": happened, "meaning": meaning, "remedy": remedy}


_RAISED: dict[AlertKind, Callable[[Words, Sequence[Facts]], Raised]] = {
    AlertKind.FEEDS: feeds.raised,
    AlertKind.HABITS: habits.raised,
    AlertKind.EDITIONS: editions.raised,
    AlertKind.COMPLAINTS: readers.raised,
    AlertKind.SENDING: sending.raised,
    AlertKind.SIGN_UPS: sign_ups.raised,
}
# A thin edition stays thin: the next one is another.
_OVER: dict[AlertKind, Callable[[Words, Sequence[Facts]], Ended]] = {
    AlertKind.FEEDS: feeds.over,
    AlertKind.HABITS: habits.over,
    AlertKind.COMPLAINTS: readers.over,
    AlertKind.SENDING: sending.over,
    AlertKind.SIGN_UPS: sign_ups.over,
}
ENDS_ARE_TOLD = frozenset(_OVER)
