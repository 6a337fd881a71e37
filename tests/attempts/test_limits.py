from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from newsletter.attempts import (
    Allowance,
    Gate,
    TooManyAttempts,
    Visitor,
    admit,
    forget_attempts,
    is_new,
    network_of,
    take_confirmation,
    was_full,
)
from newsletter.attempts.networks import networks_of
from newsletter.db import Database
from newsletter.models import AttemptCount, ConfirmationCount

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
KEY = "a key of this installation"


def let_in(db: Database, gate: Gate, address: str, now: datetime, times: int = 1) -> int:
    """How many of so many attempts were let in."""
    taken = 0
    for _ in range(times):
        try:
            with db.write() as session:
                admit(session, gate, Visitor(address, KEY), now)
            taken += 1
        except TooManyAttempts:
            pass
    return taken


@pytest.mark.parametrize(
    ("address", "networks"),
    [
        ("192.0.2.7", ("192.0.2.7",)),
        ("::ffff:192.0.2.7", ("192.0.2.7",)),
        ("2001:db8:1:2:3:4:5:6", ("2001:db8:1:2::/64", "2001:db8:1::/48")),
        ("fe80::1%eth0", ("fe80::/64", "fe80::/48")),
        ("", ("unknown",)),
        ("no address", ("unknown",)),
    ],
)
def test_a_network_is_what_one_connection_has(address: str, networks: tuple[str, ...]) -> None:
    assert networks_of(address) == networks
    assert network_of(address) == networks[0]


@given(st.ip_addresses())
def test_networks_are_those_that_pythons_library_finds(address: IPv4Address | IPv6Address) -> None:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    found = mapped or address
    widths = (32,) if found.version == 4 else (64, 48)
    expected = tuple(str(ip_network((found, width), strict=False)) for width in widths)
    assert networks_of(str(address)) == tuple(name.removesuffix("/32") for name in expected)


@given(st.text(alphabet=st.characters(codec=None), max_size=50))
def test_any_text_has_a_network(text: str) -> None:
    assert networks_of(text)


def test_a_network_is_let_in_so_often_an_hour_and_again_in_the_next(any_db: Database, now: datetime) -> None:
    gate = Gate("sign_up", network=3)
    assert let_in(any_db, gate, "192.0.2.7", now, 5) == 3
    assert let_in(any_db, gate, "192.0.2.8", now) == 1
    assert let_in(any_db, gate, "192.0.2.7", now + HOUR) == 1


def test_who_is_refused_is_told_how_long_to_wait(any_db: Database, now: datetime) -> None:
    let_in(any_db, Gate("sign_up", network=1), "192.0.2.7", now)
    with pytest.raises(TooManyAttempts) as refused, any_db.write() as session:
        later = now + timedelta(minutes=50)
        admit(session, Gate("sign_up", network=1), Visitor("192.0.2.7", KEY), later)
    assert refused.value.wait == timedelta(minutes=10)
    assert not refused.value.everywhere


def test_hopping_about_in_ones_own_ipv6_network_helps_nobody(any_db: Database, now: datetime) -> None:
    gate = Gate("sign_up", network=2, around=5)
    assert sum(let_in(any_db, gate, f"2001:db8:1:1::{n:x}", now) for n in range(9)) == 2
    assert sum(let_in(any_db, gate, f"2001:db8:1:{n:x}::1", now) for n in range(2, 90)) == 3
    assert let_in(any_db, gate, "2001:db8:2::1", now) == 1


def test_all_together_are_limited_and_that_it_was_reached_can_be_seen(
    any_db: Database, now: datetime
) -> None:
    gate = Gate("sign_up", everybody=4)
    assert sum(let_in(any_db, gate, f"192.0.2.{n}", now) for n in range(9)) == 4
    with any_db.read() as session:
        assert was_full(session, "sign_up", now + HOUR) == (now, 4)
        assert was_full(session, "sign_up", now + 2 * HOUR) is None
        assert was_full(session, "another", now) is None


def test_neither_networks_nor_addresses_can_be_read_in_the_counts(any_db: Database, now: datetime) -> None:
    let_in(any_db, Gate("sign_up", everybody=4), "192.0.2.7", now)
    with any_db.write() as session:
        take_confirmation(session, "ann@example.com", KEY, now)
    with any_db.read() as session:
        rows = [*session.scalars(select(AttemptCount.what)), session.scalars(select(ConfirmationCount)).one()]
    assert not any("192.0.2" in str(row) or "ann" in str(row) for row in rows)


def test_an_address_gets_a_confirmation_a_day_and_three_ever(any_db: Database, now: datetime) -> None:
    got = []
    for hours in (0, 1, 24, 25, 48, 49, 24 * 400):
        with any_db.write() as session:
            got.append(take_confirmation(session, "ann@example.com", KEY, now + hours * HOUR))
    now_, later, never = Allowance.NOW, Allowance.LATER, Allowance.NEVER
    assert got == [now_, later, now_, later, now_, never, never]
    with any_db.write() as session:
        assert take_confirmation(session, "bob@example.com", KEY, now) is now_


def test_a_value_is_new_once_across_midnight_too(any_db: Database, now: datetime) -> None:
    with any_db.write() as session:
        assert is_new(session, "proof", "x", KEY, now)
        assert not is_new(session, "proof", "x", KEY, now)
        assert not is_new(session, "proof", "x", KEY, now + DAY)
        assert is_new(session, "proof", "y", KEY, now)


def test_counts_are_let_go_of_when_they_matter_no_more(any_db: Database, now: datetime) -> None:
    let_in(any_db, Gate("sign_up"), "192.0.2.7", now)
    for days, left in ((59, 1), (61, 0)):
        with any_db.write() as session:
            forget_attempts(session, now + days * DAY)
            assert session.scalar(select(func.count()).select_from(AttemptCount)) == left
