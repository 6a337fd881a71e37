"""What the address of a picture tells about it: whether it is one, or counts readers, or advertises. Pure."""

import re
from urllib.parse import urlsplit

_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|heic|bmp)$", re.I)
# Services that put counters, advertisements, buttons and signs into feeds.
_CLUTTER = re.compile(
    r"^(?:https?:)?//(?:[\w.-]*\.)?(?:doubleclick\.net|googlesyndication\.com|google-analytics\.com"
    r"|feedsportal\.com|feedblitz\.com|pheedo\.com|pheedcontent\.com|scorecardresearch\.com|quantserve\.com"
    r"|pixel\.wp\.com|stats\.wordpress\.com|feeds\.wordpress\.com|twemoji\.maxcdn\.com|buysellads\.com"
    r"|adnxs\.com|moatads\.com|outbrain\.com|taboola\.com|statcounter\.com|imrworldwide\.com)(?::\d+)?/"
    r"|/images/core/emoji/|/smil(?:ey|ie)s?/|/~[a-z]{1,2}/|/(?:spacer|blank|pixel|transparent|1x1|clear)\.gif\b",
    re.I,
)
_SUSPECT_HOST = re.compile(
    r"(?:rss|feeds?|feedproxy|pixel|px|ads?|adserver|stats?|count(?:er)?|analytics|track(?:er|ing)?|beacon"
    r"|metrics|logs?|hits?)\d*",
    re.I,
)


def is_clutter(url: str) -> bool:
    """Whether a picture at this address counts readers, advertises, or is a sign among words."""
    return _CLUTTER.search(url) is not None


def is_uncertain(url: str) -> bool:
    """Whether an address, of no file with a picture's name, stands with a host that counts or advertises."""
    try:
        host = urlsplit(url).netloc
    except ValueError:
        return True
    return bool(_SUSPECT_HOST.fullmatch(host.partition(".")[0])) and not looks_like_picture(url)


def looks_like_picture(url: str) -> bool:
    """Whether it is the address of a file with a picture's name."""
    return _FILE.search(url.partition("?")[0].partition("#")[0]) is not None
