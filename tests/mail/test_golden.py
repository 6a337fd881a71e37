"""Whole mails compared with the ones in `tests/golden`, which somebody has looked at.

After a change that is meant, `make golden` shows the difference and writes them anew; commit both
together.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from newsletter.mail.issue import IssueContent, Rendered
from newsletter.mail.message import build_message, issue_headers, notice_headers
from newsletter.mail.render import render_issue, render_notice
from tests.mail.sample import DAWN, DAY, ISSUE, LINKS, PUBLICATION, WELCOME

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
SUFFIXES = (".eml", ".html", ".txt")


def issue_message(content: IssueContent) -> bytes:
    day = None if content.welcome else DAY
    message_id = f"<issue.{DAY}.{'welcome' if content.welcome else 'daily'}@news.example.com>"
    headers = issue_headers(PUBLICATION, LINKS, "ann@example.org", message_id, DAWN, day)
    return build_message(render_issue(content), headers)


def notice_message(kind: str) -> bytes:
    headers = notice_headers(PUBLICATION, "ann@example.org", f"<{kind}.1@news.example.com>", DAWN)
    return build_message(notice(kind), headers)


def notice(kind: str) -> Rendered:
    if kind == "confirm":
        return render_notice(
            kind,
            PUBLICATION,
            "en",
            confirm_url="https://news.example.com/confirm/ImhhbmRsZSI.aSGZ4A.kL8c",
            topics=["Town and harbour", "Science"],
            send_time="07:00",
            expires_days=7,
        )
    return render_notice(
        kind, PUBLICATION, "en", preferences_url=LINKS.preferences, unsubscribe_url=LINKS.unsubscribe
    )


AS_MEANT = "if the change is meant, look at it and write the golden mails anew: make golden"

FILES: dict[str, Callable[[], bytes]] = {
    "issue.eml": lambda: issue_message(ISSUE),
    "issue.html": lambda: render_issue(ISSUE).html.encode(),
    "issue.txt": lambda: render_issue(ISSUE).text.encode(),
    "welcome.txt": lambda: render_issue(WELCOME).text.encode(),
    "welcome.eml": lambda: issue_message(WELCOME),
    "confirm.eml": lambda: notice_message("confirm"),
    "confirm.html": lambda: notice("confirm").html.encode(),
    "confirm.txt": lambda: notice("confirm").text.encode(),
    "already_subscribed.eml": lambda: notice_message("already_subscribed"),
    "already_subscribed.txt": lambda: notice("already_subscribed").text.encode(),
}


@pytest.mark.parametrize("name", FILES)
def test_the_mail_is_the_one_somebody_has_looked_at(name: str) -> None:
    file = GOLDEN / name
    kept = file.read_bytes().decode() if file.exists() else ""
    assert FILES[name]().decode() == kept, AS_MEANT


def test_no_golden_mail_is_left_over() -> None:
    kept = {file.name for file in GOLDEN.iterdir() if file.suffix in SUFFIXES}
    assert kept == set(FILES), AS_MEANT
