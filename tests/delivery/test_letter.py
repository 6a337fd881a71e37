"""Letters: claimed deliveries as values, read at once."""

from dataclasses import dataclass

from sqlalchemy import event

from newsletter.db import Database
from newsletter.delivery.letter import letter_of, read_letters
from newsletter.models import Delivery
from tests.delivery.cast import a_delivery, a_reader, some_deliveries


@dataclass
class Statements:
    """Counts what is asked of a database."""

    count: int = 0

    def __call__(self, *_said: object) -> None:
        self.count += 1


def test_letters_come_in_the_order_asked_for_and_missing_ones_are_left_out(any_db: Database) -> None:
    numbers = some_deliveries(any_db, 4)
    wanted = [numbers[2], 999_999, numbers[0], numbers[3]]

    with any_db.read() as session:
        letters = read_letters(session, wanted)

    assert [letter.delivery_id for letter in letters] == [numbers[2], numbers[0], numbers[3]]
    assert [letter.address for letter in letters] == [f"reader{place}@example.org" for place in (2, 0, 3)]


def test_a_letter_read_is_the_delivery_with_its_subscriber(any_db: Database) -> None:
    with any_db.write() as session:
        reader = a_reader(session, name="ann", language="de", timezone="Asia/Tokyo", length="full")
        number = a_delivery(session, reader, editions="3,1", welcome=True, attempts=2, repeats=1).id

    with any_db.read() as session:
        (letter,) = read_letters(session, [number])
        assert letter == letter_of(session.get_one(Delivery, number))


def test_letters_are_read_by_one_statement(any_db: Database) -> None:
    numbers = some_deliveries(any_db, 5)
    asked = Statements()
    with any_db.read() as session:
        session.connection()
        event.listen(any_db.engine, "before_cursor_execute", asked)
        assert len(read_letters(session, numbers)) == 5
        assert read_letters(session, []) == []

    assert asked.count == 1


def test_a_letter_that_is_printed_tells_nobodys_address(db: Database) -> None:
    (number,) = some_deliveries(db, 1)
    with db.read() as session:
        (letter,) = read_letters(session, [number])

    assert letter.address not in repr(letter)
    assert letter.handle not in repr(letter)
    assert str(number) in repr(letter)
