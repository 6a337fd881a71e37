"""What the reports tell, in the form a model's sentence is held against. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from newsletter.editions.words import stems
from newsletter.machine.numbers import numbers
from newsletter.machine.small_words import SMALL_WORDS

_TOKEN = re.compile(r"[^\W\d_](?:[\w&]|[.'’-](?=\w))*")
_POSSESSIVE = re.compile(r"['’]s?$")
_CLAUSE = re.compile(r"[,;:.!?…()–—\"“”„«»،؛。]+(?=\s|$)|\s[-–—]\s")
_QUOTE_MARKS = str.maketrans(dict.fromkeys("“”„‟«»‹›″", '"') | dict.fromkeys("‘’‚‛′`´", "'"))
# So many words before a number and after it say of what it is the number.
AROUND = 4
# Keeps a stretch of text from being empty, or cut at its edge.
_HERE = "\u2060"


@dataclass(frozen=True, slots=True)
class Report:
    """One report's words, and its language (`en`)."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Beside:
    """The stems of the words before a number and after it, within its clause."""

    before: frozenset[str]
    after: frozenset[str]

    def fits(self, other: "Beside") -> bool:
        """Whether both speak of the same: what follows decides, where both are followed by something."""
        if self.after and other.after:
            return bool(self.after & other.after)
        mine, theirs = self.before | self.after, other.before | other.after
        return not mine or not theirs or bool(mine & theirs)


@dataclass(frozen=True, slots=True)
class Told:
    """All that the reports tell.

    `small` are the stems of words that stand in small letters somewhere, `pairs` words that follow each
    other, `beside` what stands beside each number, `plain` the text as quotations are looked for in it.
    """

    words: frozenset[str]
    small: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    beside: dict[Fraction, tuple[Beside, ...]]
    stems: frozenset[str]
    plain: str


def told_by(reports: Iterable[Report]) -> Told:
    """Everything the reports tell; they count as one."""
    reports = list(reports)
    whole = "\n".join(one.text for one in reports)
    found = tokens(whole)
    lines = [tokens(one) for report in reports for one in clauses(report.text)]
    beside: dict[Fraction, tuple[Beside, ...]] = {}
    for one in reports:
        for number, near in with_words(one.text, one.language):
            beside[number] = (*beside.get(number, ()), near)
    return Told(
        words=frozenset(fold(one) for one in found),
        small=frozenset(stem for one in found if one[0].islower() for stem in stems(one)),
        pairs=frozenset((fold(one), fold(other)) for line in lines for one, other in pairwise(line)),
        beside=beside,
        stems=frozenset(stems(whole)),
        plain=plain(whole),
    )


def tokens(text: str) -> list[str]:
    """The words of a text as they stand, without a possessive."""
    return [_POSSESSIVE.sub("", match[0]) for match in _TOKEN.finditer(unicodedata.normalize("NFKC", text))]


def fold(word: str) -> str:
    """A word as it is compared: small, without accents and dots."""
    letters = unicodedata.normalize("NFKD", word.casefold())
    return "".join(one for one in letters if not unicodedata.combining(one) and one not in ".'’-")


def clauses(text: str) -> list[str]:
    """A text cut at its commas, stops and dashes."""
    return [part for part in _CLAUSE.split(text) if part.strip()]


def with_words(text: str, language: str) -> Iterator[tuple[Fraction, Beside]]:
    """Every number of a text with what stands beside it: before it up to the one before, after it alike."""
    weak = SMALL_WORDS.get(language.partition("-")[0], frozenset())
    found = sorted(numbers(text, language), key=lambda one: one.start)
    ends = [0, *(one.end for one in found)]
    starts = [*(one.start for one in found[1:]), len(text)]
    for number, first, last in zip(found, ends, starts, strict=False):
        before = clauses(f"{text[min(first, number.start) : number.start]}{_HERE}")[-1]
        after = clauses(f"{_HERE}{text[number.end : max(last, number.end)]}")[0]
        yield (
            number.value,
            Beside(_telling(before.split()[-AROUND:], weak), _telling(after.split()[:AROUND], weak)),
        )


def _telling(words: Iterable[str], weak: frozenset[str]) -> frozenset[str]:
    strong = (word for word in tokens(" ".join(words)) if word.casefold() not in weak)
    return frozenset(stem for word in strong for stem in stems(word) if len(stem) > 2)


def plain(text: str) -> str:
    """A text with one kind of quotation mark and single spaces, small."""
    marked = unicodedata.normalize("NFKC", text).translate(_QUOTE_MARKS)
    return " ".join(marked.casefold().split())
