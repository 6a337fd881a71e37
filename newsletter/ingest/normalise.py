"""An entry to an article's values: addresses settled, words without markup, HTML sanitised."""

import hashlib
import re
from datetime import UTC, datetime

import nh3

from newsletter.ingest.authors import person
from newsletter.ingest.boilerplate import without_boilerplate
from newsletter.ingest.canonical import canonical_url, clean_link
from newsletter.ingest.entries import Entry, NormalisedEntry
from newsletter.ingest.plain_text import (
    clean_line,
    cut_at_sentence,
    cut_at_word,
    plain_text,
    protect_words,
    without_hidden,
)

MAX_TITLE = 300
MAX_EXCERPT = 300
MAX_HEADLINE_FROM_TEXT = 90
MAX_BODY = 50_000
MAX_NAME = 200
MAX_ALT = 200
MAX_CATEGORY = 64
MAX_CATEGORIES = 10
MAX_GUID = 500
# Of the HTML: more than any excerpt needs, also behind a clutter of tags.
_ENOUGH = 20_000
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)

# Images stay out of bodies: a remote picture tells its server who reads.
_BODY_TAGS = """
    a abbr b blockquote br caption cite code dd del dfn dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i ins
    kbd li mark ol p pre q s samp small strong sub sup table tbody td tfoot th thead time tr u ul var
"""
_BODY_ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan"},
}
_DROPPED_WITH_CONTENT = {
    "script",
    "style",
    "template",
    "noscript",
    "iframe",
    "object",
    "svg",
    "math",
    "title",
}
# Made once: making it takes longer than cleaning a paragraph.
_BODIES = nh3.Cleaner(
    tags=set(_BODY_TAGS.split()),
    attributes=_BODY_ATTRIBUTES,
    clean_content_tags=_DROPPED_WITH_CONTENT,
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener noreferrer nofollow",
)
_SUFFIX_MARKS = (" - ", " – ", " — ", " | ", " · ", " • ", " :: ", " : ", " » ")
_FILE_NAME = re.compile(r"\S*\.(?:jpe?g|png|gif|webp|avif)|(?:img|dsc|image)[-_ ]?\d+|https?://\S+", re.I)
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][a-z0-9]{2,8}){0,2}", re.I)


def normalise_entry(
    entry: Entry, feed_url: str, now: datetime, feed_title: str = "", feed_language: str | None = None
) -> NormalisedEntry | None:
    """`entry` fit to be stored; None when it has no usable link, or no words to make a title of.

    `now` stands in for dates that are missing, in the future, or before 1990.
    """
    url = _address(entry, feed_url)
    if url is None:
        return None
    text = without_boilerplate(plain_text((entry.summary or entry.content)[:_ENOUGH]))
    title = _title(entry, feed_title) or cut_at_sentence(text, MAX_HEADLINE_FROM_TEXT)
    if not title:
        return None
    excerpt = "" if text == title else cut_at_sentence(text, MAX_EXCERPT)
    body = clean_body(entry.content or entry.summary)
    canonical = canonical_url(url)
    published = plausible_time(entry.published, now)
    return NormalisedEntry(
        guid=_guid(entry.guid) or _guid(canonical),
        url=url,
        canonical_url=canonical,
        title=title,
        published_at=published or now,
        content_hash=_hash(title, excerpt, body),
        excerpt=excerpt,
        body=body,
        author=_author(entry.author),
        image_url=clean_link(entry.image, feed_url) if entry.image else None,
        image_alt=_alt(entry.image_alt, title, excerpt),
        language=clean_language(entry.language) or feed_language,
        categories=_categories(entry.categories),
        dated=published is not None,
    )


def clean_body(markup: str) -> str:
    """Sanitised HTML: text structure and links (http, https, mailto), nothing that acts or loads."""
    return _BODIES.clean(protect_words(without_hidden(markup[:MAX_BODY]))).strip()


def clean_name(markup: str) -> str:
    """A feed's own title as plain text, short enough for a source's name."""
    return cut_at_word(plain_text(markup), MAX_NAME)


def clean_language(tag: str) -> str | None:
    """A language tag as BCP 47 writes it (`en`, `pt-BR`); None for anything else."""
    tag = tag.strip()
    if len(tag) > 16 or not _LANGUAGE.fullmatch(tag):
        return None
    first, *others = tag.replace("_", "-").split("-")
    return "-".join([first.lower(), *(part.upper() if len(part) == 2 else part for part in others)])


def plausible_time(told: datetime | None, now: datetime) -> datetime | None:
    """`told`, at the latest `now`; None where a feed tells nothing, or a time before there were feeds."""
    return min(told, now) if told is not None and told >= EARLIEST else None


def _address(entry: Entry, feed_url: str) -> str | None:
    """The entry's page; some feeds tell it in the guid only."""
    link = clean_link(entry.link, feed_url) if entry.link else None
    return link or clean_link(entry.guid)


def _title(entry: Entry, feed_title: str) -> str:
    title = plain_text(entry.title)
    for name in (plain_text(entry.origin), *_names(plain_text(feed_title))):
        title = _without_suffix(title, name)
    return cut_at_word(title, MAX_TITLE)


def _names(feed_title: str) -> list[str]:
    """What a feed may call itself: "The Example - World" is also "The Example"."""
    parts = [feed_title.split(mark)[0] for mark in _SUFFIX_MARKS if mark in feed_title]
    return [feed_title, *parts]


def _without_suffix(title: str, name: str) -> str:
    """`title` without the source's name at its end, unless that is all there is."""
    for mark in _SUFFIX_MARKS:
        ending = mark + name
        if name and len(title) > len(ending) and title.casefold().endswith(ending.casefold()):
            return title[: len(title) - len(ending)].rstrip()
    return title


def _author(told: str) -> str | None:
    """A name; an address in its place is nobody's business."""
    return cut_at_word(person(plain_text(told)), MAX_NAME) or None


def _alt(told: str, title: str, excerpt: str) -> str:
    """What is to be seen on the picture; nothing where that is a file's name or words printed beside it."""
    alt = plain_text(told)
    if _FILE_NAME.fullmatch(alt) or alt.casefold() in (title.casefold(), excerpt.casefold()):
        return ""
    return cut_at_word(alt, MAX_ALT)


def _guid(told: str) -> str:
    """A guid as told; one too long for an index is known by its hash."""
    guid = clean_line(told)
    return guid if len(guid) <= MAX_GUID else f"sha256:{hashlib.sha256(guid.encode()).hexdigest()}"


def _categories(told: tuple[str, ...]) -> tuple[str, ...]:
    """Distinct categories in the feed's order, whatever their case."""
    distinct: dict[str, str] = {}
    for raw in told:
        category = cut_at_word(plain_text(raw), MAX_CATEGORY)
        if category:
            distinct.setdefault(category.casefold(), category)
    return tuple(distinct.values())[:MAX_CATEGORIES]


def _hash(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
