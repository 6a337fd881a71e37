"""The numbers a text tells, as values that can be compared: 1,200, 1.200 and "twelve hundred" alike. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import pairwise

from newsletter.machine.number_words import ORDINALS, SCALES, WORDS

_SPACES = "\u00a0\u202f "
# Digits with what groups them or sets off decimals; a hyphen or a colon begins another number.
_NUMBER = re.compile(f"\\d+(?:[.,'’٫٬{_SPACES}]\\d+)*")
# Thousands in groups, all set off alike; decimals may follow, set off by another sign.
_GROUPED = re.compile(f"[1-9]\\d{{0,2}}(?:([.,'’٬{_SPACES}])\\d{{3}})(?:\\1\\d{{3}})*(?:(?!\\1)[.,٫]\\d+)?")
_DECIMAL = re.compile(r"\d+[.,٫]\d+")
_AFTER = re.compile(r"[\s\u00a0-]{0,2}([^\W\d_]+(?:\s[^\W\d_]+)?)")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_LONGEST = 24


@dataclass(frozen=True, slots=True)
class Number:
    """A number and where it stands in its text."""

    value: Fraction
    start: int
    end: int


def numbers(text: str, language: str) -> list[Number]:
    """The numbers of `text`, those in digits first.

    `language` (`en`, `de-AT`, ...) says what "billion" means and which words are numbers. "One" by itself
    is left out: it is more often a pronoun. Three digits behind one sign are thousands, whichever sign it
    is: read so on both sides, they are still the same number.
    """
    language = language.partition("-")[0].lower()
    small = text.lower()
    return [*_in_digits(small, language), *_in_words(small, language)]


def _in_digits(text: str, language: str) -> Iterator[Number]:
    for match in _NUMBER.finditer(text):
        *others, last = _values(match[0][:_LONGEST])
        scale = _scale(text[match.end() :][:40], language)
        for value in (*others, last * scale):
            yield Number(value, *match.span())


def _values(digits: str) -> Iterator[Fraction]:
    """One number as a rule; several where the signs between the digits group nothing (1.2.3, 7 12)."""
    plain = "".join(str(unicodedata.digit(sign)) if sign.isdigit() else sign for sign in digits)
    if grouped := _GROUPED.fullmatch(plain):
        whole, _, decimals = plain.replace(grouped[1], "").replace("٫", ".").replace(",", ".").partition(".")
        yield Fraction(f"{whole}.{decimals or 0}")
    elif _DECIMAL.fullmatch(plain):
        yield Fraction(re.sub(r"\D", ".", plain))
    elif any(space in plain for space in _SPACES):
        for part in re.split(f"[{_SPACES}]", plain):
            yield from _values(part)
    else:
        yield from (Fraction(part) for part in re.split(r"\D", plain) if part)


def _scale(after: str, language: str) -> int:
    match = _AFTER.match(after)
    if match is None:
        return 1
    scales = SCALES.get(language, SCALES["en"])
    return scales.get(match[1]) or scales.get(match[1].split()[0]) or 1


def _in_words(text: str, language: str) -> Iterator[Number]:
    """What runs of number words tell: "twenty-one", "three million"."""
    known, scales = _known(language), SCALES.get(language, {})
    run: list[Number] = []
    for match in _WORD.finditer(text):
        value, scale = known.get(match[0]), scales.get(match[0])
        if run and text[run[-1].end : match.start()].strip("- \u00a0"):
            yield from _told(run)
            run = []
        if run and scale:
            run[-1] = Number(run[-1].value * scale, run[-1].start, match.end())
        elif value is not None:
            run.append(Number(Fraction(value), *match.span()))
        else:
            yield from _told(run)
            run = []
    yield from _told(run)


def _told(run: list[Number]) -> Iterator[Number]:
    """A run as one number where its words fall ("twenty-one"), else as one each; never "one" alone."""
    if len(run) > 1 and all(one.value > other.value for one, other in pairwise(run)):
        yield Number(sum((one.value for one in run), Fraction(0)), run[0].start, run[-1].end)
    else:
        yield from (one for one in run if one.value != 1)


@cache
def _known(language: str) -> dict[str, int]:
    return {**WORDS.get(language, {}), **ORDINALS.get(language, {})}
