"""The whole line: from feeds on a server and a form in a browser to mails on a mail server.

Real feed files over HTTP, a real browser, a real SMTP server; only the clock is ours. Where the
folder of feed files is missing, the bundled demo's feeds take their place.
"""

import email
import email.policy
import re
import socket
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from pydantic import SecretStr

from newsletter import jobs
from newsletter.config import Settings
from newsletter.db import Database
from newsletter.demo.install import install
from newsletter.demo.server import DemoServer
from newsletter.demo.server import serve as serve_demo
from newsletter.ingest.sources import add_source, add_topic
from newsletter.subscribers import find_by_address
from newsletter.web.app import create_app
from tests.browsing import Serve, base_url, browser_page, browser_type_launch_args, open_page, serve
from tests.newsstand import DATA, ODD, newsstand
from tests.web.builders import add_subscriber
from tests.web.forms import hidden, submit

__all__ = ["base_url", "browser_page", "browser_type_launch_args", "open_page", "serve"]

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

CUTOFF = time(5, 0)


class Inbox:
    """A mail server that keeps what it is given."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 kept"


@dataclass
class Line:
    """The service over one database, its clock in our hand."""

    settings: Settings
    database: Database
    inbox: Inbox
    now: datetime
    topic: str
    show: Callable[[datetime], None] = field(default=lambda _now: None)

    def clock(self) -> datetime:
        return self.now

    def at(self, moment: datetime) -> None:
        """Move the clock there and let the minute tick happen."""
        self.now = moment
        self.show(moment)
        jobs.tidy(self.settings, self.database, moment)
        jobs.poll_due(self.settings, self.database, moment)
        jobs.close_here(self.settings, moment)
        self.send()

    def send(self) -> None:
        """What a woken worker does."""
        jobs.plan_due(self.settings, self.database, self.now)
        desk = jobs.desk_of(self.settings, self.database, self.clock)
        jobs.send_due(desk)
        desk.transport.close()


@pytest.fixture
def mail_server() -> Iterator[tuple[Inbox, int]]:
    inbox = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield inbox, port
    controller.stop()


@pytest.fixture(params=["real feed files", "demo feeds"])
def line(
    request: pytest.FixtureRequest, db: Database, tmp_path: Path, mail_server: tuple[Inbox, int]
) -> Iterator[Line]:
    inbox, port = mail_server
    settings = Settings(
        data_dir=tmp_path,
        database_url=db.url.render_as_string(),
        secret_keys=(SecretStr("the key of this test, and of no other"),),
        smtp_url=SecretStr(f"smtp://127.0.0.1:{port}?starttls=off"),
        sender="Daily Edition <news@example.com>",
        postal_address="Daily Edition, 1 Example Street, 12345 Exampleton",
        fetch_allow_networks="127.0.0.0/8",
    )
    if request.param == "demo feeds":
        yield from _demo_line(settings, db, inbox)
    elif DATA.is_dir():
        yield from _real_line(settings, db, inbox)
    else:
        pytest.skip(f"NOT TESTED WITH REAL FEEDS: {DATA} is missing; the demo's feeds are tested instead")


def _real_line(settings: Settings, db: Database, inbox: Inbox) -> Iterator[Line]:
    line = Line(settings, db, inbox, datetime(2017, 11, 28, 6, 0, tzinfo=UTC), "Technology")
    with newsstand(line.clock) as stand:
        with db.write() as session:
            topic = add_topic(session, "technology", line.topic, line.now, CUTOFF, "UTC")
            for path in ("daily", "second", *(f"odd/{name}" for name in ODD), "vanished"):
                add_source(session, f"{stand}/{path}", [topic], line.now)
        yield line


def _demo_line(settings: Settings, db: Database, inbox: Inbox) -> Iterator[Line]:
    today = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
    # The demo's world ends before tomorrow's cut-off: what came later would be the day after's news.
    with serve_demo(today + timedelta(hours=22)) as server:
        with db.write() as session:
            install(session, server.base_url, today, CUTOFF, "UTC")
        yield Line(settings, db, inbox, today, "Town Hall", lambda now: _show(server, now))


def _show(server: DemoServer, now: datetime) -> None:
    server.as_of = min(now, server.now)


def test_a_reader_gets_what_the_feeds_brought_until_they_leave(
    line: Line, serve: Serve, browser_page: Page
) -> None:
    today = line.now.date()
    line.at(line.now)
    app = create_app(line.settings, line.database, line.clock, line.send)
    home = serve(app)

    _sign_up(browser_page, home, line)
    (confirmation,) = line.inbox.mails
    assert confirmation["To"] == "ann@example.com"
    _confirm(browser_page, home, _link(confirmation, "/confirm/"))

    (welcome,) = line.inbox.mails[1:]
    assert "welcome" in _text(welcome).lower()
    assert _headlines(welcome), "the welcome issue holds today's stories"
    line.at(datetime.combine(today, time(23, 0), UTC))
    assert len(line.inbox.mails) == 2, "one issue a date: the welcome was today's"

    tomorrow = today + timedelta(days=1)
    line.at(datetime.combine(tomorrow, time(5, 1), UTC))
    assert len(line.inbox.mails) == 2, "the edition is closed, but the reader's hour has not come"
    line.at(datetime.combine(tomorrow, time(7, 0), UTC))
    (issue,) = line.inbox.mails[2:]
    _assert_is_a_daily_issue(issue, welcome)

    _assert_nothing_new_brings_nothing(line, tomorrow)
    _assert_one_click_ends_it(line, home, issue)


@pytest.mark.parametrize("line", ["demo feeds"], indirect=True)
def test_what_a_mails_links_ask_for_holds_in_the_next_issue(line: Line) -> None:
    line.at(line.now)
    with line.database.write() as session:
        for name in ("ann", "bob", "eve"):
            add_subscriber(session, f"{name}@example.com", line.now, ["town-hall"], timezone="UTC")
    line.send()
    client = create_app(line.settings, line.database, line.clock, line.send).test_client()
    muted = _mute_the_first_source(client, _link(_only(line, "ann@example.com"), "/less/"))
    pause = _link(_only(line, "eve@example.com"), "/preferences/", "/pause")
    assert client.post(pause, data=hidden(client.get(pause).text)).status_code == 200

    line.inbox.mails.clear()
    line.at(datetime.combine(line.now.date() + timedelta(days=1), time(7, 1), UTC))

    assert muted in _text(_only(line, "bob@example.com")), "it is in the edition"
    assert muted not in _text(_only(line, "ann@example.com"))
    assert [mail for mail in line.inbox.mails if mail["To"] == "eve@example.com" and mail["List-ID"]] == []


def _mute_the_first_source(client: FlaskClient, page: str) -> str:
    """Press the first button behind a mail's link; the source's name."""
    found = re.search(r'name="mute" value="(\d+)">Less from ([^<]+)<', client.get(page).text)
    assert found
    assert submit(client, page, fields={"mute": found[1]}).status_code == 200
    return found[2]


def _only(line: Line, address: str) -> EmailMessage:
    """The one issue an address was sent."""
    (mail,) = [mail for mail in line.inbox.mails if mail["To"] == address and mail["List-ID"]]
    return mail


def _sign_up(page: Page, home: str, line: Line) -> None:
    topic = line.topic
    page.goto(home)
    expect(page.get_by_role("heading", name=topic)).to_be_visible()
    page.get_by_label("Your e-mail address").fill("ann@example.com")
    page.get_by_label(topic).check()
    page.get_by_label("Every day at").select_option("07:00")
    page.get_by_label("On the clock of").select_option("UTC")
    line.now += timedelta(seconds=10)  # nobody fills a form in faster than this clock runs
    page.get_by_role("button", name="Subscribe").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look in your inbox")


def _confirm(page: Page, home: str, path: str) -> None:
    page.goto(home + path)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("button", name="Confirm")).to_have_count(0)


def _assert_is_a_daily_issue(issue: EmailMessage, welcome: EmailMessage) -> None:
    assert "Related" in _text(issue), "related coverage stands under a lead"
    assert not set(_headlines(issue)) & set(_headlines(welcome)), "no story is told twice"
    assert issue["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert issue["Auto-Submitted"] == "auto-generated"
    assert issue["List-ID"]
    assert "1 Example Street" in _text(issue)


def _assert_nothing_new_brings_nothing(line: Line, day: date) -> None:
    following = day + timedelta(days=1)
    for hour in (5, 7, 12):
        line.at(datetime.combine(following, time(hour, 1), UTC))
    assert len(line.inbox.mails) == 3, "nothing new, no mail"


def _assert_one_click_ends_it(line: Line, home: str, issue: EmailMessage) -> None:
    path = _path(re.findall(r"<(https?://[^>]+)>", issue["List-Unsubscribe"])[0])
    for _ in range(2):
        request = urllib.request.Request(home + path, b"List-Unsubscribe=One-Click", method="POST")
        with urllib.request.urlopen(request) as answer:
            assert (answer.status, answer.headers["Set-Cookie"]) == (200, None)
            assert answer.url == home + path
    with line.database.read() as session:
        reader = find_by_address(session, "ann@example.com")
        assert reader is not None
        assert reader.status == "unsubscribed"


def _headlines(mail: EmailMessage) -> list[str]:
    part = mail.get_body(("html",))
    assert part is not None
    return re.findall(r'<h3[^>]*><a[^>]*href="([^"]+)"', part.get_content())


def _text(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def _link(mail: EmailMessage, within: str, end: str = "") -> str:
    (link,) = set(re.findall(rf"https?://\S+{within}\S+{end}(?=\s)", _text(mail)))
    return _path(link)


def _path(link: str) -> str:
    """The link without the address of an installation: the test serves elsewhere."""
    return "/" + link.split("/", 3)[3]
