"""What is left of a text when only its sequence of words counts: shingles to compare, bands to look up.

Two texts are alike as far as they share shingles, three words in a row (Jaccard: shared over all). A
sketch finds likely pairs without comparing all with all: MinHash by one permutation (Li, Owen, Zhang
2012: "One Permutation Hashing"), its sixteen values cut into four bands; texts that share a band are
worth comparing. At a likeness of 0.9 two texts share one in 99 of 100 cases, at 0.3 in 3.
datasketch would do it too, but loading it costs 1.7 s and 60 MB, which every poll would pay.
"""

import re
import unicodedata
from collections.abc import Set
from hashlib import blake2b
from html import unescape
from zlib import crc32

BANDS = 4
_ROWS = 4
_BINS = BANDS * _ROWS
# The band of those whose headlines are the same, word for word.
TITLE_BAND = BANDS
_SHINGLE = 3
# Enough to tell texts apart; the rest of a very long one is not looked at. A sketch is of the opening:
# it is made of every new article, the comparison of few.
MOST_LETTERS = 6_000
OPENING_LETTERS = 1_200

_TAG = re.compile(r"<[^>]*>")
# Scripts written without spaces (Thai, Lao, Myanmar, Khmer, kana, Han): each letter stands for itself.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_HAS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_PLAIN = re.compile(r"\w+")
_MIXED = re.compile(f"[{_UNSPACED}]|(?:(?![{_UNSPACED}])\\w)+")

Words = tuple[str, ...]
Band = tuple[int, str]


def words(text: str, letters: int = MOST_LETTERS) -> Words:
    """The words in the first `letters` of a plain text, folded; of unspaced scripts the letters."""
    text = text[:letters]
    if text.isascii():
        return tuple(_PLAIN.findall(text.lower()))
    folded = unicodedata.normalize("NFKC", text).casefold()
    return tuple((_MIXED if _HAS_UNSPACED.search(folded) else _PLAIN).findall(folded))


def words_of_body(markup: str, letters: int = MOST_LETTERS) -> Words:
    """The words of a sanitised body: nh3 leaves every `<` that opens no tag escaped."""
    return words(unescape(_TAG.sub(" ", markup[: 4 * letters])), letters)


def length(told: Words) -> int:
    """How many words there are; a letter of an unspaced script counts as half a word."""
    if "".join(told).isascii():
        return len(told)
    letters = sum(1 for word in told if len(word) == 1 and _HAS_UNSPACED.match(word))
    return len(told) - letters // 2


def shingles(told: Words) -> frozenset[int]:
    """Every three words in a row, as numbers that are the same in every process.

    Python salts the hashes of texts, but not those of numbers, nor of tuples of them.
    """
    numbers = [*map(crc32, " ".join(told).encode().split(b" "))]
    return frozenset(map(hash, zip(numbers, numbers[1:], numbers[2:], strict=False)))


def likeness(one: Set[int], other: Set[int]) -> float:
    """How far two sets of shingles are the same (Jaccard), 0 to 1; nothing is like nothing."""
    return len(one & other) / len(one | other) if one and other else 0.0


def text_bands(found: Set[int]) -> list[Band]:
    """The bands of a text by its shingles, each its number and a value; none without shingles."""
    if not found:
        return []
    least = _least_of_each_bin(found)
    rows = [least[start : start + _ROWS] for start in range(0, _BINS, _ROWS)]
    return [(number, _digest(repr(row))) for number, row in enumerate(rows)]


def title_band(title: Words) -> Band:
    """The band of a headline."""
    return TITLE_BAND, _digest(" ".join(title))


def _least_of_each_bin(found: Set[int]) -> list[int]:
    """The least number of each of sixteen bins; an empty bin takes the next one's."""
    least = {number % _BINS: number for number in sorted(found, reverse=True)}
    if len(least) == _BINS:
        return [least[place] for place in range(_BINS)]
    return [
        next(least[at % _BINS] for at in range(place, place + _BINS) if at % _BINS in least)
        for place in range(_BINS)
    ]


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=8).hexdigest()
