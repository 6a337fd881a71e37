"""Styles moved into the elements, for the mail clients that drop a style block."""

import logging
import re
import threading

from lxml.html import fromstring
from premailer import Premailer

_INDENT = re.compile(r"\n\s+")
_CLASSED = re.compile(r'<[a-z][^<>]*?\sclass="([^"]+)"')

# cssutils, beneath premailer, keeps its logger and its parser in globals.
_one_at_a_time = threading.Lock()


def inline(document: str) -> str:
    """A whole HTML document with its styles inlined; only for markup of our own.

    Style blocks marked `data-premailer="ignore"` stay as they are (media queries, dark mode), and so
    do the doctype and Outlook's conditional comments. Indentation goes.
    """
    with _one_at_a_time:
        inlined: str = Premailer(
            document,
            # By default stylesheets named in the document are downloaded.
            allow_network=False,
            # By default `!important` is taken out, and overrides lose to what was inlined.
            strip_important=False,
            # By default styles come again as attributes, over those we wrote: `height="auto"` on
            # images, `bgcolor` on links.
            disable_basic_attributes=["align", "bgcolor", "height", "valign", "width"],
            # cssutils reports every property younger than itself.
            disable_validation=True,
            cssutils_logging_level=logging.CRITICAL,
        ).transform(pretty_print=False)
    return _INDENT.sub("\n", inlined)


class Styles:
    """A style sheet whose rules each name one class: then an element's style depends on its classes alone.

    So rows of any shape are styled by looking up; the inliner is asked once for every set of classes.
    """

    def __init__(self, sheet: str) -> None:
        self._sheet = sheet
        self._known: dict[str, str] = {}

    def inlined(self, rows: str) -> str:
        """The rows with a style on every element that has a class; only for markup of our own."""
        self._learn({found[1] for found in _CLASSED.finditer(rows)} - self._known.keys())
        return _INDENT.sub("\n", _CLASSED.sub(self._styled, rows)).strip()

    def _styled(self, found: re.Match[str]) -> str:
        style = self._known[found[1]]
        return f'{found[0]} style="{style}"' if style else found[0]

    def _learn(self, classes: set[str]) -> None:
        if not classes:
            return
        body = "".join(f'<p class="{one}">x</p>' for one in sorted(classes))
        document = f"<html><head><style>{self._sheet}</style></head><body>{body}</body></html>"
        for element in fromstring(inline(document)).iter("p"):
            # The inliner writes fonts' names in double quotes.
            self._known[element.get("class")] = element.get("style", "").replace('"', "'")
