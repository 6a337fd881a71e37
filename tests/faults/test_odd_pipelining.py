"""Relays that answer a group of commands oddly: spoken to one command at a time, and nobody is lost."""

from collections.abc import Iterator

import pytest

from tests.faults.line import Line, transport_to
from tests.faults.matrix import N, assert_everybody_has_one
from tests.faults.smtp import FINE, HANG_UP, PIPELINING, SAY_NOTHING, FaultySmtp, Moment, Mood, serving


@pytest.fixture
def server() -> Iterator[FaultySmtp]:
    with serving(FaultySmtp(extensions=("8BITMIME", PIPELINING))) as running:
        yield running


ODD = {
    "503 to a later command": "503 5.5.1 one at a time",
    "500 to a later command": "500 5.5.2 what?",
    "named": "554 5.5.0 improper command pipelining",
    "hangs up": HANG_UP,
    "too few replies": SAY_NOTHING,
    "too many replies": "250 2.0.0 fine\r\n250 2.0.0 fine",
    "out of order": "354 go on\r\n250 2.0.0 fine",
}


def in_a_group(stage: str, said: str) -> Mood:
    """Say this at `stage` whenever the command came in one go with others."""

    def mood(moment: Moment) -> str:
        return said if moment.stage == stage and moment.grouped else FINE

    return mood


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("odd", ODD)
def test_a_relay_that_is_confused_by_groups_is_spoken_to_one_command_at_a_time(
    line: Line, server: FaultySmtp, stage: str, odd: str
) -> None:
    line.transport.close()
    line.transport = transport_to(server.url, command_seconds=0.3, connections=2)
    server.mood = in_a_group(stage, ODD[odd])

    line.settle()

    assert_everybody_has_one(line, server)
    in_groups = [moment.grouped for moment in server.moments if moment.stage == stage]
    assert in_groups[0], "nothing was tested"
    assert not any(in_groups[-N // 2 :]), "groups went on to the end"
