"""Which relay mail goes to: shares by weight, fail-over, and what SMTP_URL says of each."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as some

from newsletter.mail.transport.relays import FIRST_WAIT, LONGEST_WAIT, MOST_REFUSALS, Relays
from newsletter.mail.transport.server import SmtpServer, parse_smtp_url, parse_smtp_urls

WEIGHTS = some.lists(some.integers(0, 9), min_size=1, max_size=5)


def servers(*weights: int) -> tuple[SmtpServer, ...]:
    """Servers named a:25, b:25 and so on, of these weights."""
    names = "abcdefgh"
    return parse_smtp_urls(" ".join(f"smtp://{names[i]}?weight={w}" for i, w in enumerate(weights)))


def chosen(relays: Relays, now: float, times: int = 1) -> list[str]:
    return [server.name if server else "-" for server in (relays.choose(now) for _ in range(times))]


@given(WEIGHTS.filter(any), some.integers(1, 5))
def test_every_relay_gets_exactly_its_share_and_spare_ones_none(weights: list[int], rounds: int) -> None:
    fleet = servers(*weights)

    counts = Counter(chosen(Relays(fleet), 0.0, rounds * sum(weights)))

    assert {server.name: counts[server.name] for server in fleet} == {
        server.name: rounds * server.weight for server in fleet
    }


def test_turns_are_spread_evenly() -> None:
    assert chosen(Relays(servers(2, 1)), 0.0, 6) == ["a:25", "b:25", "a:25"] * 2


@given(
    WEIGHTS,
    some.lists(some.tuples(some.integers(0, 4), some.sampled_from("fw"), some.floats(0, 60)), max_size=40),
)
def test_no_relay_that_is_down_is_chosen_and_a_spare_one_only_when_all_others_are(
    weights: list[int], history: list[tuple[int, str, float]]
) -> None:
    fleet = servers(*weights)
    relays, now = Relays(fleet), 0.0
    down_until, failures = dict.fromkeys(fleet, 0.0), dict.fromkeys(fleet, 0)
    for place, event, seconds in history:
        server = fleet[place % len(fleet)]
        if event == "w":
            relays.worked(server.name)
            down_until[server], failures[server] = 0.0, 0
        else:
            relays.failed(server.name, "away", now)
            if down_until[server] <= now:
                down_until[server] = now + min(FIRST_WAIT * 2 ** failures[server], LONGEST_WAIT)
                failures[server] += 1
        now += seconds
        up = [one for one in fleet if down_until[one] <= now]
        pick = relays.choose(now)
        assert pick in ([one for one in up if one.weight] or up) or (pick is None and not up)
        assert bool(up) == (relays.down_reason(now) == "") == (relays.up_again_in(now) == 0)


def test_the_spare_relay_steps_in_and_back_out() -> None:
    relays = Relays(servers(1, 1, 0))
    relays.failed("a:25", "away", 0.0)
    assert set(chosen(relays, 1.0, 4)) == {"b:25"}
    relays.failed("b:25", "away", 1.0)
    assert set(chosen(relays, 2.0, 4)) == {"c:25"}
    assert set(chosen(relays, FIRST_WAIT, 4)) == {"a:25"}


def test_a_spare_relay_is_not_used_because_the_others_have_no_room() -> None:
    relays = Relays(servers(1, 0))

    assert relays.choose(0.0, with_room={"b:25"}) is None
    relays.failed("a:25", "away", 0.0)
    pick = relays.choose(0.0, with_room={"b:25"})
    assert pick is not None
    assert pick.name == "b:25"


def test_with_spare_relays_alone_they_do_the_work() -> None:
    assert Counter(chosen(Relays(servers(0, 0)), 0.0, 10)) == {"a:25": 5, "b:25": 5}


def test_the_wait_doubles_up_to_five_minutes_and_success_forgets_it() -> None:
    relays, now, waits = Relays(servers(1)), 0.0, []
    for _ in range(8):
        relays.failed("a:25", "away", now)
        waits.append(relays.up_again_in(now))
        now += waits[-1]

    assert waits == [15, 30, 60, 120, 240, 300, 300, 300]
    relays.worked("a:25")
    relays.failed("a:25", "away", now)
    assert relays.up_again_in(now) == FIRST_WAIT


def test_connections_that_fail_together_count_once() -> None:
    relays = Relays(servers(1))
    for moment in (0.0, 0.1, 0.2):
        relays.failed("a:25", "away", moment)

    assert relays.up_again_in(0.0) == FIRST_WAIT
    assert relays.down_reason(FIRST_WAIT) == ""


def test_refusals_in_a_row_put_a_relay_down_and_a_mail_taken_between_them_does_not() -> None:
    relays = Relays(servers(1))
    for _ in range(MOST_REFUSALS):
        assert relays.choose(0.0) is not None
        relays.refused("a:25", "550 5.7.1 not you", 0.0)
    assert relays.choose(0.0) is None
    assert relays.down_reason(0.0) == "550 5.7.1 not you"

    steady = Relays(servers(1))
    for _ in range(3 * MOST_REFUSALS):
        steady.refused("a:25", "550 5.7.1 not you", 0.0)
        steady.worked("a:25")
    assert steady.down_reason(0.0) == ""


def test_when_none_can_be_used_each_says_why() -> None:
    relays = Relays(servers(1, 1))
    relays.failed("a:25", "no such host", 0.0)
    assert relays.down_reason(0.0) == ""
    relays.failed("b:25", "it hung up", 0.0)

    assert relays.down_reason(0.0) == "a:25: no such host; b:25: it hung up"
    assert relays.down_reason(LONGEST_WAIT) == ""


def test_a_relay_that_answered_a_group_oddly_is_spoken_to_one_command_at_a_time() -> None:
    relays = Relays(servers(1, 1))
    relays.use_sequentially("a:25")

    assert (relays.sequential("a:25"), relays.sequential("b:25")) == (True, False)


def test_there_must_be_a_relay() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Relays([])


@pytest.mark.parametrize("between", [" ", ",", ", ", "\n"])
def test_several_relays_stand_in_one_setting(between: str) -> None:
    first, second = parse_smtp_urls(
        f" smtp://u:a,b@one.example.org?rate=50&weight=3{between}smtps://two.example.org?weight=0 "
    )

    assert (first.name, first.password, first.rate, first.weight) == ("one.example.org:587", "a,b", 50.0, 3)
    assert (second.name, second.weight) == ("two.example.org:465", 0)


def test_an_address_of_its_own_kind_has_a_name_of_its_own() -> None:
    assert parse_smtp_url("smtp://[::1]:2525").name == "[::1]:2525"


def test_without_options_a_relay_is_used_with_care() -> None:
    server = parse_smtp_url("smtp://mail.example.org")

    assert (server.pipelining, server.connections, server.mails, server.idle) == (True, 4, 500, 30.0)
    assert (server.rate, server.hourly, server.daily, server.weight) == (None, None, None, 1)


def test_every_option_is_read() -> None:
    server = parse_smtp_url(
        "smtp://mail.example.org?pipelining=off&connections=8&mails=20&idle=5.5"
        "&rate=0.5&hourly=1000&daily=20000&weight=7"
    )

    assert (server.pipelining, server.connections, server.mails, server.idle) == (False, 8, 20, 5.5)
    assert (server.rate, server.hourly, server.daily, server.weight) == (0.5, 1000, 20000, 7)


@pytest.mark.parametrize(
    ("option", "allowed"),
    [
        ("pipelining=yes", "on or off"),
        ("connections=0", "from 1 to 100"),
        ("connections=many", "from 1 to 100"),
        ("mails=-1", "from 1 to 100000"),
        ("idle=nan", "from 1 to 3600"),
        ("idle=0", "from 1 to 3600"),
        ("rate=0", "from 0.001"),
        ("rate=1e3", "from 0.001"),
        ("rate=inf", "from 0.001"),
        ("hourly=1.5", "whole number"),
        ("daily=٣", "whole number"),
        ("weight=1001", "to 1000"),
        ("weight=" + "9" * 5000, "to 1000"),
    ],
)
def test_a_faulty_option_is_named_with_what_is_allowed(option: str, allowed: str) -> None:
    with pytest.raises(ValueError, match=allowed) as caught:
        parse_smtp_url(f"smtp://u:secret@mail.example.org?{option}")

    name, value = option.split("=")
    assert str(caught.value).startswith(f"{name} in the SMTP address is ")
    assert value not in str(caught.value).removeprefix(name) or len(value) < 3
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " , ",
        "smtp://one.example.org smpt://two.example.org",
        "smtp://one.example.org two.example.org",
        "smtp://one.example.org,two.example.org",
        "smtp://user:12?se=cret@mail.example.org",
        "smtp://user:12?cret&x=y@mail.example.org",
    ],
)
def test_what_is_no_row_of_addresses_is_refused_without_showing_a_password(text: str) -> None:
    with pytest.raises(ValueError, match=r"SMTP|smtp") as caught:
        parse_smtp_urls(text)
    assert "cret" not in str(caught.value)


def test_the_same_server_twice_is_a_mistake() -> None:
    with pytest.raises(ValueError, match=r"mail\.example\.org:25 is named twice"):
        parse_smtp_urls("smtp://mail.example.org smtp://mail.example.org:25?weight=2")


@given(some.text(max_size=60))
def test_any_text_is_an_address_or_a_readable_error(text: str) -> None:
    try:
        said = ""
        servers_found = parse_smtp_urls(text)
    except ValueError as error:
        said, servers_found = str(error), ()

    assert servers_found or "SMTP" in said or "smtp" in said
