"""What a relay may take: never more, whoever sends, and the rest goes when it may."""

from dataclasses import replace
from datetime import timedelta

from newsletter.delivery.send import Desk, send
from newsletter.delivery.throttle import Book
from newsletter.limits import Limit
from newsletter.mail.transport import SmtpTransport, parse_smtp_url
from tests.delivery.cast import LEASE, NOW, QUEUED, SENT
from tests.delivery.office import KEYS, PUBLICATION
from tests.faults.line import Line, by_state
from tests.faults.matrix import N, assert_everybody_has_one
from tests.faults.smtp import FaultySmtp


def desk_to(line: Line, server: FaultySmtp, limit: Limit) -> Desk:
    """A desk whose only relay has this limit."""
    relay = replace(parse_smtp_url(server.url), connections=2)
    book = Book(relays={relay.name: limit})
    return Desk(line.db, SmtpTransport([relay]), lambda: line.now, PUBLICATION, KEYS, book)


def test_what_a_relay_may_take_in_a_day_is_shared_and_the_rest_waits_for_the_next(
    line: Line, server: FaultySmtp
) -> None:
    limit = Limit(per_day=N // 2)
    for _worker in range(2):
        desk = desk_to(line, server, limit)
        report = send(desk, lease=LEASE)
        desk.transport.close()
        assert "limit set for" in report.interrupted

    assert by_state(line.db) == {SENT: N // 2, QUEUED: N - N // 2}
    assert sum(server.copies().values()) == N // 2

    line.now = NOW + timedelta(hours=11)
    desk = desk_to(line, server, replace(limit, per_day=2 * N))
    send(desk, lease=LEASE)
    desk.transport.close()
    assert_everybody_has_one(line, server)


def test_a_relay_without_a_limit_takes_all_at_once(line: Line, server: FaultySmtp) -> None:
    desk = desk_to(line, server, Limit())
    assert send(desk, lease=LEASE).sent == N
    desk.transport.close()
