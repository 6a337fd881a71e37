"""What is known of sources when their polls begin: looked up for many at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from newsletter.db import Database

_KNOWN = """
SELECT id, url, etag, last_modified, body_hash, language, moved_to IS NOT NULL, failures > 0
FROM source WHERE id AMONG :numbers"""


@dataclass(frozen=True, slots=True)
class Known:
    """A source as it stood before the poll."""

    url: str
    etag: str | None
    last_modified: str | None
    body_hash: str | None
    language: str | None
    is_moving: bool

    @property
    def host(self) -> str:
        """Whom to ask; nobody for an address that is none."""
        try:
            return (urlsplit(self.url).hostname or "").rstrip(".")
        except ValueError:
            return ""


def known_sources(db: Database, ids: Sequence[int]) -> dict[int, Known]:
    """Each source that is still there, as it stands; those in good health first, which need not wait long."""
    with db.look() as direct:
        found = {row[0]: row[1:] for row in direct.rows(_KNOWN, numbers=list(ids))}
    there = sorted((one for one in ids if one in found), key=lambda one: found[one][-1])
    return {one: Known(*found[one][:-1]) for one in there}
