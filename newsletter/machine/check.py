"""Whether a model's sentence may be printed: what it names, counts and quotes stands in the reports. Pure.

What code can check it checks strictly, and rather refuses: names, numbers with the words beside them,
quotations, and that at least half of the words come from the reports. It cannot know whether a sentence
means what the reports mean. Scripts without capitals do not tell names from words; there every word has
to stand in the reports, and in German every noun.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from newsletter.editions.words import stems
from newsletter.machine.small_words import SMALL_WORDS
from newsletter.machine.told import Told, clauses, fold, plain, tokens, with_words

# So much of a sentence's words comes from the reports: retold, not thought up.
RETOLD, SIMPLIFIED = 0.5, 0.3
_QUOTED = re.compile(r"\"([^\"]+)\"|(?<!\w)'([^']{3,}\s[^']{2,})'(?!\w)")
# What is no plain sentence: addresses, markup, and what programs send each other.
_NO_PROSE = re.compile(r"https?:|www\.|\w@\w|[<>{}`|\\]|\]\(|\*\*|^\s*#|\.(?:com|org|net)\b", re.IGNORECASE)
# A model that speaks of itself instead of the story.
_ITSELF = re.compile(
    r"\bas an ai\b|language model|system prompt|my instructions|previous instructions"
    r"|\bi (?:cannot|can't|am sorry)|i'm sorry"
    r"|sprachmodell|modèle de langage|modelo de lenguaje|мовна модель|نموذج لغوي",
    re.IGNORECASE,
)
_MONEY = {"$": ("dollar", "usd"), "€": ("euro", "eur"), "£": ("pound", "gbp", "pfund"), "¥": ("yen", "yuan")}
_PERCENT = re.compile(r"%|٪|per ?cent|prozent|pour ?cent|por ciento|відсотк|بالمئة|في المئة|بالمائة")


def problems(sentence: str, told: Told, language: str, retold: float = RETOLD) -> list[str]:
    """Why a sentence may not be printed, a line each; none when it may.

    `language` is the sentence's; `retold` the share of its words that the reports have to hold.
    """
    sentence = unicodedata.normalize("NFKC", sentence)
    return [
        *plain_prose(sentence, told.plain),
        *_numbers(sentence, told, language),
        *_quotes(sentence, told),
        *_names(sentence, told, language),
        *_words(sentence, told, retold),
    ]


def plain_prose(sentence: str, material: str) -> list[str]:
    """What keeps a sentence from being plain prose; `material` is what it was made from."""
    found = [] if sentence.strip() else ["nothing was said"]
    if _NO_PROSE.search(sentence):
        found.append("it is not plain prose")
    if (itself := _ITSELF.search(sentence)) and plain(itself[0]) not in plain(material):
        found.append("the model speaks of itself")
    return found


def _numbers(sentence: str, told: Told, language: str) -> Iterator[str]:
    for number, near in with_words(sentence, language):
        if number not in told.beside:
            yield f"no report has the number {float(number):g}"
        elif not any(near.fits(other) for other in told.beside[number]):
            yield f"no report says so of the number {float(number):g}"
    for sign, names in _MONEY.items():
        if sign in sentence and sign not in told.plain and not any(name in told.plain for name in names):
            yield f"no report speaks of {sign}"
    if _PERCENT.search(sentence.casefold()) and not _PERCENT.search(told.plain):
        yield "no report speaks of per cent"


def _quotes(sentence: str, told: Told) -> Iterator[str]:
    for match in _QUOTED.finditer(plain(sentence)):
        if (match[1] or match[2]).strip(" .,;:!?…") not in told.plain:
            yield "a quotation is in no report"


def _names(sentence: str, told: Told, language: str) -> Iterator[str]:
    """Words in capitals; of two in a row, each known but never together, a person may be made up."""
    starters = SMALL_WORDS.get(language.partition("-")[0], frozenset())
    first = next(iter(tokens(sentence)), "")
    starters |= {first.casefold()} if told.small.issuperset(stems(first)) else frozenset()
    for clause in clauses(sentence):
        line = tokens(clause)
        capital = [one[0].isupper() and one.casefold() not in starters for one in line]
        for word, is_name in zip(line, capital, strict=True):
            if is_name and not _known(word, told):
                yield f"no report names {word[:40]}"
        for (one, other), both in zip(pairwise(line), pairwise(capital), strict=True):
            pair = fold(one), fold(other)
            if (
                all(both)
                and pair not in told.pairs
                and not any(told.small.issuperset(stems(word)) for word in (one, other))
            ):
                yield f"no report names {one[:40]} {other[:40]}"


def _known(word: str, told: Told) -> bool:
    """Whether the reports have the word, or its parts: "Berlin-based" has Berlin."""
    parts = [part for part in re.split(r"[-'’]", word) if len(part) > 1]
    return fold(word) in told.words or (len(parts) > 1 and all(fold(part) in told.words for part in parts))


def _words(sentence: str, told: Told, retold: float) -> Iterator[str]:
    long = [stem for stem in stems(sentence) if len(stem) > 3 or not stem.isascii()]
    missing = [stem for stem in long if stem not in told.stems]
    if not _has_capitals(sentence):
        missing = [stem for stem in missing if not _without_article(stem, told)]
        if missing:
            yield f"no report has the word {missing[0]}"
    elif len(missing) > (1 - retold) * len(long):
        yield "most of its words are in no report"


def _without_article(stem: str, told: Told) -> bool:
    """Arabic writes "and", "the", "in" and "to" as one word with the next."""
    bare = re.sub(r"^[وفبلك]?(?:ال|لل)?", "", stem)
    return len(bare) >= 3 and any(bare in other for other in told.stems)


def _has_capitals(sentence: str) -> bool:
    letters = [one for one in sentence if one.isalpha()]
    return sum(one.lower() != one.upper() for one in letters) * 2 > len(letters)
