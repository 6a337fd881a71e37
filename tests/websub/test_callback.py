"""What a hub says at our callback: honest hubs, and those that lie."""

from datetime import timedelta

import pytest

from newsletter.websub.plan import make_due
from tests.websub.conftest import Newsroom
from tests.websub.hub import call

FEED = b"<feed xmlns='http://www.w3.org/2005/Atom'><title>Harbour</title></feed>"


@pytest.fixture
def verified(room: Newsroom) -> Newsroom:
    """The hub was asked and verified; a poll has been since."""
    room.offer()
    room.tend()
    room.pass_time(minutes=5)
    room.polled()
    room.pass_time(minutes=5)
    return room


def due(room: Newsroom) -> int:
    with room.db.write() as session:
        return make_due(session, room.now)


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_news_makes_the_source_due_at_once(verified: Newsroom, method: str) -> None:
    answer = verified.hub.distribute(FEED, method)

    assert (answer.status, answer.body) == (202, b"")
    assert verified.row.told_at == verified.now
    assert due(verified) == 1
    assert verified.source.next_poll_at == verified.now


def test_without_news_nothing_is_due(verified: Newsroom) -> None:
    assert due(verified) == 0


def test_a_wrong_signature_is_answered_alike_and_ignored(verified: Newsroom) -> None:
    callback = verified.hub.asked[-1]["hub.callback"]
    answers = [
        verified.hub.distribute(FEED, secret="another secret"),
        verified.hub.distribute(FEED, "md5"),
        call("POST", callback, FEED),
        call("POST", callback, FEED, {"X-Hub-Signature": "sha256="}),
        call("POST", callback, FEED, {"X-Hub-Signature": "none=00"}),
        call("POST", callback, FEED, {"X-Hub-Signature": "sha256=" + "\xe9" * 64}),
    ]
    assert {answer.status for answer in answers} == {202}
    assert verified.row.told_at is None
    assert due(verified) == 0


def test_news_during_a_poll_is_not_lost(verified: Newsroom) -> None:
    began = verified.now
    verified.pass_time(seconds=1)
    verified.hub.distribute(FEED)
    with verified.db.write() as session:
        source = session.merge(verified.source)
        source.last_polled_at, source.next_poll_at = began, began + timedelta(hours=6)
    verified.pass_time(minutes=3)
    assert due(verified) == 1


def test_replayed_news_costs_no_more_than_a_poll_now_and_then(verified: Newsroom) -> None:
    verified.hub.distribute(FEED)
    assert due(verified) == 1
    first = verified.row.told_at
    verified.pass_time(minutes=1)
    verified.hub.distribute(FEED)
    assert verified.row.told_at == first, "told already, not polled yet"

    verified.polled()
    verified.pass_time(seconds=30)
    verified.hub.distribute(FEED)
    assert due(verified) == 0, "polled just now"
    verified.pass_time(minutes=2)
    assert due(verified) == 1


def test_knocking_without_end_is_told_to_stop(verified: Newsroom) -> None:
    statuses = [verified.hub.distribute(FEED, secret="forged").status for _ in range(70)]
    assert statuses[0] == 202
    assert statuses[-1] == 429


def test_a_huge_message_is_refused_unread(verified: Newsroom) -> None:
    assert verified.hub.distribute(b"x" * (10 * 1024 * 1024 + 1)).status == 413
    assert verified.hub.distribute(b"x" * (10 * 1024 * 1024)).status == 202
    assert verified.row.told_at == verified.now


def test_a_failing_source_is_left_in_peace(verified: Newsroom) -> None:
    with verified.db.write() as session:
        session.merge(verified.source).failures = 1
    verified.hub.distribute(FEED)
    assert due(verified) == 0


def test_a_key_nobody_knows_opens_nothing(room: Newsroom) -> None:
    before = room.site.dump()
    for key in ("x", "a" * 43, "%00", "é"):
        url = f"{room.base_url}/hub/{key.replace('é', '%C3%A9')}"
        intent = "hub.mode=subscribe&hub.topic=x&hub.challenge=c&hub.lease_seconds=9"
        assert call("GET", f"{url}?{intent}").status == 404
        assert call("GET", f"{url}?{intent.replace('subscribe', 'unsubscribe')}").status == 404
        assert call("POST", url, FEED).status == 410
    assert room.site.dump() == before


@pytest.mark.parametrize(
    "lies",
    [
        {"topic": "https://other.example.com/feed"},
        {"mode": "unsubscribe"},
        {"mode": "publish"},
        {"mode": ""},
        {"challenge": ""},
        {"challenge": "x" * 513},
        {"challenge": "\x00\x01"},
        {"challenge": "zeile\r\nSet-Cookie: a=b"},
        {"challenge": "été"},
        {"mode": "denied", "topic": "https://other.example.com/feed"},
    ],
    ids=str,
)
def test_nothing_is_agreed_to_that_was_not_asked(verified: Newsroom, lies: dict[str, str]) -> None:
    before = verified.site.dump()
    assert verified.hub.confirm(verified.hub.asked[-1], **lies).status == 404
    assert verified.site.dump() == before


def test_what_is_only_meant_to_be_asked_is_not_agreed_to(room: Newsroom) -> None:
    room.offer()
    fields = {"hub.mode": "subscribe", "hub.topic": room.row.topic}
    fields["hub.callback"] = f"{room.base_url}/hub/{room.row.key}"
    assert room.hub.confirm(fields).status == 404


def test_looking_by_head_changes_nothing(room: Newsroom) -> None:
    room.hub.verify = False
    room.offer()
    room.tend()
    before = room.site.dump()
    asked = room.hub.asked[-1]
    query = f"hub.mode=denied&hub.topic={asked['hub.topic'].replace('&', '%26')}"
    assert call("HEAD", f"{asked['hub.callback']}?{query}").status == 405
    assert room.site.dump() == before


def test_a_denial_ends_the_wish_with_the_hubs_reason(verified: Newsroom) -> None:
    asked = verified.hub.asked[-1]
    assert verified.hub.confirm(asked, mode="denied", reason="no\x00 more <b>of this").status == 200
    assert verified.row.state == "refused"
    assert verified.row.failure == "The hub will not tell us of this feed: no more <b>of this"
    assert verified.hub.distribute(FEED).status == 410
    verified.offer()
    assert verified.tend() == 0


@pytest.mark.parametrize(
    ("told", "lease"),
    [
        ("3600", timedelta(hours=1)),
        ("1", timedelta(minutes=1)),
        ("99999999999", timedelta(days=30)),
        ("", timedelta(days=1)),
        ("-5", timedelta(days=1)),
        ("١٢", timedelta(days=1)),
    ],
)
def test_a_lease_is_taken_within_reason(verified: Newsroom, told: str, lease: timedelta) -> None:
    assert verified.hub.confirm(verified.hub.asked[-1], lease_seconds=told).status == 200
    assert verified.row.lease_until == verified.now + lease


def test_what_is_repeated_is_never_taken_for_a_page(verified: Newsroom) -> None:
    script = "<script>alert(1)</script>"
    answer = verified.hub.confirm(verified.hub.asked[-1], challenge=script)
    assert answer.body == script.encode()
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"] == "attachment"
    assert "Set-Cookie" not in answer.headers
