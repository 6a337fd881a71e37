"""The language of a feed that does not declare it, told from its words.

The model takes 90 MB and a second to load: `detect` is called in a process of its own only, which
`language_child` keeps.
"""

from collections import Counter
from dataclasses import replace
from functools import cache
from typing import Any

from newsletter.ingest.entries import ReadFeed

# Of letters: fewer tell too little.
_LEAST = 80
_MOST = 3_000
_OF_ONE_ENTRY = 300
_SURE = 0.5


def declared_language(feed: ReadFeed) -> str | None:
    """What the feed says, else what most of its entries say."""
    entries = Counter(entry.language for entry in feed.entries if entry.language)
    return feed.language or (entries.most_common(1)[0][0] if entries else None)


def sample(feed: ReadFeed) -> str:
    """Words enough to tell a feed's language from; "" where there are too few, or it is declared."""
    if declared_language(feed):
        return ""
    words = ". ".join(f"{entry.title}. {entry.excerpt}"[:_OF_ONE_ENTRY] for entry in feed.entries[:30])[
        :_MOST
    ]
    return words if sum(letter.isalpha() for letter in words) >= _LEAST else ""


def with_language(feed: ReadFeed, detected: str | None = None) -> ReadFeed:
    """`feed` and its entries in the language they declare, else in the one `detected`."""
    language = declared_language(feed) or detected
    if language is None or (feed.language and all(entry.language for entry in feed.entries)):
        return feed
    entries = tuple(entry if entry.language else replace(entry, language=language) for entry in feed.entries)
    return replace(feed, language=language, entries=entries)


def detect(words: str) -> str | None:
    """The language of these words (ISO 639-1); None where that is not clear. Loads the model."""
    language, sureness = _identifier().classify(words)
    return str(language) if sureness >= _SURE and len(language) == len("en") else None


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
