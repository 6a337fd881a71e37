"""What alerts to the operator are written with: sentences, numbers and times of one language and zone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from gettext import NullTranslations
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal, format_percent

from newsletter.mail.dates import date_without_year, day_and_time
from newsletter.mail.languages import locale_of
from newsletter.mail.wording import cut, one_line, safe_url

Facts = Mapping[str, Any]
Line = dict[str, str]
Lines = list[Line]
# Title, what happened, what it means; and what to do.
Ended = tuple[str, Lines, str]
Raised = tuple[str, Lines, str, Lines]
# More of one kind at once have one cause, and a list nobody reads tells no more than its number.
MOST_NAMED = 15
_LONGEST_SAID = 300
_LONGEST_NAME = 80


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
        """A share of the whole in percent, to the hundredth, spaced as the language does it."""
        locale = locale_of(self.language)
        pattern = locale.percent_formats[None].pattern.replace("0", "0.##", 1)
        return str(format_percent(part / max(whole, 1), pattern, locale=locale))


def line(text: str, url: str = "") -> Line:
    """Something that happened, and the address it is about, when that leads to the web."""
    return {"text": text, "url": safe_url(url)}


def lines(words: Words, cases: Sequence[Facts], told: Callable[[Words, Facts], str]) -> Lines:
    """A line a case, with the address it is about; how many more there are, when there are too many."""
    found = [line(told(words, case), case.get("url", "")) for case in cases[:MOST_NAMED]]
    rest = len(cases) - len(found)
    return found + [line(words.many("And %(number)s more.", "And %(number)s more.", rest))] * bool(rest)


def step(text: str, command: str = "") -> Line:
    """Something to do, and the command that does it."""
    return {"text": text, "command": command}


def called(name: str) -> str:
    """What a feed or a topic is called, as far as it fits a line."""
    return cut(one_line(name, _LONGEST_NAME), _LONGEST_NAME)


def said_by(case: Facts) -> str:
    """What a server answered; empty when it did not."""
    return one_line(case["said"], _LONGEST_SAID)
