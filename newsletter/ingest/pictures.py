"""Which of an entry's pictures is its own, and what the feed says is to be seen there. Pure."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from newsletter.ingest.media_words import KEY
from newsletter.ingest.picture_address import is_clutter, is_uncertain, looks_like_picture

# As wide as the mail's column: more is thrown away again.
WIDE_ENOUGH = 600
# What a picture's width is taken for where the feed does not tell it.
_CONTENT, _ITEM_IMAGE, _THUMBNAIL, _INLINE = 600, 300, 150, 120
# Smaller ones are icons and counting pixels.
_LEAST_SIDE = 100
_ENOUGH = 50_000
# Elements outside of any standard, Google's and those that publishers invent for themselves.
_OWN_ELEMENTS = (
    *((name, _CONTENT) for name in ("g_image_link", "image_link", "bigimage", "largeimage", "fullimage")),
    *((name, _CONTENT) for name in ("featured_image", "featuredimage", "image_url", "imageurl", "photo")),
    *((name, _THUMBNAIL) for name in ("thumbnail", "smallimage", "thumb", "post_thumbnail")),
)
_MOST_LISTED = 50
_SMALL_STYLE = re.compile(r"(?:^|;)(?:max-)?(?:height|width):[0-3]?(?:\.\d+)?(?:em|px)|display:none")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture a feed offers; `width` in pixels as told, or as guessed from where it stands."""

    url: str
    width: int
    alt: str = ""


def entry_picture(raw: Any, markup: str) -> Picture | None:
    """The first picture wide enough, else the widest: of feedparser's entry `raw`, or in its `markup`."""
    offered = [one for one in (*_offered(raw), *_inline(markup)) if one.url and not is_clutter(one.url)]
    return _choose(offered)


def text_picture(markup: str) -> Picture | None:
    """The same of a text alone."""
    return _choose([one for one in _inline(markup) if one.url and not is_clutter(one.url)])


def _choose(offered: list[Picture]) -> Picture | None:
    wide = next((one for one in offered if one.width >= WIDE_ENOUGH), None)
    chosen = wide or max(offered, key=lambda one: one.width, default=None)
    if chosen is None or chosen.alt:
        return chosen
    # The same picture often stands in the text as well, and says there what it shows.
    alt = next((one.alt for one in offered if one.url == chosen.url and one.alt), "")
    return Picture(chosen.url, chosen.width, alt)


def _offered(raw: Any) -> Iterator[Picture]:
    words, media = _get(raw, KEY) or [], _many(raw, "media_content")
    for number, medium in enumerate(media, 1):
        if _is_image(medium):
            alt = _words_beside(number, len(media), words)
            yield Picture(_text(medium, "url"), _width(medium, _CONTENT), alt)
    for link in _many(raw, "links"):
        if _is_image(link):
            yield Picture(_text(link, "href"), _CONTENT)
    for medium in _many(raw, "media_thumbnail"):
        alt = _words_beside(0, len(media), words)
        yield Picture(_text(medium, "url"), _width(medium, _THUMBNAIL), alt)
    yield Picture(_text(_get(raw, "image"), "href"), _ITEM_IMAGE)
    for name, width in _OWN_ELEMENTS:
        if address := _text(raw, name):
            yield Picture(address, width)


def _words_beside(number: int, pictures: int, words: list[tuple[str, int, str]]) -> str:
    """What is said by the picture of this number; else what stands once for all, before or after them."""
    ordered = [one for element in ("description", "text", "title") for one in words if one[0] == element]
    mine = [text for _element, before, text in ordered if before == number]
    common = [text for _element, before, text in ordered if before in (0, pictures)]
    return next(iter(mine or common), "")


def _inline(markup: str) -> list[Picture]:
    if "<img" not in markup[:_ENOUGH].lower():
        return []
    finder = _Finder()
    # Python's parser gives up at a broken `<![`: what stood before it counts.
    with suppress(AssertionError):
        finder.feed(markup[:_ENOUGH])
    return finder.found


class _Finder(HTMLParser):
    """The pictures of a piece of HTML, but for icons and counting pixels."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Picture] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        address = (told.get("src") or "").strip()
        if tag != "img" or address.lower().startswith("data:"):
            return
        if _is_emoji(told) or (not _has_size(told) and is_uncertain(address)):
            return
        if min(_pixels(told.get("width"), _INLINE), _pixels(told.get("height"), _INLINE)) >= _LEAST_SIDE:
            self.found.append(Picture(address, _pixels(told.get("width"), _INLINE), told.get("alt") or ""))


def _is_emoji(told: Mapping[str, str | None]) -> bool:
    """Whether a picture is a sign among words, or hidden."""
    style = (told.get("style") or "").replace(" ", "").lower()
    signs = (told.get("class") or "").lower().split()
    return bool({"wp-smiley", "emoji", "smiley"}.intersection(signs)) or bool(_SMALL_STYLE.search(style))


def _has_size(told: Mapping[str, str | None]) -> bool:
    return bool(_pixels(told.get("width"), 0) or _pixels(told.get("height"), 0))


def _width(medium: Any, otherwise: int) -> int:
    return _pixels(_get(medium, "width"), otherwise)


def _pixels(told: Any, otherwise: int) -> int:
    digits = str(told or "").strip().removesuffix("px")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 5 else otherwise


def _is_image(medium: Mapping[str, Any]) -> bool:
    medium_told, kind = _get(medium, "medium"), str(_get(medium, "type") or "")
    if medium_told or kind:
        return medium_told == "image" or kind.startswith("image/")
    return looks_like_picture(_text(medium, "url") or _text(medium, "href"))


def _many(raw: Any, name: str) -> list[Any]:
    value = _get(raw, name)
    return value[:_MOST_LISTED] if isinstance(value, list) else []


def _text(holder: Any, name: str) -> str:
    value = _get(holder, name)
    return value.strip() if isinstance(value, str) else ""


def _get(holder: Any, name: str) -> Any:
    # Not the holder's own `get`: feedparser's guesses other names and warns about it.
    return dict.get(holder, name) if isinstance(holder, dict) else None
