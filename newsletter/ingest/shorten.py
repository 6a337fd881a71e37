"""The beginning of a large feed: as much of it as is worth reading. Pure.

feedparser reads a document whole, and takes up to 1.5 s of a processor for each megabyte. A feed has
its newest entries first, so that what lies far down was read long ago.
"""

import re
from itertools import islice

from newsletter.ingest.json_feed import is_json

MAX_BYTES = 512 * 1024
MAX_ENTRIES = 500
_ROOT = re.compile(rb"<((?:[\w.-]+:)?(rss|rdf|feed))[\s>]", re.IGNORECASE)
_ENTRY = re.compile(rb"<(?:[\w.-]{1,40}:)?(?:item|entry)[\s/>]", re.IGNORECASE)
# Where a feed begins, behind comments and style sheets.
_HEAD = 16 * 1024


def shorten(body: bytes, max_bytes: int = MAX_BYTES, max_entries: int = MAX_ENTRIES) -> bytes:
    """The first entries of an XML feed, and its end; the whole where it is short or unlike a feed.

    At most `max_entries`, and those that fit into `max_bytes`, but always the first one.
    """
    root = None if is_json(body) else _ROOT.search(body, 0, _HEAD)
    if root is None:
        return body
    starts = [found.start() for found in islice(_ENTRY.finditer(body, root.end()), max_entries + 1)]
    end = _end(starts, len(body), max_bytes, max_entries)
    return body if end is None else body[:end] + _closing(root)


def _end(starts: list[int], size: int, max_bytes: int, max_entries: int) -> int | None:
    """Where to cut, before one of the entries that start at `starts`; None for nowhere."""
    if size > max_bytes:
        fitting = [start for start in starts[1:] if start <= max_bytes]
        return fitting[-1] if fitting else next(iter(starts[1:]), None)
    return starts[max_entries] if len(starts) > max_entries else None


def _closing(root: re.Match[bytes]) -> bytes:
    inner = b"</channel>" if root[2].lower() == b"rss" else b""
    return inner + b"</" + root[1] + b">"
