"""Words beside pictures in Media RSS: kept apart from the words of the entry.

feedparser takes `media:description` for the entry's own description, and whichever comes first wins:
a caption could become a story's summary. And it throws `media:title` away. Here both, and `media:text`,
are noted with the picture they stand by (https://www.rssboard.org/media-rss, "Optional Elements").
"""

from typing import Any

from feedparser.namespaces.mediarss import Namespace

KEY = "media_words"
_ELEMENTS = ("description", "text", "title")


def teach_feedparser() -> None:
    """Let every entry parsed from now on have `media_words`: (element, pictures before it, words)."""
    for element in _ELEMENTS:
        setattr(Namespace, f"_start_media_{element}", _start)
        setattr(Namespace, f"_end_media_{element}", _noting(element))


def _start(parser: Any, _attributes: dict[str, str]) -> None:
    parser.push(KEY, 0)


def _noting(element: str) -> Any:
    def end(parser: Any) -> None:
        words = parser.pop(KEY)
        entry = parser._get_context()
        if words and parser.inentry:
            pictures = len(dict.get(entry, "media_content") or ())
            noted = dict.get(entry, KEY) or []
            dict.__setitem__(entry, KEY, [*noted, (element, pictures, words)])

    return end
