"""Addresses of articles: what is a link at all, and when two of them are the same."""

import re
import unicodedata
from urllib.parse import urljoin, urlsplit, urlunsplit

from url_normalize import url_normalize

from newsletter.ingest.redirects import undo_redirects

MAX_URL = 2_000

# Parameters that tell where a reader came from and change nothing about the page.
_TRACKING = re.compile(
    r"(?:utm_\w+|at_\w+|ns_(?:campaign|mchannel|source|linkname|fee)|xtor|cmp|cmpid|ncid|ocid|smid|ftag|s_cid"
    r"|wt_z?mc|maca|traffic_source|rss_?id|ref_src|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid"
    r"|twclid|ttclid|igshid|igsh|mc_[ce]id|mkt_tok|_hsenc|_hsmi|hsctatracking|oly_(?:enc|anon)_id|vero_id"
    r"|__twitter_impression|guccounter|guce_\w+|srsltid|wt\.\w+|feed(?:type|name)|__source|intcmp|icid)",
    re.I,
)
# The same said with words of a feed; with any other value these parameters may mean something.
_FROM_A_FEED = re.compile(
    r"(?:rss=(?:1|true|yes)|(?:o?ref|referr?er|from|fr|src|source|partner|emc|via|medium|campaign|cid|xid|mod|ito)="
    r"(?:rss[\w.-]*|atom|feed(?:[-_.]?(?:rss|burner|ly|all))?))",
    re.I,
)
_FEED_FRAGMENT = re.compile(
    r"(?:tk\.\w+|rss|feed|(?:xtor|utm_\w+|at_\w+|ftag)=.*|(?:ref|from|source|src)=(?:rss|feed)\w*)", re.I
)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
# What an address that `undo_redirects` knows has somewhere.
_MAY_LEAD_ON = ("/amp", "ampproject", "=http")
# Stands for an empty segment of a path while `url_normalize`, which would drop it, is at work.
_EMPTY = "~-~"

# Nothing in it has two spellings: most addresses are such, and looking closer costs half a millisecond.
_ONE_SPELLING = re.compile(
    r"https?://(?=[^/]{4,63}/)(?!xn)[a-z][a-z0-9]*(?:[.-][a-z0-9]+)+/(?:[\w~-][\w.~-]*/)*(?:[\w~-][\w.~-]*)?"
    r"(?:\?[\w~-]+=[\w.~-]*(?:&[\w~-]+=[\w.~-]*)*)?",
    re.ASCII,
)

_TWIN_HOST = re.compile(r"(https?://)(?:www|m|mobile|amp)\.(?=[^/.]+\.[^/])")
_TWIN_PARAMETER = re.compile(r"(?:amp(?:=(?:1|true|yes)?)?|outputtype=(?:amp|mobile))", re.I)


def clean_link(link: str, base: str = "") -> str | None:
    """`link` as an absolute http(s) address, resolved against `base`; None when it is not one.

    Scheme and host in lower case; tracking parameters, user:password and what only leads on to another
    address gone; the fragment kept, unless it only tells that a reader came from a feed.
    """
    try:
        told = _CONTROLS.sub("", link).strip()
        if _ONE_SPELLING.fullmatch(told) and not any(sign in told for sign in _MAY_LEAD_ON):
            return _without_tracking(told)
        return None if _is_a_sentence(told) else settled(told, base)
    except (ValueError, UnicodeError, IndexError):
        return None


def settled(told: str, base: str = "") -> str | None:
    """The same of any spelling; `clean_link` asks only where there are several. Raises as `urllib` does."""
    parts = urlsplit(undo_redirects(urljoin(base, told)))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    # A name before an @ makes https://bank.example@evil.example look like the bank.
    host = unicodedata.normalize("NFKC", parts.netloc.rpartition("@")[2])
    query = _kept_query(parts.query)
    fragment = "" if _FEED_FRAGMENT.fullmatch(parts.fragment) else parts.fragment
    cleaned = _normalised(urlunsplit((parts.scheme, host, _kept_empty(parts.path), query, fragment)))
    return cleaned if cleaned and _is_sound(cleaned) else None


def _without_tracking(plain: str) -> str | None:
    address, _, told = plain.partition("?")
    query = _kept_query(told)
    cleaned = f"{address}?{query}" if query else address
    return cleaned if len(cleaned) <= MAX_URL else None


def _kept_query(told: str) -> str:
    return "&".join(part for part in told.split("&") if part and not _is_tracking(part))


def canonical_url(url: str) -> str:
    """The form of a cleaned link that all its spellings share, and its twins for phones; to compare only.

    Without its fragment, the `www.` of its host, and what makes a page an AMP or mobile one.
    """
    address, mark, query = url.partition("#")[0].partition("?")
    address = _TWIN_HOST.sub(r"\1", address)
    if "amp" in address:
        address = _without_amp(address)
    if mark and ("amp" in query or "outputType" in query):
        query = "&".join(part for part in query.split("&") if not _TWIN_PARAMETER.fullmatch(part))
    return f"{address}?{query}" if query else address


def _without_amp(address: str) -> str:
    scheme, _, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    path = path.removeprefix("amp/") if len(path) > len("amp/") else path
    for ending, instead in (("/amp", ""), ("/amp/", "/"), (".amp", ""), (".amp.html", ".html")):
        if path.endswith(ending) and len(path) > len(ending):
            path = path.removesuffix(ending) + instead
            break
    return f"{scheme}://{host}{slash}{path}"


def _is_a_sentence(told: str) -> bool:
    """Whether somebody wrote words where an address belongs; a file's name may hold a blank."""
    blanks = told.count(" ")
    return blanks > 0 and "/" not in told and (blanks > 1 or "." not in told)


def _kept_empty(path: str) -> str:
    """`path` with its empty segments marked: "//" belongs to addresses that hold another address."""
    if "//" not in path:
        return path
    first, *inner, last = path.split("/")
    return "/".join([first, *(segment or _EMPTY for segment in inner), last])


def _normalised(url: str) -> str | None:
    normal = url if _ONE_SPELLING.fullmatch(url) else url_normalize(url) or ""
    return normal.replace(f"/{_EMPTY}", "/")


def _is_tracking(part: str) -> bool:
    named = _TRACKING.fullmatch(part.partition("=")[0]) is not None
    return named or _FROM_A_FEED.fullmatch(part) is not None


def _is_sound(url: str) -> bool:
    """Whether what came out is what can be linked; reading the port raises for a nonsensical one."""
    parts = urlsplit(url)
    has_port = parts.port is None or parts.port > 0
    whole = url.isascii() and url.isprintable() and not set(url) & set(" <>\"'\\`")
    return len(url) <= MAX_URL and has_port and whole and bool((parts.hostname or "").strip("."))
