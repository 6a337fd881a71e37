"""Mails over several relays: their shares, what happens when they die, and what a transport holds open."""

import selectors
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from newsletter.mail.outgoing import TransportDown
from newsletter.mail.transport import Failed, Ready, SmtpTransport, Taken, parse_smtp_url
from newsletter.mail.transport.patience import Patience
from newsletter.mail.transport.relays import FIRST_WAIT
from tests.mail.many_mails import Drive, mail_to, mails
from tests.mail.scripted_smtp import HANG_UP, ScriptedSmtp, serving

PATIENCE = Patience(5.0, 5.0, 0.5)
EXTENSIONS = ("PIPELINING", "SIZE 1000000")


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def relay(script: dict[str, list[str]] | None = None) -> ScriptedSmtp:
    return ScriptedSmtp(script or {}, extensions=EXTENSIONS)


@contextmanager
def fleet(
    *relays: tuple[ScriptedSmtp, dict[str, Any]], clock: Clock | None = None
) -> Iterator[tuple[Drive, Clock]]:
    """These relays, each with what its address says, and a transport over them all."""
    clock = clock or Clock()
    with ExitStack() as stack:
        servers = [
            replace(parse_smtp_url(stack.enter_context(serving(server)).url), **how) for server, how in relays
        ]
        transport = SmtpTransport(servers, PATIENCE, clock)
        stack.callback(transport.close)
        yield Drive(transport), clock


def kinds(ends: dict[int, Taken | Failed]) -> set[type]:
    return {type(end) for end in ends.values()}


@contextmanager
def nobody() -> Iterator[str]:
    """An address nobody listens at."""
    with serving(relay()) as server:
        pass
    yield server.url


def test_relays_share_the_mail_roughly_by_weight() -> None:
    heavy, light = relay(), relay()
    with fleet((heavy, {"weight": 4}), (light, {"weight": 1})) as (sending, _clock):
        assert kinds(sending.send(mails(400))) == {Taken}
    assert (heavy.connections, light.connections) == (4, 1)
    assert len(light.messages) < len(heavy.messages)
    assert light.messages


def test_no_relay_gets_more_connections_than_its_address_allows() -> None:
    first, second = relay(), relay()
    with fleet((first, {"connections": 2}), (second, {"connections": 2})) as (sending, _clock):
        assert sending.transport.room == 12
        sending.send(mails(100))
    assert (first.connections, second.connections) == (2, 2)


def test_a_relay_that_is_dead_from_the_start_costs_no_mail() -> None:
    alive = relay()
    with nobody() as url, serving(alive):
        servers = [parse_smtp_url(url), parse_smtp_url(alive.url)]
        transport = SmtpTransport(servers, PATIENCE)
        transport.open()
        assert kinds(Drive(transport).send(mails(40))) == {Taken}
        transport.close()
    assert len(alive.messages) == 40


def test_the_mails_of_a_relay_that_dies_midway_go_over_the_others() -> None:
    dying, healthy = (
        relay({"MAIL": ["250 fine"] * 5 + [HANG_UP] * 500, "GREETING": ["220 hi"] * 2 + [HANG_UP] * 500}),
        relay(),
    )
    with fleet((dying, {"connections": 2}), (healthy, {"connections": 2})) as (sending, _clock):
        assert kinds(sending.send(mails(60))) == {Taken}
    assert len(dying.messages) + len(healthy.messages) == 60
    assert len(dying.messages) <= 5


def test_a_relay_that_wants_a_login_is_left_alone_and_its_mails_go_elsewhere() -> None:
    strict, open_to_all = relay({"MAIL": ["530 5.7.0 log in first"] * 500}), relay()
    with fleet((strict, {}), (open_to_all, {})) as (sending, _clock):
        assert kinds(sending.send(mails(60))) == {Taken}
    assert len(open_to_all.messages) == 60
    assert strict.verbs().count("MAIL") <= 8


def test_a_relay_that_refuses_us_as_sender_is_left_alone_with_its_open_connections() -> None:
    refusing, healthy = relay({"MAIL": ["550 5.7.1 sender blocked"] * 500}), relay()
    with fleet((refusing, {"connections": 2}), (healthy, {"connections": 2})) as (sending, _clock):
        ends = sending.send(mails(60))
    failed = [end for end in ends.values() if isinstance(end, Failed)]
    # Three in a row tell; each of its two connections may hold two mails by then.
    assert 3 <= len(failed) <= 7
    assert len(healthy.messages) == 60 - len(failed)


def test_a_spare_relay_is_used_only_while_the_others_are_down() -> None:
    main, spare = relay(), relay()
    with fleet((main, {"connections": 1}), (spare, {"weight": 0})) as (sending, _clock):
        sending.send(mails(30))
    assert (len(main.messages), spare.connections) == (30, 0)

    gone = relay({"GREETING": ["554 5.3.2 not today"] * 500})
    with fleet((gone, {}), (spare, {"weight": 0})) as (sending, _clock):
        sending.transport.open()
        assert kinds(sending.send(mails(30))) == {Taken}
    assert len(spare.messages) == 30


def test_when_all_are_down_every_mail_comes_back_with_the_names_and_reasons() -> None:
    closed, busy = relay({"GREETING": ["554 closed"] * 99}), relay({"GREETING": ["421 busy"] * 99})
    with fleet((closed, {}), (busy, {})) as (sending, _clock):
        ends = sending.send(mails(5))
        with pytest.raises(TransportDown) as caught:
            sending.transport.open()
    for error in [*(end.error for end in ends.values() if isinstance(end, Failed)), caught.value]:
        assert isinstance(error, TransportDown)
        assert f"127.0.0.1:{closed.port}: the mail server said: 554 closed" in str(error)
        assert f"127.0.0.1:{busy.port}: the mail server said: 421 busy" in str(error)
    assert len(ends) == 5


def test_a_relay_is_tried_again_when_its_time_has_come() -> None:
    weak = relay({"GREETING": ["421 4.3.2 starting up"]})
    with fleet((weak, {"connections": 1})) as (sending, clock):
        assert kinds(sending.send(mails(1))) == {Failed}
        assert kinds(sending.send({2: mail_to(2)})) == {Failed}
        assert weak.connections == 1
        clock.now += FIRST_WAIT + 1
        sending.transport.open()
        assert kinds(sending.send({3: mail_to(3)})) == {Taken}
    assert weak.connections == 2


def test_a_connection_lost_while_idle_is_never_taken_for_no_relay_at_all() -> None:
    server = relay()
    with fleet((server, {"connections": 1})) as (sending, _clock):
        sending.send(mails(3))
        server.sockets[0].close()
        assert kinds(sending.send({4: mail_to(4)})) == {Taken}


@pytest.mark.parametrize("when", ["ready", "returned"])
def test_a_mail_dropped_after_its_connection_was_lost_is_told_of_no_more(when: str) -> None:
    server = relay({"GREETING": ["220 hi"] * 2})
    with fleet((server, {"connections": 1})) as (sending, _clock):
        transport = sending.transport
        transport.offer(1, mail_to(1))
        sending.until(Ready)
        server.sockets[0].shutdown(2)
        if when == "returned":
            while server.connections < 2:
                assert sending.wait(0.05) == []
        transport.drop(1)
        assert kinds(sending.send({2: mail_to(2)})) == {Taken}
    assert {happening.ticket for happening in sending.happened} == {1, 2}
    assert sending.happened.count(Ready(1)) == 1
    assert len(server.messages) == 1


def descriptors() -> int:
    return sum(1 for _one in Path("/dev/fd").iterdir())


@pytest.mark.parametrize(
    "script",
    [
        {},
        {"GREETING": ["554 closed"] * 99},
        {"MAIL": [HANG_UP] * 99},
        {"MAIL": ["530 5.7.0 log in first"] * 99},
        {"DOT": ["garbage"] * 99},
    ],
)
def test_nothing_is_held_open_after_closing(script: dict[str, list[str]]) -> None:
    with serving(relay(script)) as server:
        transport = SmtpTransport([parse_smtp_url(server.url)], PATIENCE, Clock())
        before = descriptors(), threading.active_count()
        for _turn in range(2):
            Drive(transport).send(mails(10))
            transport.close()
        for connection in server.sockets:
            connection.close()
        assert descriptors() <= before[0]
        transport.close()


def test_closing_forgets_what_is_under_way_in_whatever_state() -> None:
    with serving(relay()) as server:
        transport = SmtpTransport([replace(parse_smtp_url(server.url), connections=2)], PATIENCE)
        sending = Drive(transport)
        for ticket in range(1, 7):
            transport.offer(ticket, mail_to(ticket))
        sending.until(Ready)
        transport.close()
        assert transport.room == 6
        assert transport.wait(0) == []
        # The same numbers again.
        assert set(Drive(transport).send(mails(3))) == {1, 2, 3}
        transport.close()
    assert len(server.messages) == 3
    assert not [message for message in server.messages if b"QUIT" in message]


def test_waiting_with_nothing_to_do_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = 0
    select = selectors.DefaultSelector.select

    def counted(self: Any, timeout: float | None = None) -> Any:
        nonlocal looks
        looks += 1
        return select(self, timeout)

    monkeypatch.setattr(selectors.DefaultSelector, "select", counted)
    with fleet((relay(), {})) as (sending, _clock):
        assert sending.wait(0.01) == []
        assert looks == 1
        sending.transport.offer(1, mail_to(1))
        sending.until(Ready)
        looks = 0
        # Its connection waits for us, the others for mails.
        assert sending.wait(0.05) == []
        assert looks <= 4
