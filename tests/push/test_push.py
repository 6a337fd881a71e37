"""Notices in browsers: who is told, what, once; and what hostile or dead push services come to."""

import base64
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from pydantic import SecretStr
from sqlalchemy import select

from newsletter import push_jobs, subscribers
from newsletter.config import Settings
from newsletter.db import Database
from newsletter.direct import Direct
from newsletter.models import Delivery, DeliveryState, Edition, MailKind, PushBrowser, Subscriber
from newsletter.push import browsers, deliver
from newsletter.push.envelope import (
    NotASubscription,
    Subscription,
    new_key,
    public_key,
    read_subscription,
    seal,
)
from tests.push.service import Browser, PushService, encoded, push_service
from tests.web.builders import add_news, add_subscriber

KEY = new_key()
ENDPOINT = "https://push.example.net/send/1"


@pytest.fixture
def service() -> Iterator[PushService]:
    with push_service() as running:
        yield running


@pytest.fixture
def phone() -> Browser:
    return Browser()


@pytest.fixture
def settings(any_db: Database, tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None,
        data_dir=tmp_path,
        push_key=SecretStr(KEY),
        fetch_allow_networks="127.0.0.0/8",
        base_url="https://news.example.com",
    )


@pytest.fixture
def ann(any_db: Database, now: datetime, service: PushService, phone: Browser) -> int:
    """A reader whose browser is told; her issue has not been sent yet. Her number."""
    with any_db.write() as session:
        add_news(session, now.date())
        reader = add_subscriber(session, "ann@example.com", now)
        browsers.allow(session, reader, phone.subscription(f"{service.base}/ann"), "de", now)
        return reader.id


def send_issue(database: Database, reader: int, at: datetime, editions: str = "2,1") -> None:
    """As if the worker had just sent it."""
    with database.write() as session:
        mail = Delivery(
            subscriber_id=reader,
            kind=MailKind.ISSUE,
            occasion=at.date().isoformat(),
            editions=editions,
            message_id=f"<{at.isoformat()}@example.com>",
            state=DeliveryState.SENT,
            next_attempt_at=at,
            expires_at=at + timedelta(hours=12),
            created_at=at,
            finished_at=at,
        )
        session.add(mail)


def known(database: Database) -> list[PushBrowser]:
    with database.read() as session:
        return list(session.scalars(select(PushBrowser)))


def test_a_browser_is_told_of_an_issue_that_was_sent_and_once(
    settings: Settings, any_db: Database, ann: int, service: PushService, phone: Browser, now: datetime
) -> None:
    assert push_jobs.tell_browsers(settings, any_db, now) == 0
    send_issue(any_db, ann, now + timedelta(minutes=5))
    assert push_jobs.tell_browsers(settings, any_db, now) == 1
    assert push_jobs.tell_browsers(settings, any_db, now) == 0
    ((path, headers, body),) = service.came
    assert path == "/ann"
    assert headers["Content-Encoding"] == "aes128gcm"
    assert headers["TTL"] == "36000"
    told = phone.read(body)
    assert told["body"] == "Ihre Ausgabe ist da: Browser makers agree on one way to sign in"
    assert told["url"] == "/issue/2026-11-22/2-1"
    assert "ann" not in json.dumps(told)


def test_the_notice_is_signed_by_our_key_for_that_service(phone: Browser, now: datetime) -> None:
    envelope = seal({"title": "x"}, phone.subscription(ENDPOINT), KEY, "mailto:news@example.com", now)
    scheme, _, rest = envelope.headers["Authorization"].partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    assert (scheme, parts["k"]) == ("vapid", public_key(KEY))
    head, claims, signature = parts["t"].split(".")
    told = json.loads(base64.urlsafe_b64decode(claims + "=="))
    assert told["aud"] == "https://push.example.net"
    assert told["sub"] == "mailto:news@example.com"
    assert timedelta() < datetime.fromtimestamp(told["exp"], UTC) - now <= timedelta(hours=24)
    point = base64.urlsafe_b64decode(parts["k"] + "==")
    raw = base64.urlsafe_b64decode(signature + "==")
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    ours = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    ours.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))


def test_a_browser_that_is_no_more_is_forgotten(
    settings: Settings, any_db: Database, ann: int, service: PushService, now: datetime
) -> None:
    service.status = 410
    send_issue(any_db, ann, now + timedelta(minutes=5))
    assert push_jobs.tell_browsers(settings, any_db, now) == 0
    assert known(any_db) == []


@pytest.mark.parametrize("status", [302, 400, 429, 503])
def test_a_notice_that_is_not_taken_is_not_repeated_and_the_browser_is_let_go_in_the_end(
    settings: Settings, any_db: Database, ann: int, service: PushService, now: datetime, status: int
) -> None:
    service.status = status
    for day in range(browsers.MOST_FAILURES):
        assert len(known(any_db)) == 1
        send_issue(any_db, ann, now + timedelta(days=day, minutes=5))
        assert push_jobs.tell_browsers(settings, any_db, now) == 0
        assert push_jobs.tell_browsers(settings, any_db, now) == 0
    assert len(service.came) == browsers.MOST_FAILURES, "no redirect is followed, nothing is repeated"
    assert known(any_db) == []


def test_a_slow_service_holds_nobody_up(
    ann: int, service: PushService, phone: Browser, now: datetime
) -> None:
    service.hold = threading.Event()
    envelope = seal(
        {"title": "x"}, phone.subscription(f"{service.base}/slow"), KEY, "mailto:news@example.com", now
    )
    outcome = deliver.hand_over([(7, envelope)], (ip_network("127.0.0.0/8"),), seconds=0.3)
    assert outcome.failed == [7]


@pytest.mark.parametrize(
    "place", ["http://127.0.0.1:{port}/x", "http://localhost:{port}/x", "http://169.254.169.254/latest"]
)
def test_a_private_address_is_never_dialled(
    service: PushService, phone: Browser, now: datetime, place: str
) -> None:
    endpoint = place.format(port=service.base.rpartition(":")[2])
    envelope = seal({"title": "x"}, phone.subscription(endpoint), KEY, "mailto:news@example.com", now)
    assert deliver.hand_over([(7, envelope)], ()).failed == [7]
    assert service.came == []


def test_keys_that_are_no_point_of_the_curve_are_forgotten(
    settings: Settings, any_db: Database, ann: int, service: PushService, now: datetime
) -> None:
    with any_db.write() as session:
        session.scalars(select(PushBrowser)).one().p256dh = encoded(b"\x04" + b"\xff" * 64)
    send_issue(any_db, ann, now + timedelta(minutes=5))
    assert push_jobs.tell_browsers(settings, any_db, now) == 0
    assert known(any_db) == []
    assert service.came == []


def test_an_issue_that_was_withheld_since_is_not_told(
    settings: Settings, any_db: Database, ann: int, service: PushService, now: datetime
) -> None:
    send_issue(any_db, ann, now + timedelta(minutes=5), editions="1")
    with any_db.write() as session:
        session.get_one(Edition, 1).status = "held"
    assert push_jobs.tell_browsers(settings, any_db, now) == 0
    assert service.came == []


def test_erasing_a_reader_forgets_their_browsers_and_the_oldest_of_many_goes(
    any_db: Database, ann: int, phone: Browser, now: datetime
) -> None:
    with any_db.write() as session:
        reader = session.get_one(Subscriber, ann)
        for number in range(browsers.MOST + 2):
            browsers.allow(session, reader, phone.subscription(f"{ENDPOINT}{number}"), "en", now)
        assert subscribers.look_at(Direct(session.connection()), reader.handle).browsers == browsers.MOST
        session.delete(reader)
    assert known(any_db) == []


@pytest.mark.parametrize(
    ("endpoint", "p256dh", "auth"),
    [
        ("http://push.example.net/1", "good", "good"),
        ("javascript:alert(1)", "good", "good"),
        ("https://user:secret@push.example.net/1", "good", "good"),
        ("https://push.example.net/" + "x" * 600, "good", "good"),
        ("", "good", "good"),
        (ENDPOINT, "", "good"),
        (ENDPOINT, "%%%", "good"),
        (ENDPOINT, "good", "short"),
        (ENDPOINT, encoded(b"\x05" * 65), "good"),
    ],
)
def test_what_is_no_subscription_is_refused(phone: Browser, endpoint: str, p256dh: str, auth: str) -> None:
    good = phone.subscription(ENDPOINT)
    keys = (good.p256dh if p256dh == "good" else p256dh, good.auth if auth == "good" else auth)
    with pytest.raises(NotASubscription):
        read_subscription(endpoint, *keys)
    assert read_subscription(ENDPOINT, good.p256dh, good.auth) == Subscription(
        ENDPOINT, good.p256dh, good.auth
    )
