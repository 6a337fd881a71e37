"""What alerts to the operator are written with: sentences, numbers and times of one language and zone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from gettext import NullTranslations
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal, format_percent

from newsletter.mail.dates import date_without_year, day_and_time
from newsletter.mail.languages import locale_of

Facts = Mapping[str, Any]
Lines = list[dict[str, str]]
# Title, what happened, what it means; and what to do.
Ended = tuple[str, Lines, str]
Raised = tuple[str, Lines, str, Lines]


@dataclass(frozen=True, slots=True)
class Words:
    """Ready to print in one language and zone."""

    catalogue: NullTranslations
    language: str
    zone: ZoneInfo

    def __call__(self, sentence: str, **values: object) -> str:
        return self.catalogue.gettext(sentence) % values

    def many(self, one: str, more: str, number: int) -> str:
        return self.catalogue.ngettext(one, more, number) % {"number": self.number(number)}

    def number(self, number: float) -> str:
        return str(format_decimal(number, locale=locale_of(self.language)))

    def moment(self, iso: str) -> str:
        local = datetime.fromisoformat(iso).astimezone(self.zone)
        return day_and_time(local, self.language)

    def day(self, iso: str) -> str:
        return date_without_year(date.fromisoformat(iso), self.language)

    def share(self, part: int, whole: int) -> str:
        share = part / max(whole, 1)
        return str(format_percent(share, "0.##%", locale=locale_of(self.language)))


def step(text: str, command: str = "") -> dict[str, str]:
    """Something to do, and the command that does it."""
    return {"text": text, "command": command}
