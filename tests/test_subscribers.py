import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.event import listen
from sqlalchemy.orm import Session

from newsletter import subscribers
from newsletter.addresses import read_address
from newsletter.db import Database
from newsletter.models import (
    ConsentRecord,
    Delivery,
    MailKind,
    Subscriber,
    SubscriberStatus,
    Subscription,
)
from newsletter.subscribers import Choices, SignUp
from tests.web.builders import add_subscriber, add_topic

DAY = timedelta(days=1)


@pytest.fixture
def _topics(any_db: Database) -> None:
    with any_db.write() as session:
        add_topic(session, "world", position=0)
        add_topic(session, "science", position=1)


pytestmark = pytest.mark.usefixtures("_topics")


def asking(address: str = "ann@example.com", **changes: object) -> SignUp:
    values = {
        "address": read_address(address),
        "topics": ("world",),
        "send_time": time(7, 0),
        "timezone": "Europe/Berlin",
        "wording": "By subscribing you ask for one mail a day.",
    }
    return SignUp(**{**values, **changes})  # type: ignore[arg-type]


def sign_up(session: Session, request: SignUp, now: datetime) -> tuple[Subscriber, MailKind]:
    """The subscriber who asked, and the mail they get for it."""
    known = subscribers.who_has(session, request.address.key)
    asker = subscribers.sign_up(session, request, known, now)
    return subscribers.find_by_handle(session, asker.handle), subscribers.notice_for(known)


def consents(session: Session, subscriber: Subscriber) -> list[tuple[str, str, str]]:
    rows = session.scalars(
        select(ConsentRecord).where(ConsentRecord.subscriber_id == subscriber.id).order_by(ConsentRecord.id)
    )
    return [(row.kind, row.via, row.wording) for row in rows]


def test_a_sign_up_waits_for_its_confirmation_with_the_words_that_were_shown(
    any_db: Database, now: datetime
) -> None:
    with any_db.write() as session:
        asker, notice = sign_up(session, asking(), now)
        assert notice is MailKind.CONFIRM
        assert asker.status == SubscriberStatus.PENDING
        assert asker.next_issue_at is None
        assert consents(session, asker) == [
            ("requested", "web", "By subscribing you ask for one mail a day.")
        ]


def test_signing_up_again_before_confirming_keeps_the_newest_choices(any_db: Database, now: datetime) -> None:
    with any_db.write() as session:
        sign_up(session, asking(), now)
        again = asking("ANN@example.com", topics=("science",), send_time=time(19, 0), timezone="Asia/Tokyo")
        asker, _notice = sign_up(session, again, now + DAY)
        assert session.scalar(select(func.count()).select_from(Subscriber)) == 1
        assert [topic.slug for topic in asker.topics] == ["science"]
        assert (asker.send_time, asker.timezone) == (time(19, 0), "Asia/Tokyo")


@pytest.mark.parametrize("status", ["active", "paused"])
def test_signing_a_reader_up_again_changes_none_of_their_choices(
    any_db: Database, now: datetime, status: str
) -> None:
    with any_db.write() as session:
        reader = add_subscriber(session, "ann@example.com", now, status=status)
        before = (reader.status, reader.send_time, reader.next_issue_at, [t.slug for t in reader.topics])
        again = asking(topics=("science",), send_time=time(23, 0))
        assert sign_up(session, again, now + DAY) == (reader, MailKind.ALREADY)
        after = (reader.status, reader.send_time, reader.next_issue_at, [t.slug for t in reader.topics])
        assert after == before


def test_who_left_is_asked_to_confirm_anew(any_db: Database, now: datetime) -> None:
    with any_db.write() as session:
        reader = add_subscriber(session, "ann@example.com", now)
        subscribers.unsubscribe(session, reader.handle, "page", "Unsubscribe", now)
        assert sign_up(session, asking(), now + DAY) == (reader, MailKind.CONFIRM)
        assert reader.status == SubscriberStatus.PENDING
        assert reader.next_issue_at is None


def test_a_topic_that_is_not_offered_is_refused(any_db: Database, now: datetime) -> None:
    with any_db.write() as session:
        add_topic(session, "closed").active = False
        for slug in ("closed", "nonsense"):
            with pytest.raises(subscribers.UnknownTopic, match=slug):
                sign_up(session, asking(topics=(slug,)), now)


def test_confirming_makes_the_next_chosen_hour_due_and_is_recorded_once(
    any_db: Database, now: datetime
) -> None:
    with any_db.write() as session:
        reader, _notice = sign_up(session, asking(), now)
        for _ in range(2):
            subscribers.confirm(session, reader.handle, "Start my daily mail", now)
        assert reader.status == SubscriberStatus.ACTIVE
        assert reader.confirmed_at == now
        assert reader.next_issue_at == datetime(2026, 11, 23, 6, 0, tzinfo=UTC)  # 07:00 in Berlin
        assert [kind for kind, *_ in consents(session, reader)] == ["requested", "confirmed"]


def test_an_old_confirmation_link_does_not_bring_back_who_has_left(any_db: Database, now: datetime) -> None:
    with any_db.write() as session:
        reader = add_subscriber(session, "ann@example.com", now)
        subscribers.unsubscribe(session, reader.handle, "page", "Unsubscribe", now)
        with pytest.raises(subscribers.LinkOutdated):
            subscribers.confirm(session, reader.handle, "Start my daily mail", now)


def test_changed_choices_move_the_next_issue(any_db: Database, now: datetime) -> None:
    with any_db.write() as session:
        reader = add_subscriber(session, "ann@example.com", now)
        wednesdays = 0b100
        choices = Choices(("science",), time(18, 30), "Asia/Tokyo", wednesdays)
        subscribers.change_preferences(session, reader.handle, choices, now)
        assert [topic.slug for topic in reader.topics] == ["science"]
        assert reader.next_issue_at == datetime(2026, 11, 25, 9, 30, tzinfo=UTC)


def test_a_later_hour_does_not_promise_a_second_issue_of_the_same_date(
    any_db: Database, now: datetime
) -> None:
    with any_db.write() as session:
        reader = add_subscriber(session, "ann@example.com", now)
        todays = Delivery(
            subscriber_id=reader.id, kind=MailKind.ISSUE, occasion="2026-11-22", message_id="<1@example.com>",
            next_attempt_at=now, expires_at=now + DAY, created_at=now,
        )  # fmt: skip
        session.add(todays)
        later = Choices(("world",), time(20, 0), "Europe/Berlin", 0b1111111)
        subscribers.change_preferences(session, reader.handle, later, now)
        assert reader.next_issue_at == datetime(2026, 11, 23, 19, 0, tzinfo=UTC)


def test_a_pause_stops_issues_until_the_reader_resumes(any_db: Database, now: datetime) -> None:
    with any_db.write() as session:
        reader = add_subscriber(session, "ann@example.com", now)
        due = reader.next_issue_at
        subscribers.pause(session, reader.handle, date(2026, 11, 29))
        assert (reader.status, reader.paused_until) == (SubscriberStatus.PAUSED, date(2026, 11, 29))
        assert reader.next_issue_at is None
        subscribers.resume(session, reader.handle, now)
        assert (reader.status, reader.paused_until, reader.next_issue_at) == ("active", None, due)


def test_pausing_or_resuming_cannot_make_a_reader_of_who_never_confirmed(
    any_db: Database, now: datetime
) -> None:
    with any_db.write() as session:
        pending = add_subscriber(session, "ann@example.com", now, status="pending")
        subscribers.pause(session, pending.handle, None)
        subscribers.resume(session, pending.handle, now)
        assert pending.status == SubscriberStatus.PENDING


def test_unsubscribing_takes_effect_at_once_and_is_recorded_once(any_db: Database, now: datetime) -> None:
    with any_db.write() as session:
        reader = add_subscriber(session, "ann@example.com", now)
        for _ in range(2):
            subscribers.unsubscribe(session, reader.handle, "one-click", "Unsubscribe", now)
        assert (reader.status, reader.next_issue_at) == (SubscriberStatus.UNSUBSCRIBED, None)
        assert reader.unsubscribed_at == now
        assert consents(session, reader)[2:] == [("withdrawn", "one-click", "Unsubscribe")]


def test_an_unsubscription_can_be_undone_for_a_week(any_db: Database, now: datetime) -> None:
    with any_db.write() as session:
        reader = add_subscriber(session, "ann@example.com", now)
        due = reader.next_issue_at
        subscribers.unsubscribe(session, reader.handle, "page", "Unsubscribe", now)
        subscribers.resubscribe(session, reader.handle, "Undo", now)
        assert (reader.status, reader.next_issue_at, reader.unsubscribed_at) == ("active", due, None)
        assert consents(session, reader)[-1] == ("restored", "web", "Undo")
        subscribers.unsubscribe(session, reader.handle, "page", "Unsubscribe", now)
        with pytest.raises(subscribers.UndoClosed):
            subscribers.resubscribe(session, reader.handle, "Undo", now + 8 * DAY)


def test_undoing_cannot_make_a_reader_of_who_never_confirmed(any_db: Database, now: datetime) -> None:
    with any_db.write() as session:
        pending = add_subscriber(session, "ann@example.com", now, status="pending")
        subscribers.unsubscribe(session, pending.handle, "page", "Unsubscribe", now)
        with pytest.raises(subscribers.UndoClosed):
            subscribers.resubscribe(session, pending.handle, "Undo", now)


def test_erasing_leaves_nothing_of_a_subscriber(any_db: Database, now: datetime) -> None:
    with any_db.write() as session:
        reader = add_subscriber(session, "ann@example.com", now)
        add_subscriber(session, "bob@example.com", now)
        subscribers.erase(session, reader)
    with any_db.read() as session:
        assert session.scalars(select(Subscriber.address)).all() == ["bob@example.com"]
        for table in (ConsentRecord, Subscription):
            assert set(session.scalars(select(table.subscriber_id))) == set(
                session.scalars(select(Subscriber.id))
            )


def test_who_does_not_confirm_within_a_week_is_forgotten(any_db: Database, now: datetime) -> None:
    with any_db.write() as session:
        add_subscriber(session, "slow@example.com", now, status="pending")
        add_subscriber(session, "asked-again@example.com", now, status="pending")
        add_subscriber(session, "reader@example.com", now)
        sign_up(session, asking("asked-again@example.com"), now + 6 * DAY)
        assert subscribers.purge_unconfirmed(session, now + 7 * DAY) == 0
        assert subscribers.purge_unconfirmed(session, now + 7 * DAY + timedelta(seconds=1)) == 1
        left = set(session.scalars(select(Subscriber.address)))
        assert left == {"asked-again@example.com", "reader@example.com"}


def test_a_former_reader_who_does_not_confirm_anew_is_unsubscribed_again_with_all_proof_kept(
    any_db: Database, now: datetime
) -> None:
    with any_db.write() as session:
        reader = add_subscriber(session, "ann@example.com", now)
        subscribers.unsubscribe(session, reader.handle, "page", "Unsubscribe", now)
        sign_up(session, asking(), now + DAY)
        assert subscribers.purge_unconfirmed(session, now + 9 * DAY) == 0
        session.refresh(reader)
        assert reader.status == SubscriberStatus.UNSUBSCRIBED
        assert len(consents(session, reader)) == 4


def test_an_operator_can_vouch_for_a_reader_but_not_for_one_who_left(any_db: Database, now: datetime) -> None:
    with any_db.write() as session:
        vouched = asking(wording="Asked on the phone", via="operator")
        reader = subscribers.admit(session, vouched, now)
        assert reader.status == SubscriberStatus.ACTIVE
        assert consents(session, reader) == [("confirmed", "operator", "Asked on the phone")]
        subscribers.unsubscribe(session, reader.handle, "page", "Unsubscribe", now)
        with pytest.raises(subscribers.AlreadyKnown):
            subscribers.admit(session, vouched, now)


def test_the_same_address_signing_up_twice_at_once_becomes_one_subscriber(
    any_db: Database, now: datetime
) -> None:
    inserting = threading.Event()

    def from_elsewhere() -> None:
        with any_db.write() as session:
            sign_up(session, asking(), now)

    with ThreadPoolExecutor() as pool:
        with any_db.write() as session:
            sign_up(session, asking(), now)
            listen(any_db.engine, "before_cursor_execute", lambda *given: _tell(inserting, given[2]))
            other = pool.submit(from_elsewhere)
            # SQLite lets nobody else begin; on PostgreSQL the other has looked and found nobody.
            assert any_db.is_sqlite or inserting.wait(20)
        other.result(20)
    with any_db.read() as session:
        assert session.scalar(select(func.count()).select_from(Subscriber)) == 1
        assert session.scalar(select(func.count()).select_from(ConsentRecord)) == 2


def _tell(inserting: threading.Event, statement: str) -> None:
    if statement.lstrip().startswith("INSERT INTO subscriber "):
        inserting.set()
