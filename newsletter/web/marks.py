"""Marks: a page that many readers share is made once, with a mark in each place that is one reader's alone.

Who asks for a page with marks says so in the request's WSGI environment, and fills them in (`own_pages`).
"""

import secrets
from collections.abc import Mapping, Sequence

from flask import has_request_context, request

MARKED = "newsletter.marked"
# A mark is letters and digits alone, so that it stands in addresses and texts as it is; nobody who could
# have one printed on a page can guess it.
_SECRET = secrets.token_hex(16)


def own(name: str, word: str) -> str:
    """What stands on the page that is being made where `word` belongs: the word, or the mark of its name."""
    marked = has_request_context() and request.environ.get(MARKED)
    return f"{_SECRET}{name}{_SECRET}" if marked else word


def pieces(text: bytes) -> Sequence[bytes]:
    """A text with marks: what is the same for all, and the name of what stands there, in turn."""
    return text.split(_SECRET.encode())


def filled(text: Sequence[bytes], words: Mapping[bytes, bytes]) -> bytes:
    """The pieces with these words in the marks' places."""
    return b"".join(words[piece] if place % 2 else piece for place, piece in enumerate(text))
