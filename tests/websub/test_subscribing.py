"""Asking a hub on loopback to tell us of a feed, keeping it at that, and taking leave."""

import threading
from datetime import timedelta

import pytest

from newsletter.db import Database
from newsletter.models import Source, SourceStatus
from newsletter.websub.ask import HubTools, tend_hubs
from tests.websub.conftest import TOPIC, Newsroom


@pytest.fixture
def room_db(any_db: Database) -> Database:
    """These write in ways of which each database has its own."""
    return any_db


def test_a_hub_is_asked_verifies_and_is_known_until_its_lease_ends(room: Newsroom) -> None:
    room.offer()
    assert room.tend() == 1

    (asked,) = room.hub.asked
    assert (asked["hub.mode"], asked["hub.topic"]) == ("subscribe", TOPIC)
    assert asked["hub.callback"] == f"{room.base_url}/hub/{room.row.key}"
    assert asked["hub.lease_seconds"] == "864000"
    assert len(asked["hub.secret"]) == 64
    (answer,) = room.hub.verified
    assert (answer.status, answer.body) == (200, b"a challenge, 7/42")
    assert (room.row.state, room.row.failure) == ("verified", None)
    assert room.row.lease_until == room.now + timedelta(days=10)


def test_what_was_asked_is_not_asked_again_at_once(room: Newsroom) -> None:
    room.offer()
    assert (room.tend(), room.tend()) == (1, 0)
    room.offer()
    assert room.tend() == 0


def test_a_lease_is_renewed_before_it_ends_and_again_when_that_fails(room: Newsroom) -> None:
    room.offer()
    room.tend()
    room.pass_time(days=6)
    assert room.tend() == 0

    room.hub.status = 503
    room.pass_time(days=1)
    assert room.tend() == 1
    assert room.row.state == "verified", "the lease still runs"
    assert "503" in str(room.row.failure)
    assert room.tend() == 0

    room.hub.status = 202
    room.pass_time(days=2)
    assert room.tend() == 1
    assert (room.row.state, room.row.failure) == ("verified", None)
    assert room.row.lease_until == room.now + timedelta(days=10)


def test_a_short_lease_is_renewed_in_time_too(room: Newsroom) -> None:
    room.hub.lease_seconds = 3600
    room.offer()
    room.tend()
    room.pass_time(minutes=39)
    assert room.tend() == 0
    room.pass_time(minutes=2)
    assert room.tend() == 1
    assert room.row.lease_until == room.now + timedelta(hours=1)


def test_a_lease_that_ran_out_is_asked_for_anew(room: Newsroom) -> None:
    room.offer()
    room.tend()
    room.pass_time(days=20)
    room.hub.verify = False
    assert room.tend() == 1
    assert room.row.state == "asked"


def test_a_hub_that_never_verifies_is_asked_ever_more_rarely(room: Newsroom) -> None:
    room.hub.verify = False
    room.offer()
    waits = []
    for _round in range(10):
        room.tend()
        assert room.row.lease_until
        waits.append((room.row.lease_until - room.now) / timedelta(hours=1))
        room.site.now = room.row.lease_until
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 168, 168]
    assert room.row.state == "asked"


def test_a_hub_that_refuses_is_left_alone_until_the_feed_offers_it_a_week_later(room: Newsroom) -> None:
    room.hub.status, room.hub.text = 403, "Unknown\x1b topic"
    room.offer()
    room.tend()
    assert (room.row.state, room.row.failure) == ("refused", "The hub answered 403: Unknown topic")
    key = room.row.key

    room.pass_time(days=6)
    room.offer()
    assert room.tend() == 0

    room.hub.status = 202
    room.pass_time(days=2)
    assert room.tend() == 0, "only what the feed still offers is asked"
    room.offer()
    assert room.tend() == 1
    assert room.row.state == "verified"
    assert room.row.key != key


def test_a_hub_that_is_away_or_in_trouble_is_tried_again(room: Newsroom) -> None:
    for status in (500, 503, 429):
        room.hub.status = status
        room.offer()
        room.tend()
        assert room.row.state == "asked"
        assert str(status) in str(room.row.failure)
        assert room.row.lease_until
        room.site.now = room.row.lease_until


def test_a_hub_inside_the_operators_network_is_not_asked(room: Newsroom) -> None:
    room.offer(hub="http://10.0.0.1/hub")
    room.tend()
    assert "refused for safety" in str(room.row.failure)
    assert room.row.state == "asked"


def test_a_feed_that_names_its_hub_no_more_has_it_left(room: Newsroom) -> None:
    room.offer()
    room.tend()
    room.offer_none()
    assert room.tend() == 1

    assert room.hub.asked[-1]["hub.mode"] == "unsubscribe"
    assert "hub.secret" not in room.hub.asked[-1]
    assert room.hub.verified[-1].status == 200
    assert room.row.state == "refused"
    room.offer_none()
    room.pass_time(days=30)
    assert room.tend() == 0


def test_a_source_that_is_gone_has_its_hub_left(room: Newsroom) -> None:
    room.offer()
    room.tend()
    with room.db.write() as session:
        session.get_one(Source, room.source_id).status = SourceStatus.GONE
    assert room.tend() == 1
    assert room.hub.asked[-1]["hub.mode"] == "unsubscribe"
    assert room.hub.verified[-1].status == 200
    assert room.tend() == 0


def test_another_hub_or_topic_is_asked_under_a_new_key(room: Newsroom) -> None:
    room.offer()
    room.tend()
    old = room.hub.asked[-1]
    room.offer(topic="https://harbour.example.com/new")
    assert room.tend() == 1

    assert room.hub.asked[-1]["hub.callback"] != old["hub.callback"]
    assert room.hub.asked[-1]["hub.secret"] != old["hub.secret"]
    assert room.row.state == "verified"
    assert room.hub.confirm(old).status == 404


def test_two_workers_do_not_ask_twice(room: Newsroom) -> None:
    room.offer()
    together = threading.Barrier(2)

    def work() -> None:
        together.wait()
        room.tend()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(room.hub.asked) == 1


def test_what_nobody_foresaw_stops_nothing_else(room: Newsroom) -> None:
    def post(*_: object) -> object:
        raise LookupError("odd")

    room.offer()
    assert tend_hubs(room.db, room.now, HubTools(room.base_url, room.tools.policy, post)) == 1  # type: ignore[arg-type]
    assert "LookupError" in str(room.row.failure)
