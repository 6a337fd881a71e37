"""One whole reading of a feed's bytes, pure: parse, then normalise every entry.

Both steps run together in the killable child: sanitising is as open to hostile nesting (5 s for
200 KB of `<div>`) as parsing is to hostile XML.
"""

from datetime import datetime

from newsletter.ingest.apart import tell_apart
from newsletter.ingest.canonical import canonical_url, clean_link
from newsletter.ingest.entries import ReadFeed
from newsletter.ingest.language import with_language
from newsletter.ingest.near import with_bands
from newsletter.ingest.normalise import clean_language, clean_name, normalise_entry
from newsletter.ingest.parse import parse_feed


def read_feed(body: bytes, url: str, content_type: str, now: datetime) -> ReadFeed:
    """The feed in `body`, ready to be stored, in the language it declares. Raises `parse.ParseError`."""
    feed = parse_feed(body, url, content_type)
    language = clean_language(feed.language)
    entries = [normalise_entry(entry, url, now, feed.title, language) for entry in feed.entries]
    usable = [entry for entry in entries if entry is not None]
    site_url = clean_link(feed.link, url) if feed.link else None
    own_pages = {canonical_url(one) for one in (site_url, clean_link(url)) if one}
    return with_language(
        ReadFeed(
            title=clean_name(feed.title),
            site_url=site_url,
            language=language,
            entries=tuple(with_bands(entry, now) for entry in tell_apart(usable, own_pages)),
            skipped=len(entries) - len(usable),
            asked_interval=feed.asked_interval,
            hub=feed.hub,
            self_url=feed.self_url,
            undated=sum(not entry.dated for entry in usable),
        )
    )
