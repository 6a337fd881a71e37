"""Three days of the demo lived through at once."""

from datetime import datetime, timedelta

import feedparser
import pytest

from newsletter.demo.history import replay, replay_moments
from newsletter.demo.server import DemoServer
from newsletter.demo.world import load_sources
from tests.demo.conftest import ask


def test_each_step_sees_the_feeds_as_they_stood_then(server: DemoServer) -> None:
    seen: list[tuple[datetime, int]] = []

    def count(moment: datetime) -> None:
        feeds = [feedparser.parse(ask(server, source.path).body) for source in load_sources()]
        seen.append((moment, sum(len(feed.entries) for feed in feeds)))

    moments = replay_moments(server.now)
    replay(server, reversed(moments), count)
    assert [moment for moment, _ in seen] == [server.now - timedelta(days=back) for back in (2, 1, 0)]
    counts = [number for _, number in seen]
    assert 25 <= counts[0] < counts[1] - 25 < counts[2] - 50
    assert server.as_of == server.now


def test_a_failing_step_stops_the_replay_where_it_is(server: DemoServer) -> None:
    def fail(moment: datetime) -> None:
        raise RuntimeError("no database")

    first, *_ = moments = replay_moments(server.now)
    with pytest.raises(RuntimeError, match="no database"):
        replay(server, moments, fail)
    assert server.as_of == first
