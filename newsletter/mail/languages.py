"""What a language brings along: its catalogue of words, its direction, its name, its marks between words.

Numbers, dates and hours have Latin digits (05:40) in Arabic too. That is how the Arabic news sites print
them, how the zone names, addresses and feeds around them come, and how the selects of the forms must read;
Arabic-Indic digits beside those would make a reader switch in every line.
"""

from collections.abc import Iterable
from functools import cache
from gettext import NullTranslations
from typing import Literal, get_args

from babel import Locale, UnknownLocaleError

from newsletter.mail.catalogues import SOURCE, catalogue

Language = Literal["en", "de", "fr", "es", "uk", "ar"]
# What readers may choose from. English is the source: its words stand in the code.
LANGUAGES: tuple[Language, ...] = get_args(Language)

_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
# French sets its double signs off; no line begins with one.
_SPACED_SIGNS = frozenset({"fr"})
_ARABIC_COMMA = frozenset({"ar", "ckb", "fa", "ps", "sd", "ug", "ur"})


def offered(tag: str) -> Language:
    """The offered language that serves a tag (BCP 47): itself, its base language, else English."""
    base = _base(tag)
    return next((language for language in LANGUAGES if language == base), SOURCE)


def translations(language: str) -> NullTranslations:
    """The words of a language; those of its base language, or English, where it has none of its own."""
    return catalogue(offered(language))


def direction(language: str) -> Literal["ltr", "rtl"]:
    """Which way a language is written, for HTML's `dir`."""
    return "rtl" if _base(language) in _RIGHT_TO_LEFT else "ltr"


@cache
def locale_of(language: str) -> Locale:
    """Babel's locale for the dates beside our words: of the language, if its words are offered, else English.

    A region is heeded: in `de-AT` the first month is Jänner.
    """
    base = offered(language)
    try:
        return Locale.parse(language, sep="-") if base == _base(language) else Locale(base)
    except (UnknownLocaleError, ValueError):
        return Locale(base)


@cache
def own_name(language: str) -> str:
    """A language's name in itself, as it stands alone in a list: Français."""
    name = Locale.parse(language, sep="-").get_display_name(language.replace("-", "_")) or language
    return name[:1].upper() + name[1:]


def comma(language: str) -> str:
    """What stands between the things of a list, its space included."""
    return "، " if _base(language) in _ARABIC_COMMA else ", "


def colon(language: str) -> str:
    """What stands between words and what they announce, without the space after it."""
    return "\u00a0:" if _base(language) in _SPACED_SIGNS else ":"


def semicolon(language: str) -> str:
    """What stands between two halves of a sentence, its spaces included."""
    if _base(language) in _ARABIC_COMMA:
        return "؛ "
    return "\u00a0; " if _base(language) in _SPACED_SIGNS else "; "


def listed(things: Iterable[str], language: str) -> str:
    """Several names in a row: Science, Culture, Sport."""
    return comma(language).join(things)


def _base(tag: str) -> str:
    return tag.replace("_", "-").partition("-")[0].lower()
