"""Fragments as octets, as they are stored: compressed, for their styles repeat in every row."""

import json
import zlib
from dataclasses import asdict
from typing import Any

from newsletter.mail.issue import Fragment, Part, Piece


def pack(fragment: Fragment) -> bytes:
    """The fragment as octets; a tenth of its length."""
    return zlib.compress(json.dumps(asdict(fragment), ensure_ascii=False).encode())


def unpack(octets: bytes) -> Fragment:
    """What `pack` was given. Raises `ValueError`, `zlib.error` or `LookupError` for other octets."""
    values = json.loads(zlib.decompress(octets))
    return Fragment(Part(**values["head"]), tuple(_piece(piece) for piece in values["pieces"]))


def _piece(values: dict[str, Any]) -> Piece:
    return Piece(
        headline=values["headline"],
        url=values["url"],
        articles=tuple(values["articles"]),
        sources=tuple(values["sources"]),
        top=Part(**values["top"]),
        related=tuple(Part(**part) for part in values["related"]),
        ends=tuple(Part(**part) for part in values["ends"]),
    )
