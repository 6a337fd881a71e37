"""What the headers of an answer tell a poller: how long it is fresh, and where it links to. Pure."""

import re
from urllib.parse import urlsplit

import httpx2

_MAX_AGE = re.compile(r"(?:^|[\s,;])max-age\s*=\s*\"?(\d{1,9})", re.ASCII | re.IGNORECASE)
_NEVER_FRESH = re.compile(r"(?:^|[\s,;])no-(?:cache|store)\b(?!\s*=)", re.ASCII | re.IGNORECASE)
MAX_VALUE = 500
MAX_ADDRESS = 2_000
MAX_LINKS = 20


def max_age(cache_control: str) -> int | None:
    """The seconds for which an answer is fresh (RFC 9111, section 5.2.2); None where nothing is said.

    Nothing is said, too, by an answer that must not be kept at all.
    """
    found = _MAX_AGE.search(cache_control[:MAX_VALUE])
    return int(found[1]) if found and not _NEVER_FRESH.search(cache_control[:MAX_VALUE]) else None


def links(response: httpx2.Response) -> dict[str, str]:
    """The web addresses of the Link header (RFC 8288) by relation, in lower case; the last one counts."""
    found: dict[str, str] = {}
    for link in list(response.links.values())[:MAX_LINKS]:
        address = _absolute(response.url, link.get("url", ""))
        if address:
            found |= dict.fromkeys(link.get("rel", "").lower().split(), address)
    return found


def repeatable(value: str | None) -> str | None:
    """A validator as we can send it back; an odd one only costs us the conditional request."""
    return value if value and value.isascii() and value.isprintable() and len(value) <= MAX_VALUE else None


def _absolute(base: httpx2.URL, target: str) -> str | None:
    try:
        address = str(base.join(target)) if 0 < len(target) <= MAX_ADDRESS else ""
        return address if urlsplit(address).scheme in ("http", "https") else None
    except (httpx2.InvalidURL, ValueError):
        return None
