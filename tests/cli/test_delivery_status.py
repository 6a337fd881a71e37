"""What the operator reads of the ledger: the status and a reader's story, as they are printed."""

import io
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from rich.console import Console

from newsletter.cli import delivery_status
from newsletter.cli.delivery_status import show, status_lines, watch
from newsletter.cli.delivery_trace import trace_lines
from newsletter.cli.plain import plain
from newsletter.db import Database
from newsletter.delivery.advice import ADVICE
from newsletter.delivery.events import add_events
from newsletter.delivery.pace import Pace
from newsletter.delivery.reasons import Need, Reason
from newsletter.delivery.status import Progress, Status, read_status
from newsletter.delivery.trace import trace
from newsletter.mail.replies import Refusal
from newsletter.models import DeliveryState
from tests.delivery.cast import (
    MINUTE,
    NOW,
    SENT,
    a_delivery,
    a_reader,
    a_topic,
    an_edition,
)

STATUS = Status(
    counts={DeliveryState.SENT: 750, DeliveryState.QUEUED: 200, DeliveryState.FAILED: 50},
    today=Progress(planned=1000, sent=750, settled=800),
    due=200,
    later=7,
    pace=Pace(minute=30, hour=700, minute_seconds=60, hour_seconds=3600),
    waiting_since=NOW - 30 * MINUTE,
    needs=[Need("policy", 40, ["550 5.7.26 [no DKIM]"], ADVICE[Refusal.POLICY])],
    reasons=[Reason(DeliveryState.FAILED, "550 5.7.26 [no DKIM]", 40)],
)


def test_the_status_says_what_is_sent_what_is_left_and_how_long_it_takes() -> None:
    lines = status_lines(STATUS, NOW)

    assert lines[:3] == [
        "Today: 750 of 1,000 sent (75%); 50 will not be.",
        "Pace: 0.5 a second over the last minute; 700 in the last hour.",
        "Left: 200 due now, 7 to be tried later; about 7 min left.",
    ]
    assert "The longest due mail has waited 30 minutes." in lines


def test_what_needs_the_operator_stands_before_the_reasons_with_what_to_do() -> None:
    lines = status_lines(STATUS, NOW, ["example.org: held until 06:10"])

    start = lines.index("Needs you:")
    assert lines[start + 1] == "       40  mails refused for how we send"
    assert lines[start + 2].endswith("said:  550 5.7.26 [no DKIM]")
    assert "says nothing about the readers" in lines[start + 3]
    assert "docs/deliverability.md" in lines[start + 4]
    limits = lines.index("Limits:")
    assert lines[limits + 1] == "example.org: held until 06:10"
    assert start < limits < lines.index("       40  failed: 550 5.7.26 [no DKIM]")


def test_every_need_has_a_heading(db: Database) -> None:
    kinds = [*ADVICE, "uncertain", "stuck"]
    lines = status_lines(
        replace(STATUS, needs=[replace(STATUS.needs[0], kind=kind, count=1) for kind in kinds]), NOW
    )

    assert sum(line.startswith("        1  mail ") for line in lines) == len(kinds)


@pytest.mark.parametrize(
    ("due", "words"),
    [(9, "less than a minute left"), (3600, "about 2 h 0 min left"), (5000, "about 2 h 47 min left")],
)
def test_the_time_left_is_told_in_words(due: int, words: str) -> None:
    assert words in "\n".join(status_lines(replace(STATUS, due=due), NOW))


def test_a_pace_that_could_not_look_back_an_hour_says_so() -> None:
    quick = replace(STATUS, pace=Pace(minute=90_000, hour=180_000, minute_seconds=60, hour_seconds=120))

    assert "1,500.0 a second over the last minute; 180,000 in the last 2 min." in status_lines(quick, NOW)[1]


def test_when_nothing_moves_no_time_is_promised() -> None:
    still = replace(STATUS, pace=Pace(0, 0, 60, 3600))

    assert "left" not in "\n".join(status_lines(still, NOW)[:3])


def on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    screen = io.StringIO()
    terminal = Console(file=screen, force_terminal=True, width=200, height=60, legacy_windows=False)
    monkeypatch.setattr(delivery_status, "console", terminal)
    return screen


def test_a_terminal_shows_a_bar_and_what_servers_said_word_for_word(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = on_a_terminal(monkeypatch)

    show(STATUS, NOW)

    assert "━" in screen.getvalue()
    assert "550 5.7.26 [no DKIM]" in screen.getvalue(), "brackets are no markup"


def test_without_a_terminal_it_is_plain_text(capsys: pytest.CaptureFixture[str]) -> None:
    show(STATUS, NOW)

    assert capsys.readouterr().out.splitlines() == status_lines(STATUS, NOW)


def test_watching_shows_the_status_anew_until_it_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    screen, waits, sent = on_a_terminal(monkeypatch), [False, False, True], iter((750, 810, 990))

    def read() -> tuple[Status, datetime, list[str]]:
        return replace(STATUS, today=Progress(1000, next(sent), 1000)), NOW, []

    watch(read, lambda _seconds: waits.pop(0))

    assert [f"{number} of 1,000 sent" in screen.getvalue() for number in (750, 810, 990)] == [True] * 3


def test_a_strangers_words_cannot_steer_the_terminal(db: Database) -> None:
    assert plain("550 \x1b[2Jgone\r\nnew\u202eline\x9b1m") == "550 \ufffd[2Jgone new\ufffdline\ufffd1m"
    with db.write() as session:
        topic = a_topic(session)
        edition = an_edition(session, topic, headline="Rain \x1b]0;at last\x07")
        delivery = a_delivery(session, a_reader(session, topic), editions=str(edition.id), state=SENT)
        add_events(session, [(delivery.id, "250 \x1b[31mok")], NOW, SENT)
        add_events(session, [(delivery.id, "250 \x1b[31mok")], NOW, DeliveryState.FAILED)
        delivery.state = DeliveryState.FAILED
    with db.read() as session:
        found = trace(session, "ann@example.org", NOW)
        assert found is not None
        shown = "\n".join([*trace_lines(found), *status_lines(read_status(session, NOW), NOW)])

    assert "\x1b" not in shown
    assert "Rain" in shown


def test_the_story_begins_with_the_answer_and_the_news(db: Database) -> None:
    with db.write() as session:
        topic = a_topic(session)
        edition = an_edition(session, topic)
        edition.stories[0].source_count = 3
        delivery = a_delivery(session, a_reader(session, topic), editions=str(edition.id))
        add_events(session, [(delivery.id, "250 2.0.0 queued")], NOW, SENT)
        delivery.state, delivery.finished_at = SENT, NOW + timedelta(seconds=3)
    with db.read() as session:
        found = trace(session, "ann@example.org", NOW)
    assert found is not None

    lines = list(trace_lines(found))

    assert lines[0] == (
        "Today's issue (2026-11-22): Yes: it was handed over 2026-11-22 06:00 UTC;"
        " the server said: 250 2.0.0 queued."
    )
    news = lines.index("  science 2026-11-22, closed 2026-11-22 05:00:00 UTC")
    assert lines[news + 1 : news + 4] == [
        "    Rain at last",
        "      The Paper, published 2026-11-22 04:00:00 UTC, and 2 more sources",
        "      came in 2026-11-22 05:00:00 UTC from https://paper.example.org/1/feed",
    ]
    assert "  2026-11-22 06:00:00 UTC  sent: 250 2.0.0 queued" in lines[news + 4 :]
