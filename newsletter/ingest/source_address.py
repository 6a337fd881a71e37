"""The address of a feed, as an operator types it or an OPML file tells it."""

import re
from urllib.parse import urlsplit, urlunsplit

MAX_URL = 2_000
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://|feed:https?:", re.I)


def source_address(typed: str) -> str | None:
    """`typed` as an http(s) address with scheme and host in lower case; None when it is not one.

    Path and query stay as they are: a feed's server may care about every character.
    """
    text = typed.strip()
    # An old habit of feed readers: feed://example.com/rss and feed:https://example.com/rss.
    text = text.removeprefix("feed:") if text.startswith(("feed:http:", "feed:https:")) else text
    text = f"https://{text.removeprefix('feed://')}" if text.startswith("feed://") else text
    if len(text) > MAX_URL or not text.isprintable() or " " in text:
        return None
    try:
        parts = urlsplit(text)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
            return None
    except ValueError:
        return None
    user, at, host = parts.netloc.rpartition("@")
    return urlunsplit((parts.scheme, f"{user}{at}{host.lower()}", parts.path or "/", parts.query, ""))


def web_addresses(typed: str) -> list[str]:
    """What `typed` may mean as a web address: without a scheme https, else http; nothing if it is none."""
    text = typed.strip()
    if not _SCHEME.match(text) and "@" in text.partition("/")[0]:
        # A mail address, mailto: or not.
        return []
    tries = [text] if _SCHEME.match(text) else [f"https://{text}", f"http://{text}"]
    return [address for address in map(source_address, tries) if address]
