"""What a language brings along: its translations, its direction, its names of days and months."""

from functools import cache
from gettext import NullTranslations
from typing import Literal

from babel import Locale, UnknownLocaleError

# The languages issues are rendered in.
OFFERED: tuple[str, ...] = ("en",)

_RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})


def translations(language: str) -> NullTranslations:  # noqa: ARG001
    """The catalogue of a language. English is the source: until there are catalogues, words stay."""
    return NullTranslations()


def direction(language: str) -> Literal["ltr", "rtl"]:
    """Which way a language is written, for HTML's `dir`."""
    return "rtl" if language.partition("-")[0].lower() in _RIGHT_TO_LEFT else "ltr"


@cache
def locale_of(language: str) -> Locale:
    """Babel's locale for a language tag as `en` or `pt-BR`; English for one it does not know."""
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")
