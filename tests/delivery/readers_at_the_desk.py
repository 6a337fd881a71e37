"""The reader that sending is tried on."""

from newsletter.db import Database
from newsletter.models import Subscriber

READER = "reader0@example.org"


def change_reader(db: Database, **values: object) -> None:
    with db.write() as session:
        for subscriber in session.query(Subscriber).filter_by(address=READER):
            for name, value in values.items():
                setattr(subscriber, name, value)
