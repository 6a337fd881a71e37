"""Addresses that only lead on to another, which stands in them: undone. Pure."""

import re
from urllib.parse import parse_qsl, unquote, urlsplit

# "…/*https://…": what stands behind the last asterisk is meant.
_BEHIND_ASTERISK = re.compile(r".*\*(https?(?::|%3a)(?://|%2f%2f).+)", re.I | re.S)
# Copies of pages that Google keeps: the page's own address, without its scheme, and "s" for https.
_AMP_CACHE = re.compile(
    r"https?://(?:(?:www\.)?google\.[a-z.]+/amp|[\w-]+\.cdn\.ampproject\.org/[cv])/(s/)?(.+)", re.I
)
_LEADS_ON = re.compile(
    r"redir\w*|url|click\w*|out|outbound|away|goto|go|link|leave|exit|l|linkfilter|apiclick", re.I
)
_PARAMETERS = ("url", "q", "u", "to", "target", "dest", "destination", "redirect", "uddg", "murl", "link")
_MAX_STEPS = 3


def undo_redirects(url: str) -> str:
    """The address that `url` leads on to, where it tells it itself; else `url`."""
    for _step in range(_MAX_STEPS):
        target = _target(url)
        if target is None:
            return url
        url = target
    return url


def _target(url: str) -> str | None:
    if "*http" in url:
        found = _BEHIND_ASTERISK.fullmatch(url)
        if found:
            return _decoded(found[1])
    if "amp" in url:
        cached = _AMP_CACHE.fullmatch(url)
        if cached and "." in cached[2].partition("/")[0]:
            return f"http{'s' if cached[1] else ''}://{cached[2]}"
    return _in_query(url) if "=http" in url else None


def _in_query(url: str) -> str | None:
    """The whole address that a parameter holds, where host or path say that they lead on."""
    parts = urlsplit(url)
    page = parts.path.rstrip("/").rpartition("/")[2].partition(".")[0]
    if not (_LEADS_ON.fullmatch(page) or _LEADS_ON.fullmatch(parts.netloc.partition(".")[0])):
        return None
    told = dict(parse_qsl(parts.query, max_num_fields=50))
    targets = (told.get(name, "") for name in _PARAMETERS)
    return next((one for one in targets if one.startswith(("http://", "https://"))), None)


def _decoded(address: str) -> str:
    return address if "://" in address else unquote(address)
