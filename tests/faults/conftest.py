"""A line to send through, its server, and a database with readers whose mail is due."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter.db import Database
from tests.faults.line import Line, readers_due, transport_to
from tests.faults.matrix import N
from tests.faults.smtp import PIPELINING, FaultySmtp, serving


@pytest.fixture(params=["one by one", "pipelined"])
def server(request: pytest.FixtureRequest) -> Iterator[FaultySmtp]:
    """A server without pipelining, and one that offers it."""
    smtp = FaultySmtp()
    if request.param == "pipelined":
        smtp.extensions += (PIPELINING,)
    with serving(smtp) as running:
        yield running


@pytest.fixture
def other(server: FaultySmtp) -> Iterator[FaultySmtp]:
    """A second server of the same kind."""
    with serving(FaultySmtp(extensions=server.extensions)) as running:
        yield running


@pytest.fixture(scope="module")
def with_readers(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with readers of several domains whose issues are due, to copy from."""
    path = tmp_path_factory.mktemp("readers") / "newsletter.db"
    shutil.copy(migrated_sqlite, path)
    filled = Database(f"sqlite:///{path}")
    readers_due(filled, N)
    with filled.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    filled.close()
    return path


@pytest.fixture
def line(with_readers: Path, tmp_path: Path, server: FaultySmtp) -> Iterator[Line]:
    """A line to the server, with all its readers due."""
    shutil.copy(with_readers, tmp_path / "newsletter.db")
    db = Database(f"sqlite:///{tmp_path / 'newsletter.db'}")
    yield (sending := Line(db, transport_to(server.url)))
    sending.transport.close()
    db.close()
