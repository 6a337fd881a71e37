"""One whole reading of a feed's bytes, pure: parse, then normalise every entry.

Both steps run together in the killable child: sanitising is as open to hostile nesting (5 s for
200 KB of `<div>`) as parsing is to hostile XML.
"""

from datetime import datetime

from newsletter.ingest.canonical import clean_link
from newsletter.ingest.entries import ReadFeed
from newsletter.ingest.normalise import clean_language, clean_name, normalise_entry
from newsletter.ingest.parse import parse_feed


def read_feed(body: bytes, url: str, content_type: str, now: datetime) -> ReadFeed:
    """The feed in `body`, ready to be stored. Raises `parse.ParseError`."""
    feed = parse_feed(body, url, content_type)
    language = clean_language(feed.language)
    entries = [normalise_entry(entry, url, now, feed.title, language) for entry in feed.entries]
    usable = tuple(entry for entry in entries if entry is not None)
    return ReadFeed(
        title=clean_name(feed.title),
        site_url=clean_link(feed.link, url) if feed.link else None,
        language=language,
        entries=usable,
        skipped=len(entries) - len(usable),
    )
