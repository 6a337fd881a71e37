"""What readers are told of the service: how it is doing, and what is kept about them."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from newsletter.db import Database
from newsletter.models import DeliveryState
from tests.delivery.cast import a_delivery
from tests.web.builders import add_news, add_subscriber
from tests.web.conftest import make_site


def test_readers_see_the_newest_editions_and_when_mail_last_left(
    any_db: Database, now: datetime, tmp_path: Path
) -> None:
    with any_db.write() as session:
        add_news(session, now.date())
        ann = add_subscriber(session, "ann@example.com", now)
        sent = a_delivery(session, ann, state=DeliveryState.SENT)
        sent.finished_at = now - timedelta(hours=1)
    page = make_site(any_db, now, tmp_path).client().get("/status").text
    assert "All is well." in page
    assert "The last mail left on" in page
    assert "ann@example.com" not in page


def test_an_edition_that_does_not_come_and_mail_that_waits_are_said_so(
    db: Database, now: datetime, tmp_path: Path
) -> None:
    with db.write() as session:
        add_news(session, now.date() - timedelta(days=5))
        waiting = a_delivery(
            session, add_subscriber(session, "ann@example.com", now), state=DeliveryState.QUEUED
        )
        waiting.next_attempt_at = now - timedelta(hours=2)
    page = make_site(db, now, tmp_path).client().get("/status").text
    assert "Something is late." in page
    assert "(the next one is late)" in page
    assert "Some mails are waiting longer than they should" in page


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"keep_network": True}, "The address of the network you did it from is kept with it."),
        ({"keep_network": False}, "The address of your network is not kept."),
        ({"text_days": 9}, "texts are kept for 9 days"),
        ({"postal_address": "1 Quay Street, Port Ostrel"}, "1 Quay Street, Port Ostrel"),
        ({"reply_to": "Desk <desk@example.org>"}, "mailto:desk@example.org"),
    ],
)
def test_the_privacy_page_tells_the_settings_in_force(
    db: Database, now: datetime, tmp_path: Path, settings: dict[str, object], said: str
) -> None:
    page = make_site(db, now, tmp_path, **settings).client().get("/privacy").text
    assert said in page
    assert "7 days is forgotten" in page
