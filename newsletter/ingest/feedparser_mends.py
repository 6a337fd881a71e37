"""Ways of feedparser that lose what feeds say, or time, mended where its classes can be extended.

A guid that is no address is not resolved against the feed's: it would change when the feed moves. An
item inside an item's extension does not end the feed's items: what follows it is not the feed's own. And
the feed's own address is worked out once, not where each of its elements begins (a fifth of a reading).
"""

from functools import lru_cache
from typing import Any

from feedparser import mixin
from feedparser.mixin import _FeedParserMixin
from feedparser.parsers.strict import _StrictFeedParser

_start_item = _FeedParserMixin._start_item
_end_item = _FeedParserMixin._end_item
_absolute = lru_cache(256)(mixin.make_safe_absolute_uri)


def mend_feedparser() -> None:
    """Have every feed parsed from now on read so; once or several times."""
    _FeedParserMixin.can_be_relative_uri.discard("id")
    mixin.make_safe_absolute_uri = _absolute
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
