"""What becomes of a mail after an attempt, as a matter of values alone."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from newsletter.delivery.retry import (
    FIRST_WAIT,
    LONGEST_WAIT,
    Standing,
    after_fault,
    after_refusal,
    after_silence,
    back_off,
    out_of_time,
)
from newsletter.mail.outgoing import (
    HandOverError,
    PermanentRefusal,
    TemporaryRefusal,
    UnknownOutcome,
    refused,
)
from newsletter.mail.replies import Stage
from tests.delivery.cast import DEFERRED, EXPIRED, FAILED, FRESH, MINUTE, NOW, QUEUED, UNCERTAIN

FIRST = Standing(delivery_id=7, attempts=1, repeats=0, expires_at=NOW + FRESH)
REPEATED = Standing(delivery_id=7, attempts=2, repeats=1, expires_at=NOW + FRESH)
ENDING = Standing(delivery_id=7, attempts=1, repeats=0, expires_at=NOW + MINUTE)


def test_a_permanent_refusal_fails_in_the_servers_words() -> None:
    outcome = after_refusal(PermanentRefusal("550 5.1.1 no such mailbox"), FIRST, NOW)

    assert (outcome.state, outcome.detail) == (FAILED, "550 5.1.1 no such mailbox")


def test_a_temporary_refusal_is_tried_later() -> None:
    outcome = after_refusal(TemporaryRefusal("451 greylisted"), FIRST, NOW)

    assert outcome.state is DEFERRED
    assert outcome.next_attempt_at is not None
    assert NOW < outcome.next_attempt_at <= NOW + 2 * FIRST_WAIT


def test_a_temporary_refusal_that_outlasts_the_mail_expires_it_with_the_last_answer() -> None:
    outcome = after_refusal(TemporaryRefusal("451 greylisted"), ENDING, NOW)

    assert outcome.state is EXPIRED
    assert "451 greylisted" in outcome.detail


def test_a_final_refusal_keeps_its_kind() -> None:
    outcome = after_refusal(refused(550, "5.1.1 unknown", Stage.RCPT), FIRST, NOW)

    assert (outcome.state, outcome.refusal) == (FAILED, "address")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (refused(550, "5.7.1 not from you", Stage.MAIL), "policy"),
        (refused(554, "5.7.1 Relay access denied", Stage.RCPT), "relay"),
        (refused(550, "5.4.5 the day's allowance is used up", Stage.DOT), "busy"),
        (refused(421, "4.7.0 later", Stage.DOT), "busy"),
        (refused(452, "4.2.2 full", Stage.RCPT), "full"),
    ],
)
def test_what_all_mail_of_a_relay_would_hear_fails_no_mail(error: HandOverError, kind: str) -> None:
    outcome = after_refusal(error, FIRST, NOW)

    assert (outcome.state, outcome.refusal, outcome.detail) == (DEFERRED, kind, str(error))
    assert outcome.next_attempt_at is not None
    assert outcome.next_attempt_at > NOW


def test_a_refusal_of_the_relay_that_outlasts_the_mail_expires_it_and_keeps_its_kind() -> None:
    outcome = after_refusal(refused(550, "5.7.1 not from you", Stage.MAIL), ENDING, NOW)

    assert (outcome.state, outcome.refusal) == (EXPIRED, "policy")


def test_no_answer_is_no_refusal() -> None:
    for error in (TemporaryRefusal("it hung up"), UnknownOutcome("cut")):
        assert after_refusal(error, FIRST, NOW).refusal == ""


def test_silence_after_the_mark_allows_one_repeat_and_then_the_operator_decides() -> None:
    lost = UnknownOutcome("connection lost after the final dot")

    first, second = after_refusal(lost, FIRST, NOW), after_refusal(lost, REPEATED, NOW)

    assert (first.state, first.repeat) == (QUEUED, True)
    assert first.next_attempt_at is not None
    assert first.next_attempt_at > NOW
    assert (second.state, second.repeat) == (UNCERTAIN, False)


def test_what_cannot_be_repeated_in_time_is_uncertain() -> None:
    assert after_refusal(UnknownOutcome("cut"), ENDING, NOW).state is UNCERTAIN
    assert after_silence("cut", Standing(7, 1, 0, NOW), NOW, MINUTE).state is UNCERTAIN


def test_what_may_have_arrived_is_never_called_expired() -> None:
    assert out_of_time(FIRST).state is EXPIRED
    assert out_of_time(REPEATED).state is UNCERTAIN
    late = Standing(7, 2, 1, NOW + MINUTE)
    assert after_refusal(TemporaryRefusal("451 later"), late, NOW).state is UNCERTAIN


@pytest.mark.parametrize(("attempts", "state"), [(1, DEFERRED), (2, DEFERRED), (3, FAILED)])
def test_our_own_faults_are_tried_three_times(attempts: int, state: str) -> None:
    outcome = after_fault("KeyError", Standing(7, attempts, 0, NOW + FRESH), NOW)

    assert outcome.state == state
    assert "KeyError" in outcome.detail


@given(some.integers(1, 10**9), some.integers(0, 100))
def test_the_wait_stays_within_its_bounds_and_is_always_the_same(delivery_id: int, attempt: int) -> None:
    wait = back_off(delivery_id, attempt)

    assert FIRST_WAIT * 0.75 <= wait <= LONGEST_WAIT * 1.25
    assert wait == back_off(delivery_id, attempt)


def test_the_wait_grows_and_mails_refused_together_do_not_come_back_together() -> None:
    assert back_off(7, 1) < back_off(7, 3) < back_off(7, 5)
    assert len({back_off(number, 1) for number in range(100)}) == 100
    waits = [back_off(number, 1) for number in range(1000)]
    assert abs(sum(waits, timedelta()) / 1000 - FIRST_WAIT) < timedelta(seconds=10)


@given(
    some.sampled_from([TemporaryRefusal, PermanentRefusal, UnknownOutcome]),
    some.integers(1, 30),
    some.integers(0, 1),
    some.integers(-60, 60 * 24),
)
def test_whatever_happens_a_mail_is_never_tried_after_its_time(
    kind: type[HandOverError], attempts: int, repeats: int, minutes_left: int
) -> None:
    standing = Standing(7, attempts, repeats, NOW + minutes_left * MINUTE)

    outcome = after_refusal(kind("answer"), standing, NOW)

    assert outcome.next_attempt_at is None or outcome.next_attempt_at < standing.expires_at
    assert (outcome.next_attempt_at is not None) == (outcome.state in (QUEUED, DEFERRED))
