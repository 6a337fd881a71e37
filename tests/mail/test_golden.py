"""Whole mails compared with the ones in `tests/golden`, which somebody has looked at.

After a change that is meant, `make golden` shows the difference and writes them anew; commit both
together.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from newsletter.mail.issue import IssueContent
from newsletter.mail.message import build_message, issue_headers
from newsletter.mail.render import render_issue
from tests.mail.notices import NOTICES, notice, notice_message
from tests.mail.sample import DAWN, DAY, ISSUE, LINKS, PUBLICATION, WELCOME

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
SUFFIXES = (".eml", ".html", ".txt")


def issue_message(content: IssueContent) -> bytes:
    day = None if content.welcome else DAY
    message_id = f"<issue.{DAY}.{'welcome' if content.welcome else 'daily'}@news.example.com>"
    headers = issue_headers(PUBLICATION, LINKS, "ann@example.org", message_id, DAWN, day)
    return build_message(render_issue(content), headers)


def _text_of(name: str) -> bytes:
    return notice(name).text.encode()


AS_MEANT = "if the change is meant, look at it and write the golden mails anew: make golden"

FILES: dict[str, Callable[[], bytes]] = {
    "issue.eml": lambda: issue_message(ISSUE),
    "issue.html": lambda: render_issue(ISSUE).html.encode(),
    "issue.txt": lambda: render_issue(ISSUE).text.encode(),
    "welcome.txt": lambda: render_issue(WELCOME).text.encode(),
    "welcome.eml": lambda: issue_message(WELCOME),
    "confirm.html": lambda: notice("confirm").html.encode(),
    **{f"{name}.eml": partial(notice_message, name) for name in NOTICES},
    **{f"{name}.txt": partial(_text_of, name) for name in NOTICES},
}


@pytest.mark.parametrize("name", FILES)
def test_the_mail_is_the_one_somebody_has_looked_at(name: str) -> None:
    file = GOLDEN / name
    kept = file.read_bytes().decode() if file.exists() else ""
    assert FILES[name]().decode() == kept, AS_MEANT


def test_no_golden_mail_is_left_over() -> None:
    kept = {file.name for file in GOLDEN.iterdir() if file.suffix in SUFFIXES}
    assert kept == set(FILES), AS_MEANT
