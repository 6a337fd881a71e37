"""Which hub a feed offers, whether it can reach us, and when polls may be rare because of it."""

from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from sqlalchemy import select

from newsletter import jobs
from newsletter.config import Settings
from newsletter.db import Database
from newsletter.ingest.entries import ReadFeed
from newsletter.ingest.fetch import Fetched, FetchPolicy, FetchRequest, NotModified, fetch_feed
from newsletter.ingest.hubs import HubOffer, hub_offer, told_by_hubs
from newsletter.ingest.poll import PollTools, poll_source
from newsletter.ingest.read import read_feed
from newsletter.models import Source, SourceHub
from newsletter.websub.reach import is_public
from tests.ingest.builders import rss
from tests.ingest.conftest import policy, server
from tests.ingest.polling import FERRY, add
from tests.ingest.server import FeedServer
from tests.websub.conftest import Newsroom

__all__ = ["policy", "server"]

URL = "https://harbour.example.com/feed"
HUB = "https://hub.example.net/"


@pytest.mark.parametrize(
    ("links", "feed", "offer"),
    [
        ({}, ReadFeed(), None),
        ({"hub": HUB, "self": URL + "?x"}, ReadFeed(), HubOffer(HUB, URL + "?x")),
        ({"hub": HUB}, ReadFeed(self_url=URL + "?y"), HubOffer(HUB, URL)),
        ({}, ReadFeed(hub="HTTPS://Hub.example.net", self_url=URL + "?y"), HubOffer(HUB, URL + "?y")),
        ({}, ReadFeed(hub=HUB), HubOffer(HUB, URL)),
        ({"hub": HUB}, ReadFeed(hub="https://other.example.net/"), HubOffer(HUB, URL)),
        ({}, ReadFeed(hub=HUB, self_url="javascript:x"), HubOffer(HUB, URL)),
        ({}, ReadFeed(hub="file:///etc/passwd", self_url=URL), None),
        ({"self": URL}, ReadFeed(), None),
    ],
)
def test_headers_count_before_the_feeds_own_words(
    links: dict[str, str], feed: ReadFeed, offer: HubOffer | None
) -> None:
    assert hub_offer(Fetched(URL, b"", links=links), feed) == offer


@pytest.mark.parametrize(
    ("base_url", "public"),
    [
        ("https://news.example.com", True),
        ("http://8.8.8.8:8000", True),
        ("http://[2606:4700::1111]", True),
        ("http://127.0.0.1:8000", False),
        ("http://[::1]:8000", False),
        ("http://192.168.1.4", False),
        ("http://localhost:8000", False),
        ("http://news.localhost", False),
        ("https://newsroom", False),
        ("https://newsroom.local", False),
        ("https://news.lan.", False),
        ("https://localhost.example.com", True),
        ("ftp://news.example.com", False),
        ("", False),
    ],
)
def test_only_a_public_address_can_be_reached_by_hubs(base_url: str, public: bool) -> None:
    assert is_public(base_url) == public


def test_an_allowed_network_counts_as_public() -> None:
    assert is_public("http://127.0.0.1:8000", [ip_network("127.0.0.0/8")])


def test_a_poll_notes_the_hub_and_its_absence(
    any_db: Database, server: FeedServer, policy: FetchPolicy, now: datetime
) -> None:
    links = {"hub": HUB, "self": URL}

    def fetch(request: FetchRequest, rules: FetchPolicy) -> Fetched | NotModified:
        answer = fetch_feed(request, rules)
        return replace(answer, links=links) if isinstance(answer, Fetched) else answer

    source_id = add(any_db, server.serve("/feed", rss(FERRY)), now)
    tools = PollTools(policy, read_feed, fetch)

    poll_source(any_db, source_id, now, tools)
    with any_db.read() as session:
        row = session.scalars(select(SourceHub)).one()
        assert (row.state, row.hub, row.topic, row.lease_until) == ("asked", HUB, URL, None)

    links.clear()
    server.serve("/feed", rss(FERRY, ("Other", "https://example.com/other")))
    poll_source(any_db, source_id, now, tools)
    with any_db.read() as session:
        assert session.scalars(select(SourceHub.state)).one() == "refused"


def test_polls_may_be_rare_only_while_a_hub_does_tell_us(room: Newsroom) -> None:
    def told() -> bool:
        with room.db.read() as session:
            return bool(told_by_hubs(session.connection(), [room.source_id], room.now))

    room.offer()
    room.tend()
    assert not told(), "a hub that never spoke may never do"
    room.hub.distribute(b"news")
    assert told()
    room.pass_time(days=7)
    assert not told()


def test_a_source_whose_hub_tells_us_is_polled_rarely(
    any_db: Database, policy: FetchPolicy, now: datetime
) -> None:
    source_id = add(any_db, URL, now)
    tools = PollTools(policy, read_feed, lambda _request, _policy: NotModified())
    told = SourceHub(source_id=source_id, hub=HUB, topic=URL, key="k" * 24, secret="s", state="verified")
    told.asked_at = told.told_at = now
    told.lease_until = now + timedelta(days=7)

    def wait() -> timedelta:
        poll_source(any_db, source_id, now, tools)
        with any_db.read() as session:
            return session.get_one(Source, source_id).next_poll_at - now

    before = wait()
    with any_db.write() as session:
        session.add(told)

    assert before < timedelta(hours=2)
    assert wait() >= timedelta(hours=6)


@pytest.mark.parametrize(("base_url", "asked"), [("http://127.0.0.1:8000", 1), ("http://localhost:8000", 0)])
def test_hubs_are_asked_only_when_they_can_reach_us(
    room: Newsroom, tmp_path: Path, base_url: str, asked: int
) -> None:
    settings = Settings(data_dir=tmp_path, base_url=base_url, fetch_allow_networks="127.0.0.0/8")
    room.offer()
    assert jobs.tend_hubs(settings, room.db, room.now) == 0
    assert len(room.hub.asked) == asked


def test_the_job_makes_due_what_a_hub_told_of(room: Newsroom, tmp_path: Path) -> None:
    room.offer()
    room.tend()
    room.pass_time(minutes=3)
    room.hub.distribute(b"news")
    room.pass_time(seconds=1)
    settings = Settings(data_dir=tmp_path, base_url=room.base_url)
    assert jobs.tend_hubs(settings, room.db, room.now) == 1
    assert room.source.next_poll_at == room.now
    assert room.now - timedelta(hours=1) < room.source.next_poll_at
