"""Notices in words: whatever stands in a topic's name or a feed's answer, it stays data."""

from collections.abc import Mapping
from typing import Any

import pytest

from newsletter.mail.alert import Alert, AlertKind
from newsletter.mail.alert.words import MOST_NAMED
from newsletter.mail.render import render_notice
from tests.mail.notices import NOTICES, notice
from tests.mail.sample import LINKS, PUBLICATION

HOSTILE = "<script>alert(1)</script>\r\nBcc: x@example.com \u202e{{ 7*7 }} slot-0-slot & " + "long " * 3000


def quiet(topics: list[str], day: Any) -> Any:
    values = {"preferences_url": LINKS.preferences, "unsubscribe_url": LINKS.unsubscribe}
    return render_notice("quiet_day", PUBLICATION, "en", topics=topics, date=day, changed=None, **values)


def alert(kind: AlertKind, cases: list[Mapping[str, Any]]) -> Any:
    return render_notice("alert", PUBLICATION, "en", alert=Alert(kind, cases), zone="UTC")


@pytest.mark.parametrize("name", NOTICES)
def test_every_notice_says_its_links_in_the_text_too(name: str) -> None:
    _kind, values = NOTICES[name]
    rendered = notice(name)

    for value in values.values():
        if isinstance(value, str) and value.startswith("https://"):
            assert value in rendered.text.split(), value
            assert value in rendered.html, value
    assert all(len(line) <= 78 for line in rendered.text.splitlines() if "https://" not in line)
    assert "\n" not in rendered.subject
    assert rendered.html.count("<h1") == 1


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("name", NOTICES)
def test_every_notice_names_its_language_and_direction_twice(name: str, language: str) -> None:
    direction = "rtl" if language == "ar" else "ltr"

    assert notice(name, language).html.count(f'lang="{language}" dir="{direction}"') == 2


def test_a_hostile_topic_breaks_neither_subject_nor_layout() -> None:
    rendered = quiet([HOSTILE] * 40, NOTICES["quiet_day"][1]["date"])

    assert len(rendered.subject) <= 200
    assert "\n" not in rendered.subject
    assert "<script" not in rendered.html
    assert "\u202e" not in rendered.html + rendered.text + rendered.subject
    assert "49" not in rendered.subject
    assert len(rendered.html) < 102_400


def test_a_hostile_feed_breaks_neither_subject_nor_layout() -> None:
    case = {
        "name": HOSTILE,
        "url": "javascript:alert(1)",
        "since": "2026-11-14T05:10:00+00:00",
        "said": HOSTILE,
    }
    rendered = alert(AlertKind.FEEDS, [case] * 400)

    assert "<script" not in rendered.html
    assert "javascript" not in rendered.html + rendered.text
    assert f"And {400 - MOST_NAMED} more." in rendered.text
    assert len(rendered.html) < 102_400


def test_one_and_many_are_said_as_people_say_them() -> None:
    case = {"complaints": 1, "mails": 900}

    assert "1 reader reported" in alert(AlertKind.COMPLAINTS, [case]).text
    assert alert(AlertKind.FEEDS, [dict(NOTICES["alert_feeds"][1]["alert"].cases[0])]).subject.endswith(
        "1 feed has died"
    )
