"""What the cases of the matrix are made of and measured by."""

from tests.delivery.cast import SENT
from tests.faults.line import DOMAINS, RECIPIENTS_PER_CASE, Line, by_state, rows_of
from tests.faults.smtp import FINE, FaultySmtp, Moment, Mood

N = RECIPIENTS_PER_CASE

ILL = DOMAINS[1]

BUSY, CLOSING, NEVER = "451 4.3.0 busy", "421 4.3.2 closing down", "550 5.7.1 never"
GARBAGE = "\x01\x02 no smtp at all \xff"

OVER_LONG = "250 " + "x" * 20_000
ENDLESS = "\r\n".join(["250-and another line"] * 20_000)
ENDLESS_REFUSAL = ENDLESS.replace("250-", "450-")


def first(stage: str, said: str, turns: int = 1, domain: str = "") -> Mood:
    """Say this the first `turns` times a stage is reached: each recipient's, from RCPT on."""

    def mood(moment: Moment) -> str:
        told = moment.stage == stage and moment.turn < turns and moment.recipient.endswith(domain)
        return said if told else FINE

    return mood


def ill_readers(line: Line) -> set[str]:
    return {address for address in rows_of(line.db) if address.endswith(f"@{ILL}")}


def assert_everybody_has_one(line: Line, server: FaultySmtp) -> None:
    assert by_state(line.db) == {SENT: N}
    assert server.copies() == dict.fromkeys(rows_of(line.db), 1)
