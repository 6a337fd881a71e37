"""What is mended for speed answers as feedparser does."""

from copy import copy, deepcopy

import pytest
from feedparser.util import FeedParserDict

from newsletter.ingest.feedparser_mends import _get_guessing, mend_feedparser


@pytest.fixture(autouse=True)
def _mended() -> None:
    mend_feedparser()


@pytest.mark.parametrize(
    "name", [*FeedParserDict.keymap, "category", "enclosures", "license", "type", "nothing"]
)
def test_a_value_is_found_by_any_of_its_names(name: str) -> None:
    holder = FeedParserDict(
        title="Rain",
        id="1",
        links=[FeedParserDict(rel="license", href="https://example.com/")],
        type="text/html",
    )
    assert holder.get(name, "otherwise") == _get_guessing(holder, name, "otherwise")


def test_a_copy_has_nothing_in_common_with_its_model() -> None:
    holder = FeedParserDict(title="Rain", links=[FeedParserDict(rel="alternate")])
    copied = deepcopy(holder)
    copied["links"][0]["rel"] = "other"
    assert type(copied) is FeedParserDict
    assert holder["links"][0]["rel"] == "alternate"
    assert copy(copied["title"]) == "Rain"
