"""Holding an edition back and letting it go."""

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy.orm import Session

from newsletter.db import Database
from newsletter.editions.build import close_edition
from newsletter.editions.review import CannotHold, hold, publish
from newsletter.models import Delivery, DeliveryState, Edition, EditionStatus, MailKind, Subscriber
from tests.editions.catalogue import WINDOW, add_article, add_topic, render
from tests.editions.newsroom import MORNING

LATER = MORNING + timedelta(hours=3)


def closed(session: Session) -> Edition:
    topic = add_topic(session)
    add_article(session, topic.sources[0], "Night trains return")
    edition = close_edition(session, topic.id, MORNING.date(), MORNING, MORNING, WINDOW, render)
    assert edition is not None
    return edition


def mail_with(session: Session, editions: str, state: DeliveryState) -> None:
    subscriber = Subscriber(
        handle="h",
        address="ada@example.com",
        address_key="ada@example.com",
        send_time=time(7),
        timezone="UTC",
        created_at=MORNING,
    )
    session.add(subscriber)
    session.flush()
    session.add(
        Delivery(
            subscriber_id=subscriber.id,
            kind=MailKind.ISSUE,
            occasion="2026-11-22",
            editions=editions,
            message_id="one@example.com",
            state=state,
            next_attempt_at=LATER,
            expires_at=LATER,
            created_at=LATER,
        )
    )
    session.flush()


def test_an_edition_held_back_goes_out_from_the_moment_it_is_published(any_db: Database) -> None:
    with any_db.write() as session:
        edition = closed(session)
        assert hold(session, edition)
        assert (edition.status, edition.published_at) == (EditionStatus.HELD, None)
        assert publish(session, edition, LATER)
        assert (edition.published_at, edition.closed_at) == (LATER, LATER)


def test_doing_it_twice_changes_nothing(any_db: Database) -> None:
    with any_db.write() as session:
        edition = closed(session)
        assert not publish(session, edition, LATER)
        assert edition.published_at == MORNING
        hold(session, edition)
        assert not hold(session, edition)


@pytest.mark.parametrize("state", [DeliveryState.SENT, DeliveryState.SENDING, DeliveryState.UNCERTAIN])
def test_an_edition_in_a_mail_on_its_way_cannot_be_held(any_db: Database, state: DeliveryState) -> None:
    with any_db.write() as session:
        edition = closed(session)
        mail_with(session, f"900,{edition.id},901", state)
        with pytest.raises(CannotHold):
            hold(session, edition)


def test_mails_not_yet_sent_or_of_other_editions_do_not_stand_in_the_way(any_db: Database) -> None:
    with any_db.write() as session:
        edition = closed(session)
        mail_with(session, f"{edition.id}0,1{edition.id}", DeliveryState.SENT)
        assert hold(session, edition)
    with any_db.write() as session:
        topic = add_topic(session, "science")
        add_article(
            session, topic.sources[0], "Comet is found", published=datetime(2026, 11, 22, 3, tzinfo=UTC)
        )
        other = close_edition(session, topic.id, MORNING.date(), MORNING, MORNING, WINDOW, render)
        assert other is not None
        assert hold(session, other)
