"""The parts run apart, as on several machines: pages, scheduler and two workers on one PostgreSQL."""

import queue
import socket
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from newsletter import migrate
from newsletter.db import Database
from newsletter.web.stamps import stamp
from tests.delivery.cast import a_topic
from tests.process_tree import STOP_SECONDS, Tree
from tests.web.forms import csrf_token

PARTS = {"web": "pages ready", "scheduler": "scheduler ready", "one": "worker ready", "two": "worker ready"}
ANN = {"address": "ann@example.com", "topics": "science", "hour": "07:00", "zone": "Europe/Berlin"}


class Inbox:
    """What a mail server needs for aiosmtpd: it keeps to whom mail came."""

    def __init__(self) -> None:
        self.mail: queue.Queue[str] = queue.Queue()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.mail.put(envelope.rcpt_tos[0])
        return "250 2.0.0 taken"


KEY = "a key that is long enough to sign with"
_A_WHILE_AGO = stamp([KEY], datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, int]]:
    handler, port = Inbox(), _free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, port
    controller.stop()


@pytest.fixture
def parts(empty_postgres: str, tmp_path: Path, inbox: tuple[Inbox, int]) -> Iterator[dict[str, Tree]]:
    """Each part with a folder of its own, as on a machine of its own; keys and addresses in common."""
    with closing(Database(empty_postgres)) as database:
        migrate.upgrade(database)
        with database.write() as session:
            a_topic(session)
    common = {
        "DATABASE_URL": empty_postgres,
        "SECRET_KEYS": KEY,
        "SMTP_URL": f"smtp://127.0.0.1:{inbox[1]}?starttls=off",
        "PORT": str(_free_port()),
    }
    running = {}
    for name in PARTS:
        (tmp_path / name).mkdir()
        command = name if name in ("web", "scheduler") else "worker"
        running[name] = Tree(tmp_path / name, command, **common)
    yield running
    for part in running.values():
        part.end()


def test_a_sign_up_on_one_machine_is_answered_by_mail_from_another(
    parts: dict[str, Tree], inbox: tuple[Inbox, int]
) -> None:
    ready = {name: parts[name].wait_for(event) for name, event in PARTS.items()}
    _sign_up(f"http://127.0.0.1:{ready['web']['port']}/")
    assert inbox[0].mail.get(timeout=20) == ANN["address"]
    for part in parts.values():
        part.process.terminate()
    assert [part.process.wait(STOP_SECONDS) for part in parts.values()] == [0] * len(parts)
    assert inbox[0].mail.empty()


def _sign_up(page: str) -> None:
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    with browser.open(page) as answer:
        token = csrf_token(answer.read().decode())
    filled = urllib.parse.urlencode({"csrf_token": token, **ANN, "shown_at": _A_WHILE_AGO}).encode()
    with browser.open(page, filled) as answer:
        assert answer.status == 200


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
