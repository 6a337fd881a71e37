"""Two relays of which one is ill: everything goes by the other at once, nothing is lost, nothing twice."""

import socket
from dataclasses import dataclass

import pytest

from newsletter.mail.transport import Transport
from tests.delivery.cast import SENT
from tests.faults.line import Line, by_state, rows_of, transport_to
from tests.faults.matrix import CLOSING, ENDLESS, GARBAGE, OVER_LONG, N, first
from tests.faults.smtp import FINE, HANG_UP, SAY_NOTHING, FaultySmtp, Moment

NO_SUCH_HOST = "smtp://mail.nowhere.invalid:25"


@dataclass
class TwoRelays:
    """A line over two relays; the well one is `well`."""

    line: Line
    ill: FaultySmtp
    well: FaultySmtp

    def use(self, transport: Transport) -> None:
        self.line.transport.close()
        self.line.transport = transport

    def assert_everybody_has_one_at_once(self) -> None:
        assert by_state(self.line.db) == {SENT: N}
        assert self.ill.copies() + self.well.copies() == dict.fromkeys(rows_of(self.line.db), 1)
        assert {row.attempts for row in rows_of(self.line.db).values()} == {1}


@pytest.fixture
def relays(line: Line, server: FaultySmtp, other: FaultySmtp) -> TwoRelays:
    pair = TwoRelays(line, server, other)
    pair.use(transport_to(f"{server.url} {other.url}", command_seconds=0.5, connections=2))
    return pair


@pytest.mark.parametrize(
    "said", [CLOSING, "554 5.7.1 go away", HANG_UP, SAY_NOTHING, GARBAGE, OVER_LONG, ENDLESS]
)
def test_a_relay_that_lets_nobody_in_leaves_all_to_the_other(relays: TwoRelays, said: str) -> None:
    relays.ill.mood = first("GREETING", said, turns=99)

    relays.line.send_all()

    relays.assert_everybody_has_one_at_once()
    assert len(relays.well.taken) == N


@pytest.mark.parametrize("gone", ["refused", "no such host"])
def test_a_relay_that_is_not_there_leaves_all_to_the_other(relays: TwoRelays, gone: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        nobody = f"smtp://127.0.0.1:{reserved.getsockname()[1]}"
    absent = nobody if gone == "refused" else NO_SUCH_HOST
    relays.use(transport_to(f"{absent} {relays.well.url}", connections=2))

    relays.line.send_all()

    relays.assert_everybody_has_one_at_once()


def test_a_relay_that_refuses_our_password_leaves_all_to_the_other(relays: TwoRelays) -> None:
    relays.ill.extensions += ("AUTH PLAIN",)
    relays.ill.mood = first("AUTH", "535 5.7.8 wrong", turns=99)
    ill = relays.ill.url.replace("//", "//user:secret@")
    relays.use(transport_to(f"{ill}?starttls=off {relays.well.url}", connections=2))

    relays.line.send_all()

    relays.assert_everybody_has_one_at_once()
    assert len(relays.well.taken) == N


def test_a_relay_that_strips_encryption_leaves_all_to_the_other(relays: TwoRelays) -> None:
    relays.use(transport_to(f"{relays.ill.url}?starttls=required {relays.well.url}", connections=2))

    relays.line.send_all()

    relays.assert_everybody_has_one_at_once()
    assert not relays.ill.count("MAIL")


@pytest.mark.parametrize("said", [CLOSING, HANG_UP])
def test_a_relay_that_goes_away_in_the_midst_leaves_the_rest_to_the_other(
    relays: TwoRelays, said: str
) -> None:
    def mood(moment: Moment) -> str:
        gone = relays.ill.count("MAIL") > N // 4 and moment.stage in ("GREETING", "MAIL")
        return said if gone else FINE

    relays.ill.mood = mood

    relays.line.send_all()

    relays.assert_everybody_has_one_at_once()
    assert len(relays.well.taken) > N // 4


def test_a_spare_relay_takes_over_when_the_main_one_lets_nobody_in(relays: TwoRelays) -> None:
    relays.ill.mood = first("GREETING", CLOSING, turns=99)
    relays.use(transport_to(f"{relays.ill.url} {relays.well.url}?weight=0", connections=2))

    relays.line.send_all()

    relays.assert_everybody_has_one_at_once()


def test_both_relays_ill_delay_everybody_and_blame_no_mail(relays: TwoRelays) -> None:
    for relay in (relays.ill, relays.well):
        relay.mood = first("GREETING", CLOSING, turns=2)

    assert relays.line.send().interrupted
    relays.line.settle()

    relays.assert_everybody_has_one_at_once()
