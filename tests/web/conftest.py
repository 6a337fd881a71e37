"""Fixtures for tests of pages: an application over a real database, and a clock that can be moved."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from pydantic import SecretStr
from sqlalchemy import select

from newsletter.config import Settings
from newsletter.db import Database
from newsletter.models import Subscriber, metadata
from newsletter.tokens import Purpose, make_dated_token, make_token
from newsletter.web.app import create_app
from newsletter.web.offers import OFFERS
from newsletter.web.versions import VERSION
from tests.web.builders import SECRET, add_news


class Compiled(BytecodeCache):
    """Templates that were compiled once, for all applications of a run."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()


@dataclass
class Site:
    """A running application, its database and clock, and how often the workers were woken."""

    app: Flask
    database: Database
    now: datetime
    woken: int = 0

    def client(self) -> FlaskClient:
        """A visitor with cookies of their own."""
        return self.app.test_client()

    def pass_time(self, by: timedelta) -> None:
        self.now += by

    def link(self, purpose: Purpose, address: str = "ann@example.com") -> str:
        """The address of a subscriber's own page."""
        page = {
            Purpose.CONFIRM: "confirm",
            Purpose.MANAGE: "preferences",
            Purpose.UNSUBSCRIBE: "unsubscribe",
            Purpose.ADDRESS: "address",
            Purpose.MINE: "mine",
            Purpose.UNDO: "undo",
            Purpose.ADDRESS_OLD: "address/old",
            Purpose.ADDRESS_NEW: "address/new",
        }
        with self.database.read() as session:
            handle = session.scalars(select(Subscriber.handle).where(Subscriber.address == address)).one()
        dated = purpose not in (Purpose.MANAGE, Purpose.UNSUBSCRIBE, Purpose.UNDO)
        token = (
            make_dated_token([SECRET], purpose, handle, self.now)
            if dated
            else make_token([SECRET], purpose, handle)
        )
        return f"/{page[purpose]}/{token}"

    def dump(self) -> list[tuple[str, list[tuple[object, ...]]]]:
        """Everything in the database."""
        with self.database.read() as session:
            return [
                (table.name, sorted((tuple(row) for row in session.execute(select(table))), key=repr))
                for table in metadata.sorted_tables
            ]


def make_site(database: Database, now: datetime, folder: Path, **settings: object) -> Site:
    """An application over `database`, its clock standing at `now`."""
    site = Site(Flask(__name__), database, now)
    values = {"data_dir": folder, "secret_keys": (SecretStr(SECRET),), **settings}

    def wake() -> None:
        site.woken += 1

    site.app = create_app(Settings(_env_file=None, **values), database, lambda: site.now, wake)  # type: ignore[arg-type]
    site.app.jinja_env.bytecode_cache = COMPILED
    site.app.extensions[VERSION].seconds = 0
    site.app.extensions[OFFERS].seconds = 0
    return site


@pytest.fixture
def site(db: Database, now: datetime, tmp_path: Path) -> Site:
    """An application with four topics and this morning's news, mail staying on the machine."""
    with db.write() as session:
        add_news(session, now.date())
    return make_site(db, now, tmp_path)
