"""Whether a translated sentence may stand for its original: the same numbers, and no names of its own. Pure.

Names in another script cannot be compared, and German writes every noun with a capital; there numbers,
Latin names and the length have to do. Names that languages have words of their own for (countries,
months, days) are known from CLDR.
"""

import re
from collections import Counter
from collections.abc import Set
from functools import cache

from babel import Locale

from newsletter.machine.check import plain_prose
from newsletter.machine.numbers import numbers
from newsletter.machine.small_words import SMALL_WORDS
from newsletter.machine.told import fold, tokens

# A translation is this much shorter or longer at most.
SHORTEST, LONGEST = 0.35, 2.8
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_ALL_NOUNS = "de"


def translation_problems(sentence: str, original: str, language: str, written: str) -> list[str]:
    """Why `sentence` (in `language`) is no translation of `original` (in `written`), a line each."""
    found = plain_prose(sentence, original)
    if not original or not SHORTEST <= len(sentence) / len(original) <= LONGEST:
        found.append("it is much shorter or longer than the original")
    if _counted(sentence, language) != _counted(original, written):
        found.append("its numbers are not those of the original")
    known = {fold(one) for one in tokens(original)} | _names_of(language)
    return [
        *found,
        *(f"the original does not name {one[:40]}" for one in _foreign(sentence, language, known)),
    ]


def _counted(text: str, language: str) -> Counter[object]:
    return Counter(one.value for one in numbers(text, language))


def _foreign(sentence: str, language: str, known: Set[str]) -> list[str]:
    """Names in Latin letters that are not known, as far as capitals tell names in that language."""
    small = SMALL_WORDS.get(language, frozenset())
    names = [one for one in tokens(sentence)[1:] if one[0].isupper() and _LATIN.match(one)]
    if language == _ALL_NOUNS:
        return []
    return [one for one in names if fold(one) not in known and one.casefold() not in small]


@cache
def _names_of(language: str) -> frozenset[str]:
    """The words of the language for countries, months, days and languages."""
    locale = Locale.parse(language)
    named = [
        *locale.territories.values(),
        *locale.languages.values(),
        *locale.months["format"]["wide"].values(),
        *locale.days["format"]["wide"].values(),
    ]
    return frozenset(fold(word) for name in named for word in tokens(str(name)))
