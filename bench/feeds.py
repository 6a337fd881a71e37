"""Feeds of many entries with made-up news, always the same, each with words of its own."""

import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
# Entries of a source follow one another by this much.
APART = timedelta(hours=2)
_SYLLABLES = (
    "ka",
    "lo",
    "mi",
    "ten",
    "dra",
    "vel",
    "sor",
    "nim",
    "pas",
    "gul",
    "er",
    "ost",
    "ina",
    "ber",
    "ton",
)


def make_feed(number: int, entries: int) -> bytes:
    """RSS 2.0 with summaries and bodies: about 2.5 KB an entry, the newest first."""
    chance = random.Random(number)
    items = "".join(_item(number, place, chance) for place in range(entries))
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"<title>Source {number}</title><link>https://news{number}.example.com/</link>"
        f"<description>News of source {number}</description><language>en</language>{items}</channel></rss>"
    ).encode()


def _item(number: int, place: int, chance: random.Random) -> str:
    address = f"https://news{number}.example.com/2026/{place}/{_words(chance, 3).replace(' ', '-')}"
    when = format_datetime(NOW - APART * place - timedelta(minutes=number % 60))
    paragraphs = "".join(
        f"<p>{_words(chance, 60)}, <a href='{address}#more'>{_words(chance, 3)}</a>.</p>" for _ in range(4)
    )
    return (
        f"<item><title>{_words(chance, 9).capitalize()}</title>"
        f"<link>{address}?utm_source=rss&amp;utm_medium=feed</link>"
        f"<guid isPermaLink='false'>{number}-{place}</guid><pubDate>{when}</pubDate>"
        f"<dc:creator>{_words(chance, 2).title()}</dc:creator><category>{_words(chance, 1)}</category>"
        f"<description>{_words(chance, 35)}.</description>"
        f"<content:encoded><![CDATA[{paragraphs}]]></content:encoded></item>"
    )


def _words(chance: random.Random, count: int) -> str:
    return " ".join("".join(chance.choices(_SYLLABLES, k=chance.randint(1, 4))) for _ in range(count))
