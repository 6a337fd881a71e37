"""Words of a text in any alphabet, in the form texts are compared in.

Python's `\\w` leaves out combining marks, which cuts every Hindi word at its vowel signs; and
Chinese, Japanese, Thai and their like put no space between words. Both are seen to here.
"""

import re
import unicodedata
from collections.abc import Set
from functools import cache

# Letters kept of a word: enough to tell words apart, few enough to join "approve" and "approved".
STEM = 6

# Scripts written without spaces: Thai, Lao, Myanmar, Khmer, kana, Han.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_PLAIN = re.compile(r"[^\W_]+")
_STARTS_UNSPACED = re.compile(f"[{_UNSPACED}]")


def stems(text: str) -> list[str]:
    """The words of `text` in order, folded and cut to their stems; unspaced scripts give pairs of letters."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    if folded.isascii() or not _special().search(folded):
        return [word[:STEM] for word in _PLAIN.findall(folded)]
    found: list[str] = []
    for run in _runs().findall(folded):
        found += _pairs(run) if _STARTS_UNSPACED.match(run) else [run[:STEM]]
    return found


def overlap(one: Set[str], other: Set[str]) -> float:
    """How far two sets of words are the same: shared words over all words (Jaccard), 0 to 1."""
    return len(one & other) / len(one | other) if one or other else 1.0


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]


@cache
def _special() -> re.Pattern[str]:
    """What makes a text need more care than its runs of letters and digits."""
    return re.compile(f"[{_marks()}{_UNSPACED}]")


@cache
def _runs() -> re.Pattern[str]:
    """Runs of letters, digits and marks, broken where a script without spaces begins or ends."""
    return re.compile(f"(?:(?![{_UNSPACED}])(?:[^\\W_]|[{_marks()}]))+|[{_UNSPACED}]+")


@cache
def _marks() -> str:
    return "".join(chr(code) for code in range(0x300, 0x20000) if unicodedata.category(chr(code))[0] == "M")
