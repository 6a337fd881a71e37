"""Domains that are slow to answer, and how much of the way they may take up."""

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.delivery.hand import Claim, InHand
from newsletter.delivery.slow_start import CROWD, QUICK, SlowStart
from tests.delivery.test_composer import ANN

_numbers = count(1)


def mail(domain: str = "example.org") -> InHand:
    number = next(_numbers)
    return InHand(Claim(number, 1), ANN._replace(delivery_id=number, address_key=f"reader{number}@{domain}"))


def under_way(slow_start: SlowStart, mails: int, domain: str = "example.org", at: float = 0) -> list[InHand]:
    """So many mails of those that ask are let on their way."""
    entered = []
    for _ in range(mails):
        one = mail(domain)
        if slow_start.admits(one):
            slow_start.enter(one, at)
            entered.append(one)
    return entered


def test_a_domain_nothing_is_known_of_begins_with_a_few() -> None:
    slow_start = SlowStart(first=4)

    assert len(under_way(slow_start, 10)) == 4
    assert len(slow_start) == 6
    assert len(under_way(slow_start, 10, "example.net")) == 4


def test_each_quick_answer_earns_one_more() -> None:
    slow_start = SlowStart(first=2)
    first, second = under_way(slow_start, 2)

    slow_start.leave(first, QUICK / 2, taken=True)
    slow_start.leave(second, QUICK / 2, taken=True)

    assert len(under_way(slow_start, 10)) == 4


@pytest.mark.parametrize(("seconds", "taken"), [(QUICK * 2, True), (QUICK / 2, False)])
def test_slow_answers_and_refusals_earn_nothing(seconds: float, taken: bool) -> None:
    slow_start = SlowStart(first=2)
    for one in under_way(slow_start, 2):
        slow_start.leave(one, seconds, taken)

    assert len(under_way(slow_start, 10)) == 2


def test_a_domain_that_becomes_slow_begins_again() -> None:
    slow_start = SlowStart(first=1)
    for _ in range(5):
        for one in under_way(slow_start, 10):
            slow_start.leave(one, 0, taken=True)
        slow_start.clear()
    (first, *_others) = under_way(slow_start, 10)

    slow_start.leave(first, QUICK * 2, taken=True)

    assert not under_way(slow_start, 1)


def test_all_names_of_a_provider_are_one_domain() -> None:
    slow_start = SlowStart(first=1)
    (first,) = under_way(slow_start, 1, "gmail.com")
    behind = mail("googlemail.com")

    assert not slow_start.admits(behind)
    slow_start.leave(first, 0, taken=False)
    assert slow_start.next_behind(first) == [behind]
    assert len(slow_start) == 0


def test_only_those_behind_a_slow_domain_are_given_up() -> None:
    slow_start = SlowStart(first=1)
    under_way(slow_start, 1 + CROWD, "tarpit.example")
    under_way(slow_start, 3, "example.org", at=QUICK)

    given_up = slow_start.slow(QUICK + 0.5)

    assert {one.domain for one in given_up} == {"tarpit.example"}
    assert len(given_up) == CROWD
    assert [one.domain for one in slow_start] == ["example.org", "example.org"]


@given(st.lists(st.sampled_from(["ask", "quick", "slow", "refused"]), max_size=200), st.integers(0, 5))
def test_whatever_happens_everybody_gets_their_turn(happens: list[str], first: int) -> None:
    slow_start = SlowStart(first)
    on_the_way: list[InHand] = []
    asked = ended = 0

    def ask(one: InHand) -> None:
        if slow_start.admits(one):
            slow_start.enter(one, 0)
            on_the_way.append(one)

    def end(how: str) -> None:
        one = on_the_way.pop(0)
        slow_start.leave(one, QUICK * 2 if how == "slow" else 0, taken=how != "refused")
        for behind in slow_start.next_behind(one):
            ask(behind)

    for what in happens:
        if what == "ask":
            asked += 1
            ask(mail())
        elif on_the_way:
            ended += 1
            end(what)
    while on_the_way:
        ended += 1
        end("slow")

    assert ended == asked
    assert len(slow_start) == 0
