"""Another address: both mailboxes confirm, nobody is buried, nobody else's address can be taken."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter import subscribers
from newsletter.addresses import read_address
from newsletter.db import Database
from newsletter.models import AddressChange, ConsentRecord, Subscriber, SubscriberStatus
from newsletter.subscribers import AskedTooOften, ChangeClosed, Side
from tests.delivery.cast import DAY, MINUTE, NOW, a_reader

NEW = read_address("Ann@Elsewhere.example.net")
SECOND = timedelta(seconds=1)


def ask(session: Session, reader: Subscriber, address: str = NEW.display, now: datetime = NOW) -> str:
    """A wish for this address; the handle of its links."""
    return subscribers.ask_for_change(session, reader, read_address(address), now).change.handle


@pytest.mark.parametrize("order", [(Side.OLD, Side.NEW), (Side.NEW, Side.OLD)])
def test_it_changes_when_both_have_confirmed_and_not_before(
    any_db: Database, order: tuple[Side, Side]
) -> None:
    with any_db.write() as session:
        reader = a_reader(session)
        change = ask(session, reader)
        first, second = order
        assert not subscribers.confirm_change(session, change, first, f"words {first}", NOW)
        assert not subscribers.confirm_change(session, change, first, "once more", NOW)
        assert reader.address == "ann@example.org"

        assert subscribers.confirm_change(session, change, second, f"words {second}", NOW + DAY)

    with any_db.read() as session:
        changed = session.get_one(Subscriber, reader.id)
        assert (changed.address, changed.address_key) == (NEW.display, NEW.key)
        proofs = session.scalars(select(ConsentRecord).order_by(ConsentRecord.id)).all()
        assert [(row.via, row.wording) for row in proofs] == [
            (f"address-{side}", f"words {side}") for side in order
        ]


def test_links_die_when_used_stopped_replaced_or_after_seven_days(db: Database) -> None:
    with db.write() as session:
        done, stopped, stale = (a_reader(session, name=name) for name in ("done", "stopped", "stale"))
        carried_out = ask(session, done, "a@example.net")
        for side in Side:
            subscribers.confirm_change(session, carried_out, side, "", NOW)
        halted = ask(session, stopped, "b@example.net")
        subscribers.stop_change(session, halted, NOW)
        old = ask(session, stale, "c@example.net")
        replaced = ask(session, stale, "d@example.net")
        ask(session, stale, "e@example.net")
        for handle, now in (
            (carried_out, NOW),
            (halted, NOW),
            (replaced, NOW),
            (old, NOW + 8 * DAY),
            ("nobody's", NOW),
        ):
            for side in Side:
                with pytest.raises(ChangeClosed):
                    subscribers.confirm_change(session, handle, side, "", now)


def test_the_link_to_ask_dies_with_the_change_that_came_of_it(db: Database) -> None:
    with db.write() as session:
        reader = a_reader(session)
        assert subscribers.open_to_change(session, reader.handle, NOW)
        change = ask(session, reader, now=NOW + MINUTE)
        assert subscribers.open_to_change(session, reader.handle, NOW), "an open wish can be mended"
        subscribers.stop_change(session, change, NOW + 2 * MINUTE)
        with pytest.raises(ChangeClosed):
            subscribers.open_to_change(session, reader.handle, NOW)
        assert subscribers.open_to_change(session, reader.handle, NOW + DAY)


def test_who_does_not_read_us_changes_nothing(db: Database) -> None:
    with db.write() as session:
        reader = a_reader(session)
        change = ask(session, reader)
        reader.status = SubscriberStatus.UNSUBSCRIBED
        with pytest.raises(ChangeClosed):
            subscribers.confirm_change(session, change, Side.OLD, "", NOW)
        with pytest.raises(ChangeClosed):
            subscribers.open_to_change(session, reader.handle, NOW)


def test_another_readers_address_cannot_be_taken(any_db: Database) -> None:
    with any_db.write() as session:
        reader = a_reader(session)
        owner = a_reader(session, name="bob")
        asked = subscribers.ask_for_change(session, reader, read_address("bob@example.org"), NOW)
        assert asked.owner is owner
        subscribers.confirm_change(session, asked.change.handle, Side.OLD, "", NOW)
        with pytest.raises(ChangeClosed):
            subscribers.confirm_change(session, asked.change.handle, Side.NEW, "", NOW)
        assert reader.address == "ann@example.org"


def test_who_left_under_the_new_address_becomes_one_with_its_reader_proofs_included(any_db: Database) -> None:
    with any_db.write() as session:
        reader = a_reader(session)
        former = a_reader(session, name="former", status=SubscriberStatus.PENDING)
        subscribers.unsubscribe(session, former.handle, "page", "Stop all mail.", NOW - DAY)
        change = ask(session, reader, "former@example.org")
        for side in Side:
            subscribers.confirm_change(session, change, side, "", NOW)

    with any_db.read() as session:
        (only,) = session.scalars(select(Subscriber))
        assert (only.id, only.address) == (reader.id, "former@example.org")
        kept = session.scalars(select(ConsentRecord.wording).where(ConsentRecord.subscriber_id == reader.id))
        assert "Stop all mail." in kept.all()


def test_nobody_is_buried_whoever_asks(db: Database) -> None:
    with db.write() as session:
        reader = a_reader(session)
        for number in range(3):
            ask(session, reader, f"typo{number}@example.net")
        with pytest.raises(AskedTooOften):
            ask(session, reader, "typo3@example.net", NOW + MINUTE)
        assert ask(session, reader, "typo3@example.net", NOW + DAY + SECOND)

        told = []
        for number in range(5):
            other = a_reader(session, name=f"reader{number}")
            victim = read_address("victim@example.net")
            told.append(not subscribers.ask_for_change(session, other, victim, NOW).quiet)
        assert told == [True] * 3 + [False] * 2


def test_asking_for_the_same_again_keeps_the_links_there_are(db: Database) -> None:
    with db.write() as session:
        reader = a_reader(session)
        first = subscribers.ask_for_change(session, reader, NEW, NOW)
        again = subscribers.ask_for_change(session, reader, read_address(NEW.key), NOW + MINUTE)

    assert again.change is first.change
    assert (again.number, again.quiet) == (0, True)


def test_old_wishes_are_forgotten(db: Database) -> None:
    with db.write() as session:
        ask(session, a_reader(session))
        subscribers.forget_changes(session, NOW + 29 * DAY)
        assert session.scalars(select(AddressChange)).all()
        subscribers.forget_changes(session, NOW + 31 * DAY)
        assert not session.scalars(select(AddressChange)).all()
