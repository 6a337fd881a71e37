"""The demo's feeds as feedparser reads them."""

from calendar import timegm
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.demo.rendering import MEDIA_TYPES, render_feed, render_opml
from newsletter.demo.world import DemoSource, load_sources, load_topics

BASE = "http://127.0.0.1:8801"
VERSIONS = {"rss2": "rss20", "atom": "atom10", "rdf": "rss10"}

every_source = pytest.mark.parametrize("source", load_sources(), ids=lambda source: source.slug)


def parse(source: DemoSource, now: datetime, as_of: datetime | None = None) -> Any:
    data = render_feed(source, now, as_of or now, BASE)
    headers = {"content-location": BASE + source.path, "content-type": MEDIA_TYPES[source.format]}
    return feedparser.parse(BytesIO(data), response_headers=headers)


@every_source
def test_every_feed_parses_whole(source: DemoSource, now: datetime) -> None:
    parsed = parse(source, now)
    assert parsed.version == VERSIONS[source.format]
    assert bool(parsed.bozo) is not source.well_formed
    assert parsed.feed.title == source.name
    assert len(parsed.entries) == len(source.entries)
    for read, entry in zip(parsed.entries, source.entries, strict=True):
        assert entry.summary[:30] in read.summary.replace("&amp;", "&")
        assert ("published_parsed" in read or "updated_parsed" in read) is entry.dated


@given(
    now=st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    source=st.sampled_from([source for source in load_sources() if source.slug != "hull-and-freight"]),
)
def test_printed_dates_lie_within_three_days_before_any_now(now: datetime, source: DemoSource) -> None:
    for read in parse(source, now).entries:
        moment = read.get("published_parsed") or read.get("updated_parsed")
        if moment:
            age = now - datetime.fromtimestamp(timegm(moment), UTC)
            assert timedelta(seconds=-1) <= age <= timedelta(hours=72)


def test_relative_links_lead_to_the_articles_page(now: datetime) -> None:
    money = next(source for source in load_sources() if source.slug == "lantern-money")
    links = [read.link for read in parse(money, now).entries]
    assert all(link.startswith(f"{BASE}/articles/lantern-money/") for link in links)
    assert b'href="/articles/' in render_feed(money, now, now, BASE)


def test_a_guid_is_missing_in_one_place_and_repeated_in_another(now: datetime) -> None:
    by_slug = {source.slug: parse(source, now) for source in load_sources()}
    assert sum("id" not in read for read in by_slug["radio-news"].entries) == 1
    ids = [read.id for read in by_slug["lantern-city"].entries]
    assert len(ids) == len(set(ids)) + 1


def test_a_careless_feed_is_not_well_formed(now: datetime) -> None:
    careless = next(source for source in load_sources() if not source.well_formed)
    with pytest.raises(ElementTree.ParseError):
        ElementTree.fromstring(render_feed(careless, now, now, BASE))


def test_an_old_encoding_is_declared_and_used(now: datetime) -> None:
    old = next(source for source in load_sources() if source.encoding != "utf-8")
    data = render_feed(old, now, now, BASE)
    assert "Ланцюговий міст" in data.decode("windows-1251")
    assert "Ланцюговий міст" in "".join(read.title for read in parse(old, now).entries)


@every_source
def test_a_feed_grows_from_day_to_day(source: DemoSource, now: datetime) -> None:
    sizes = [len(parse(source, now, now - timedelta(days=back)).entries) for back in (3, 2, 1, 0)]
    assert sizes[0] == 0
    assert sizes == sorted(sizes)
    assert sizes[-1] == len(source.entries)


def test_the_opml_lists_every_feed_under_its_topic() -> None:
    groups = ElementTree.fromstring(render_opml(BASE)).findall("body/outline")
    assert [group.get("text") for group in groups] == [topic.name for topic in load_topics()]
    urls = {feed.get("xmlUrl") for group in groups for feed in group}
    assert urls == {BASE + source.path for source in load_sources()}
