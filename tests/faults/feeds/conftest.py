"""One server of faults, one database and one poller for all of them."""

import itertools
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter.db import Database
from tests.faults.feeds.fault import SECONDS, rss, send
from tests.faults.feeds.poller import Poller, polling
from tests.ingest.server import FeedServer, Handler


class Faulty(FeedServer):
    """A feed server that is closed under connections nobody will ever end."""

    request_queue_size = 256


@pytest.fixture(scope="module")
def faulty() -> Iterator[FeedServer]:
    """A web server on 127.0.0.1; `/sound` has something new each time."""
    running = Faulty()
    numbers = itertools.count()

    def sound(handler: Handler) -> None:
        link = f"https://example.com/sound/{next(numbers)}"
        send(rss(f"<item><title>{link}</title><link>{link}</link></item>"))(handler)

    running.behave("/sound", sound)
    thread = threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield running
    running.stopping.set()
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.fixture(scope="module")
def sources(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The database of the sources."""
    path = tmp_path_factory.mktemp("faults") / "newsletter.db"
    shutil.copy(migrated_sqlite, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()


@pytest.fixture(scope="module")
def poller(sources: Database) -> Iterator[Poller]:
    """The poller of that database, in its own process."""
    with polling(sources.engine.url.render_as_string(), SECONDS) as running:
        yield running
