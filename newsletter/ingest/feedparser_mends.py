"""Two ways of feedparser that lose what feeds say, mended where its classes can be extended.

A guid that is no address is not resolved against the feed's: it would change when the feed moves. And an
item inside an item's extension does not end the feed's items: what follows it is not the feed's own.
"""

from typing import Any

from feedparser.mixin import _FeedParserMixin
from feedparser.parsers.strict import _StrictFeedParser

_start_item = _FeedParserMixin._start_item
_end_item = _FeedParserMixin._end_item


def mend_feedparser() -> None:
    """Have every feed parsed from now on read so; once or several times."""
    _FeedParserMixin.can_be_relative_uri.discard("id")
    for name in ("item", "entry"):
        setattr(_StrictFeedParser, f"_start_{name}", _start)
        setattr(_StrictFeedParser, f"_end_{name}", _end)


def _start(parser: Any, attributes: dict[str, str]) -> None:
    parser.outer_items = getattr(parser, "outer_items", 0) + (1 if parser.inentry else 0)
    _start_item(parser, attributes)


def _end(parser: Any) -> None:
    _end_item(parser)
    if parser.outer_items > 0:
        parser.outer_items -= 1
        parser.inentry = 1
