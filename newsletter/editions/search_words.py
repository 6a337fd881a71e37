"""Words as they are compared when the archive is searched: without case, accents, or marks above letters.

Stored words and asked words pass through the same folding, so that both databases find the same with
the plainest of their own tokenizers. Scripts written without spaces are taken letter by letter.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

# More of a story, or of a question, is not looked at.
MOST_LETTERS, MOST_ASKED = 20_000, 400
MOST_TERMS, LONGEST_WORD = 12, 60
# From so many letters on a word also finds those that begin with it: storm finds storms.
BEGINNING = 4

# Chinese, Japanese, Thai, Lao, Khmer, Burmese: a reader's eye finds the words, no space does.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_LETTER = re.compile(f"([{_UNSPACED}])")
_ALIKE = str.maketrans({"ة": "ه", "ى": "ي", "ـ": "", "ı": "i", "ø": "o", "ł": "l", "đ": "d"})
_ASKED = re.compile(r'(-?)(?:"([^"]*)"?|([^\s"]+))')


@dataclass(frozen=True, slots=True)
class Term:
    """One thing asked for: words that follow each other; `beginning`: the last may go on."""

    words: tuple[str, ...]
    beginning: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question comes to: every term of `wanted` must stand there, none of `unwanted`."""

    wanted: tuple[Term, ...] = ()
    unwanted: tuple[Term, ...] = ()


def folded(text: str) -> list[str]:
    """The words of a text, folded; nothing but letters and digits is left in any of them."""
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(_ALIKE)
    kept = (c if c.isalnum() else " " for c in plain if not unicodedata.category(c).startswith("M"))
    return [word[:LONGEST_WORD] for word in _LETTER.sub(r" \1 ", "".join(kept)).split()]


@lru_cache(4096)
def folded_word(word: str) -> str:
    """One printed word, folded; empty when there is nothing to find in it."""
    return " ".join(folded(word))


def stored(text: str) -> str:
    """A story's text as it is stored to be found."""
    return " ".join(folded(text[:MOST_LETTERS]))


def read_question(text: str) -> Asked:
    """What somebody typed: words, "words in a row", and -words to leave out; anything else is ignored."""
    wanted: dict[Term, None] = {}
    unwanted: dict[Term, None] = {}
    for minus, term in _terms(text[:MOST_ASKED]):
        (unwanted if minus else wanted).setdefault(term)
    return Asked(tuple(wanted)[:MOST_TERMS], tuple(unwanted)[:MOST_TERMS])


def _terms(text: str) -> Iterator[tuple[bool, Term]]:
    for minus, phrase, word in _ASKED.findall(text):
        words = tuple(folded(phrase or word))
        if words:
            yield bool(minus), Term(words, not phrase and len(words[-1]) >= BEGINNING)
