"""What a reader reads of a page or a mail, to see which words are in whose language.

The data of these tests (names, headlines, places) is Greek, which is none of the languages offered: so
whatever is left in Latin letters is ours.
"""

import re
from collections.abc import Iterator

from lxml import html

_UNSEEN = {"script", "style", "head", "code", "pre"}
_SPOKEN = ("alt", "title", "aria-label", "aria-roledescription", "placeholder", "content")
# Addresses, commands, file names and settings are what they are in every language.
_NOT_WORDS = re.compile(
    r"https?://\S+|\S+@\S+|NEWSLETTER_\w+(?:=\w+)?|docs/\S+|newsletter [a-z]+ [-a-zA-Z ]+"
    r"|\b(?:HTML|UTC|Gmail|cookie|Atom|JSON Feed)\b"
)
_LATIN = re.compile(r"[A-Za-z]{2,}")


def read_aloud(document: str) -> list[str]:
    """Every text of an HTML document, attributes that are read out included, names of languages not."""
    tree = html.fromstring(document)
    return [text for text in _texts(tree) if text]


def latin_words(texts: list[str]) -> list[str]:
    """The texts that hold a word in Latin letters."""
    return [text for text in texts if _LATIN.search(_NOT_WORDS.sub(" ", text))]


def _texts(element: html.HtmlElement) -> Iterator[str]:
    named = element.get("hreflang") or (element.tag == "option" and element.get("lang"))
    if not isinstance(element.tag, str) or element.tag in _UNSEEN or named:
        yield _plain(element.tail)
        return
    yield from (_plain(element.get(name)) for name in _SPOKEN)
    # The cities of a form's time zones: CLDR does not know them all.
    if element.tag != "optgroup":
        yield _plain(element.text)
        for child in element:
            yield from _texts(child)
    yield _plain(element.tail)


def _plain(text: str | None) -> str:
    return " ".join((text or "").split())
