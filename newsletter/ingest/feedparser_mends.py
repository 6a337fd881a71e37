"""Ways of feedparser that lose what feeds say, or time, mended where its classes can be extended.

A guid that is no address is not resolved against the feed's: it would change when the feed moves. An
item inside an item's extension does not end the feed's items: what follows it is not the feed's own.
The feed's own address is worked out once, not where each of its elements begins (a fifth of a reading); and
values are looked up and copied without asking for other names first, and without pickling (a tenth).
"""

from copy import deepcopy
from functools import lru_cache
from typing import Any

from feedparser import mixin
from feedparser.mixin import _FeedParserMixin
from feedparser.parsers.strict import _StrictFeedParser
from feedparser.util import FeedParserDict

_start_item = _FeedParserMixin._start_item
_end_item = _FeedParserMixin._end_item
_get_guessing = FeedParserDict.get
# The names that stand for other ones, or are made up from several.
_GUESSED = frozenset(FeedParserDict.keymap) | {
    "category",
    "enclosures",
    "license",
    "updated",
    "updated_parsed",
}
_absolute = lru_cache(256)(mixin.make_safe_absolute_uri)


def mend_feedparser() -> None:
    """Have every feed parsed from now on read so; once or several times."""
    _FeedParserMixin.can_be_relative_uri.discard("id")
    mixin.make_safe_absolute_uri = _absolute
    FeedParserDict.get = _get
    FeedParserDict.__deepcopy__ = _copied
    for name in ("item", "entry"):
        setattr(_StrictFeedParser, f"_start_{name}", _start)
        setattr(_StrictFeedParser, f"_end_{name}", _end)


def _get(holder: Any, key: str, default: Any = None) -> Any:
    return _get_guessing(holder, key, default) if key in _GUESSED else dict.get(holder, key, default)


def _copied(holder: Any, memo: dict[int, Any]) -> Any:
    return FeedParserDict({key: deepcopy(value, memo) for key, value in holder.items()})


def _start(parser: Any, attributes: dict[str, str]) -> None:
    parser.outer_items = getattr(parser, "outer_items", 0) + (1 if parser.inentry else 0)
    _start_item(parser, attributes)


def _end(parser: Any) -> None:
    _end_item(parser)
    if parser.outer_items > 0:
        parser.outer_items -= 1
        parser.inentry = 1
