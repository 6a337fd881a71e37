"""Styles moved into the elements, for the mail clients that drop a style block."""

import logging
import re
import threading

from premailer import Premailer

_INDENT = re.compile(r"\n\s+")
_BODY = re.compile(r"<body[^>]*>(.*)</body>", re.DOTALL)

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


def inline_body(document: str) -> str:
    """What stands inside the body of an HTML document, with the document's styles inlined."""
    found = _BODY.search(inline(document))
    if found is None:
        raise ValueError("the document has no body")
    return found[1].strip()
