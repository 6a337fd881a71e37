"""What a feed says of itself beside its title: its page, its hub, how often to come. Pure."""

from typing import Any

from newsletter.ingest.values import get, line, many

_MOST_LINKS = 50
_PERIODS = {"hourly": 3_600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}
_LONGEST = 31_536_000


def site_link(feed: Any) -> str:
    """The page a feed belongs to, a web page rather than anything else; never the feed itself."""
    pages = [link for link in _links(feed) if (get(link, "rel") or "alternate") == "alternate"]
    html = [link for link in pages if "html" in str(get(link, "type") or "html")]
    addresses = (line(get(link, "href")) for link in [*html, *pages])
    return next((href for href in addresses if href and not _is_a_sentence(href)), "")


def related(feed: Any, rel: str) -> str | None:
    """The address of the feed's link of this relation, as its `hub` or `self` (WebSub, section 4)."""
    found = (line(get(link, "href")) for link in _links(feed) if str(get(link, "rel")).lower() == rel)
    return next((href for href in found if href.startswith(("http://", "https://"))), None)


def asked_interval(feed: Any) -> int | None:
    """Every how many seconds a feed wants to be read: `ttl` in minutes, else the syndication module's."""
    ttl = _number(get(feed, "ttl")) * 60
    period = _PERIODS.get(line(get(feed, "sy_updateperiod")).lower(), 0)
    asked = ttl or period // (_number(get(feed, "sy_updatefrequency")) or 1)
    return min(asked, _LONGEST) or None


def _is_a_sentence(href: str) -> bool:
    """Whether words stand where an address belongs; feedparser has put the feed's address before them."""
    return href.rpartition("/")[2].count(" ") > 1


def _links(feed: Any) -> list[Any]:
    return many(get(feed, "links"))[:_MOST_LINKS]


def _number(told: Any) -> int:
    digits = line(told)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 7 else 0
