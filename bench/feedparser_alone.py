"""feedparser as it comes: what reads feeds for us mends it, so nothing of that may be loaded here."""

import io
import sys

import feedparser

from bench.report import CannotMeasure


def count_entries(body: bytes) -> int:
    """How many entries it finds in an RSS feed. Raises `CannotMeasure` where it was mended."""
    if "newsletter.ingest.feedparser_mends" in sys.modules:
        raise CannotMeasure("feedparser was mended in the process that is to show it as it comes")
    parsed = feedparser.parse(io.BytesIO(body), response_headers={"content-type": "application/rss+xml"})
    return len(parsed.entries)
