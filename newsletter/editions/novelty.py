"""What a text tells that others did not: names, numbers, statements; and the sentences that carry them."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from newsletter.editions.documents import Document
from newsletter.editions.sentences import sentences
from newsletter.editions.summarise import clean
from newsletter.editions.words import overlap, stems

# A text says something new when this share of its words is new and a name or a number among them ...
NEW_WORDS = 0.3
# ... or this share alone: who retells an event in other words still needs half of its words.
NEW_STATEMENTS = 0.5
SAME_TEXT = 0.8
# Texts of fewer words may be alike by chance.
_FEWEST_WORDS = 8
NEWS_LETTERS = 320
NEWS_SENTENCES = 2

_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d+(?:[.,:\u00a0\u202f ]\d+)*")
# What stands before a word that begins a sentence, and is in capitals for that alone.
_BEGINS = re.compile(r"(?:^|[.!?…:؟।。！？][\"'”’»)\]]*)\s*[\"'“‘«(\[„¿¡–—-]*\s*$")
_TITLE_CASE = 0.6


@dataclass(frozen=True, slots=True)
class Facts:
    """What a text tells: names and numbers as they are compared, and the stems of its longer words."""

    names: frozenset[str]
    numbers: frozenset[str]
    words: frozenset[str]

    def __or__(self, other: "Facts") -> "Facts":
        return Facts(self.names | other.names, self.numbers | other.numbers, self.words | other.words)


NOTHING = Facts(frozenset(), frozenset(), frozenset())


def facts_of(documents: Iterable[Document]) -> Facts:
    """All that the documents tell in title and excerpt."""
    found = NOTHING
    for one in documents:
        found |= _facts(one.title) | _facts(one.excerpt)
    return found


def named_news(facts: Facts, before: Facts) -> frozenset[str]:
    """The names and numbers of `facts` that `before` has not, as a name or as any other word."""
    return (facts.names - before.names - before.words) | (facts.numbers - before.numbers)


def says_new(document: Document, before: Facts) -> bool:
    """Whether the document tells names, numbers or statements that are not in `before`.

    Other words for the same are nothing new. Where a script knows no capitals, names cannot be told
    from words: there the share of new words decides alone.
    """
    facts = facts_of([document])
    share = len(facts.words - before.words) / max(len(facts.words), 1)
    if share >= NEW_STATEMENTS or not facts.words:
        return share >= NEW_STATEMENTS
    named = bool(named_news(facts, before)) or not _has_capitals(f"{document.title} {document.excerpt}")
    return share >= NEW_WORDS and named


def same_text(one: Document, other: Document) -> bool:
    """Whether two documents tell the same in the same words, whatever their titles."""
    first, second = _facts(one.excerpt).words, _facts(other.excerpt).words
    return min(len(first), len(second)) >= _FEWEST_WORDS and overlap(first, second) >= SAME_TEXT


def what_is_new(documents: Sequence[Document], before: Facts) -> str:
    """One or two sentences of the documents with the most names and numbers that `before` has not.

    At most 320 characters; the first sentence of the first document when none has any; "" without
    a sentence that is short enough.
    """
    told = [sentences(clean(one.excerpt) or clean(one.page_text)) for one in documents]
    short = [one for text in told for one in text if len(one) <= NEWS_LETTERS]
    chosen: list[str] = []
    known = before
    for _ in range(NEWS_SENTENCES):
        room = NEWS_LETTERS - len(" ".join(chosen)) - bool(chosen)
        fitting = [one for one in short if len(one) <= room]
        best = max(fitting, key=lambda one: len(named_news(_facts(one), known)), default="")
        if not named_news(_facts(best), known):
            break
        chosen.append(best)
        known |= _facts(best)
    return " ".join(chosen) or next(iter(short), "")


@lru_cache(maxsize=20_000)
def _facts(text: str) -> Facts:
    return Facts(
        names=frozenset(_names(text)),
        numbers=frozenset(_digits(found[0]) for found in _NUMBER.finditer(text)),
        # Short words are mostly the small change of a language; scripts without spaces give pairs.
        words=frozenset(word for word in stems(text) if len(word) > 3 or not word.isascii()),
    )


def _names(text: str) -> Iterator[str]:
    """Words in capitals that do not merely begin a sentence; none of a headline all in capitals."""
    found = list(_WORD.finditer(text))
    capital = [match for match in found if match[0][0].isupper()]
    if len(found) > 3 and len(capital) > _TITLE_CASE * len(found):
        return
    for match in capital:
        is_acronym = match[0].isupper() and len(match[0]) > 1
        if is_acronym or not _BEGINS.search(text, max(0, match.start() - 8), match.start()):
            yield from stems(match[0])


def _digits(number: str) -> str:
    return "".join(str(unicodedata.digit(sign)) for sign in number if sign.isdigit())


def _has_capitals(text: str) -> bool:
    return any(sign.isupper() for sign in text)
