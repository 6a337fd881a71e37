"""Addresses of articles: what is a link at all, and when two of them are the same."""

import re
from urllib.parse import urljoin, urlsplit, urlunsplit

from url_normalize import url_normalize

MAX_URL = 2_000

# Parameters that tell where a reader came from and change nothing about the page.
_TRACKING = re.compile(
    r"(?:utm_\w+|at_\w+|ns_(?:campaign|mchannel|source|linkname|fee)|xtor|cmp|cmpid|ncid|ocid|smid|ftag|s_cid"
    r"|wt_z?mc|maca|traffic_source|rss_?id|ref_src|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid"
    r"|twclid|ttclid|igshid|igsh|mc_[ce]id|mkt_tok|_hsenc|_hsmi|hsctatracking|oly_(?:enc|anon)_id|vero_id"
    r"|__twitter_impression|guccounter|guce_\w+|srsltid)",
    re.I,
)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def clean_link(link: str, base: str = "") -> str | None:
    """`link` as an absolute http(s) address, resolved against `base`; None when it is not one.

    Scheme and host in lower case, tracking parameters and user:password gone, the fragment kept.
    """
    try:
        parts = urlsplit(urljoin(base, _CONTROLS.sub("", link).strip()))
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return None
        # A name before an @ makes https://bank.example@evil.example look like the bank.
        host = parts.netloc.rpartition("@")[2]
        query = "&".join(part for part in parts.query.split("&") if part and not _is_tracking(part))
        cleaned = url_normalize(urlunsplit((parts.scheme, host, parts.path, query, parts.fragment)))
        return cleaned if cleaned and _is_sound(cleaned) else None
    except (ValueError, UnicodeError, IndexError):
        return None


def canonical_url(url: str) -> str:
    """The form of a cleaned link that all its spellings share: without its fragment."""
    return url.partition("#")[0]


def _is_tracking(part: str) -> bool:
    return _TRACKING.fullmatch(part.partition("=")[0]) is not None


def _is_sound(url: str) -> bool:
    """Whether what came out is what can be linked; reading the port raises for a nonsensical one."""
    parts = urlsplit(url)
    has_port = parts.port is None or parts.port > 0
    whole = url.isascii() and url.isprintable() and not set(url) & set(" <>\"'\\`")
    return len(url) <= MAX_URL and has_port and whole and bool(parts.hostname)
