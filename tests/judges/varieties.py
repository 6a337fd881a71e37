"""The varieties each kind of mail comes in: what the ledger holds of them beside the reader."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from typing import Any

from newsletter.addresses import masked
from newsletter.delivery.about import written
from newsletter.mail.alert import AlertKind
from newsletter.mail.alert.words import MOST_NAMED
from newsletter.models import Edition, MailKind
from newsletter.resources import resource


@dataclass(frozen=True, slots=True)
class Told:
    """What a mail may tell of: editions, and names with what each said, friendly or hostile."""

    editions: Sequence[Edition]
    words: Sequence[tuple[str, str]]
    other_address: str

    @property
    def numbers(self) -> str:
        return ",".join(str(edition.id) for edition in self.editions)

    @property
    def topics(self) -> list[int]:
        return [edition.topic_id for edition in self.editions]


class NoSample(Exception):
    """A folder of `templates/email` of which nobody knows how its mail comes to be."""


Entry = dict[str, Any]


def _change(kind: MailKind, told: Told) -> Entry:
    return {"kind": kind, "about": written(change="a-handle-of-a-change", masked=masked(told.other_address))}


def _alert(kind: AlertKind, over: bool, told: Told) -> Entry:
    return {"kind": MailKind.ALERT, "about": written(alert=kind, cases=_cases(kind, told.words), over=over)}


def _cases(kind: AlertKind, words: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """What is the matter, told with names and words of feeds: as many feeds as a mail names, and one more."""
    named = words[: MOST_NAMED + 1]
    first, second = named[0]
    since, feed = "2026-01-04T05:10:00+00:00", "https://harbour-radio.example.org/feed"
    cases: dict[AlertKind, list[dict[str, Any]]] = {
        AlertKind.FEEDS: [{"name": name, "url": feed, "since": since, "said": said} for name, said in named],
        AlertKind.HABITS: [
            {"name": name, "url": feed, "change": change, "since": since, "daily": 0.4, "usual": 12.0}
            for (name, _said), change in zip(named, cycle(("stopped", "drought")), strict=False)
        ],
        AlertKind.EDITIONS: [{"topic": first, "date": "2026-01-05", "stories": 1, "usual": 9}],
        AlertKind.COMPLAINTS: [{"complaints": 12, "mails": 4800}],
        AlertKind.SIGN_UPS: [{"since": since, "limit": 500}],
        AlertKind.SENDING: [{"waiting": 1840, "since": since, "said": second}],
    }
    return cases[kind]


# All that an old link can have changed.
_CHANGED: dict[str, Any] = {
    "change": "a-handle-of-a-change",
    "changed": [
        "length",
        "language",
        "muted_sources",
        "quiet_note",
        "send_time",
        "timezone",
        "topics",
        "weekdays",
    ],
    "on": "2026-01-04",
}
# Folders that are parts of mails, not mails.
_PARTS = {"base"}
# By folder, then by name: the columns of a delivery. A folder that is not here is a `MailKind` that
# needs nothing but its reader.
_VARIETIES: Mapping[str, Mapping[str, Callable[[Told], Entry]]] = {
    "issue": {
        "issue": lambda told: {"kind": MailKind.ISSUE, "editions": told.numbers},
        "welcome": lambda told: {"kind": MailKind.ISSUE, "editions": told.numbers, "welcome": True},
        "issue_changed": lambda told: {
            "kind": MailKind.ISSUE,
            "editions": told.numbers,
            "about": written(**_CHANGED),
        },
    },
    "quiet_day": {
        "quiet_day": lambda told: {"kind": MailKind.ISSUE, "about": written(topics=told.topics)},
        "quiet_day_changed": lambda told: {
            "kind": MailKind.ISSUE,
            "about": written(topics=told.topics, **_CHANGED),
        },
    },
    "paused": {
        "paused": lambda _told: {"kind": MailKind.PAUSED, "about": written(until="2026-01-12")},
        "paused_open": lambda _told: {"kind": MailKind.PAUSED, "about": written(until=None)},
    },
    "address_old": {"address_old": partial(_change, MailKind.ADDRESS_OLD)},
    "address_new": {"address_new": partial(_change, MailKind.ADDRESS_NEW)},
    "alert": {
        f"alert_{kind}{'_over' if over else ''}": partial(_alert, kind, over)
        for kind in AlertKind
        for over in (False, True)
        if not (over and kind is AlertKind.EDITIONS)
    },
}
# What readers subscribed to: these carry the list's headers, a postal address, a way out.
LIST_KINDS = {"issue", "welcome", "issue_changed", "quiet_day", "quiet_day_changed"}
# The only ones whose words depend on the length a reader chose.
HAVE_LENGTHS = {"issue", "welcome"}


def kinds() -> list[str]:
    """Every kind of mail there is, by the folders of `templates/email`."""
    folders = {one.name for one in (resource("templates") / "email").iterdir() if one.is_dir()}
    return sorted(name for folder in folders - _PARTS for name in _VARIETIES.get(folder, [folder]))


def entry(kind: str, told: Told) -> Entry:
    """The columns of a delivery of this kind. Raises `NoSample`."""
    for varieties in _VARIETIES.values():
        if kind in varieties:
            return varieties[kind](told)
    try:
        return {"kind": MailKind(kind)}
    except ValueError:
        raise NoSample(
            f"templates/email/{kind} is no MailKind: say in tests/judges/varieties.py how it comes to be"
        ) from None
