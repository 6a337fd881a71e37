"""Every way an SMTP server can misbehave, over a whole send: nothing is lost, and no 5xx is argued with."""

from datetime import timedelta

import pytest

from tests.delivery.cast import DEFERRED, FAILED, NOW, SENT, UNCERTAIN, events_of
from tests.faults.line import Line, by_state, rows_of, transport_to
from tests.faults.matrix import (
    BUSY,
    CLOSING,
    ENDLESS,
    ENDLESS_REFUSAL,
    GARBAGE,
    ILL,
    NEVER,
    OVER_LONG,
    N,
    assert_everybody_has_one,
    first,
    ill_readers,
)
from tests.faults.smtp import (
    FINE,
    HANG_UP,
    TAKE_AND_HANG_UP,
    TAKE_AND_TELL_NOBODY,
    FaultySmtp,
    Moment,
)


@pytest.mark.parametrize("said", [BUSY, CLOSING, HANG_UP, GARBAGE, OVER_LONG[4:], ENDLESS_REFUSAL])
@pytest.mark.parametrize("stage", ["RCPT", "DATA", "DOT"])
def test_a_domain_refused_for_a_while_gets_its_mail_later_and_the_others_at_once(
    line: Line, server: FaultySmtp, stage: str, said: str
) -> None:
    # A connection that breaks before the message may leave is replaced, after a group of commands up to
    # three times: only the next break is the refusal.
    turns = 4 if server.pipelined and stage != "DOT" else 2 if stage == "RCPT" else 1
    server.mood = first(stage, said, turns, domain=f"@{ILL}")

    line.send_all()

    assert set(server.copies()) == set(rows_of(line.db)) - ill_readers(line)
    line.settle()
    assert_everybody_has_one(line, server)
    assert {address for address, row in rows_of(line.db).items() if row.attempts > 1} == ill_readers(line)


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        ("MAIL", BUSY),
        ("MAIL", CLOSING),
        ("MAIL", GARBAGE),
        ("MAIL", OVER_LONG),
        ("MAIL", ENDLESS),
        ("RSET", BUSY),
        ("RSET", HANG_UP),
    ],
)
def test_a_server_that_stumbles_over_the_first_mails_gets_them_all_in_the_end(
    line: Line, server: FaultySmtp, stage: str, said: str
) -> None:
    refuse = first("RCPT", BUSY, domain=f"@{ILL}")
    stumble = first(stage, said, turns=3)
    server.mood = lambda moment: stumble(moment) or (refuse(moment) if stage == "RSET" else FINE)

    line.settle()

    assert server.count(stage) > 3
    assert_everybody_has_one(line, server)


@pytest.mark.parametrize(("every", "said"), [(1, CLOSING), (5, CLOSING), (5, HANG_UP)])
def test_a_server_that_closes_every_few_mails_still_gets_each_once(
    line: Line, server: FaultySmtp, every: int, said: str
) -> None:
    served = 0

    def mood(moment: Moment) -> str:
        nonlocal served
        if moment.stage == "GREETING":
            served = 0
        served += moment.stage == "MAIL"
        return said if moment.stage == "MAIL" and served > every else FINE

    server.mood = mood

    line.settle()

    assert server.count("GREETING") == -(-N // every)
    assert_everybody_has_one(line, server)
    assert {row.attempts for row in rows_of(line.db).values()} == {1}


@pytest.mark.parametrize("stage", ["RCPT", "DATA", "DOT"])
def test_a_5xx_is_never_tried_again_and_harms_nobody_else(line: Line, server: FaultySmtp, stage: str) -> None:
    server.mood = first(stage, NEVER, turns=99, domain=f"@{ILL}")

    line.settle()
    line.now += timedelta(hours=3)
    line.settle()

    rows, ill = rows_of(line.db), ill_readers(line)
    assert {address for address, row in rows.items() if row.state == FAILED} == ill
    assert server.copies() == dict.fromkeys(set(rows) - ill, 1)
    assert server.count("RCPT") == N
    assert all(NEVER in events_of(line.db, rows[address].id)[-1][1] for address in ill)


def test_a_connection_cut_in_the_midst_of_a_mail_costs_no_copy(line: Line, server: FaultySmtp) -> None:
    server.mood = first("CONTENT", HANG_UP, domain=f"@{ILL}")

    line.settle()

    assert_everybody_has_one(line, server)


def test_a_sender_refused_for_policy_costs_the_day_no_mail(line: Line, server: FaultySmtp) -> None:
    server.mood = first("MAIL", NEVER, turns=5)

    line.send_all()
    deferred = [row for row in rows_of(line.db).values() if row.state == DEFERRED]
    assert {(row.refusal, row.repeats) for row in deferred} == {("policy", 0)}
    line.settle()

    assert_everybody_has_one(line, server)


def test_greylisting_costs_minutes_and_no_mail(line: Line, server: FaultySmtp) -> None:
    met_at: dict[str, object] = {}

    def mood(moment: Moment) -> str:
        if moment.stage != "RCPT":
            return FINE
        met_at.setdefault(moment.recipient, line.now)
        early = line.now - NOW < timedelta(minutes=5)
        return "450 4.7.1 greylisted, come back in five minutes" if early else FINE

    server.mood = mood

    line.settle()

    assert_everybody_has_one(line, server)
    assert set(met_at.values()) == {NOW}
    assert {row.attempts for row in rows_of(line.db).values()} <= {2, 3}
    assert line.now - NOW < timedelta(minutes=20)


@pytest.mark.parametrize("said", [TAKE_AND_HANG_UP, TAKE_AND_TELL_NOBODY, OVER_LONG, ENDLESS])
def test_a_mail_taken_without_an_answer_is_repeated_once_as_the_same_mail(
    line: Line, server: FaultySmtp, said: str
) -> None:
    server.mood = first("DOT", said, domain=f"@{ILL}")
    line.transport = transport_to(server.url, after_dot_seconds=0.1 if said == TAKE_AND_TELL_NOBODY else 20)

    line.settle()

    ill = ill_readers(line)
    assert by_state(line.db) == {SENT: N}
    assert server.copies() == {address: 1 + (address in ill) for address in rows_of(line.db)}
    assert len({(mail.recipient, mail.message_id, mail.content) for mail in server.taken}) == N


def test_a_mail_taken_without_an_answer_twice_is_uncertain_and_never_sent_a_third_time(
    line: Line, server: FaultySmtp
) -> None:
    server.mood = first("DOT", TAKE_AND_HANG_UP, turns=99, domain=f"@{ILL}")

    line.settle()
    line.now += timedelta(hours=3)
    line.settle()

    ill = ill_readers(line)
    assert {address for address, row in rows_of(line.db).items() if row.state == UNCERTAIN} == ill
    assert server.copies() == {address: 1 + (address in ill) for address in rows_of(line.db)}


def test_an_answer_that_takes_its_time_is_waited_for(line: Line, server: FaultySmtp) -> None:
    line.transport = transport_to(server.url, command_seconds=0.2)

    def mood(moment: Moment) -> str:
        if moment.stage == "DOT" and moment.recipient.startswith("reader0@"):
            # Nothing else can come over this connection: the sender is waiting for us.
            server.reached(len(server.moments) + 1, 0.5)
        return FINE

    server.mood = mood

    line.settle()

    assert_everybody_has_one(line, server)
    assert {row.attempts for row in rows_of(line.db).values()} == {1}
