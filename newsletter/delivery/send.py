"""Sending what is due: claim, compose, offer, mark, let go, record; many mails under way at once.

The one service that commits: around the hand-over, so that whatever dies, the ledger tells how far
it got. One bad mail never stops the others; a transport that is down stops them all, unharmed.
"""

import time
from collections.abc import Callable
from datetime import timedelta

import structlog
from sqlalchemy.exc import OperationalError

from newsletter.delivery.claims import Claims
from newsletter.delivery.desk import Desk, SendReport
from newsletter.delivery.flight import Flight
from newsletter.delivery.waiting import mail_waits
from newsletter.mail.outgoing import TransportDown

__all__ = ["BATCH", "LEASE", "Desk", "SendReport", "send"]

BATCH = 200
LEASE = timedelta(minutes=2)
# A look at `stop`, at the leases and at the ledger is due at least so often.
TURN_SECONDS = 1.0
# What is under way gets so long to end when the sender is told to stop: it is to be gone in ten seconds.
STOP_SECONDS = 7.0
TOLD_TO_STOP = "it was told to stop"

log = structlog.get_logger()


def send(
    desk: Desk,
    batch: int = BATCH,
    lease: timedelta = LEASE,
    stop: Callable[[], bool] = lambda: False,
    most: int | None = None,
    report: SendReport | None = None,
) -> SendReport:
    """Send what is due until nothing is left, `stop` says so, or no mail can leave; `most` mails at most.

    `batch` deliveries are claimed at a time, each for `lease` (renewed while it waits its turn). A
    ledger that cannot be written is waited for. A `report` given is filled in as it goes. Raises what
    the database raises at the first look.
    """
    report = report or SendReport()
    with desk.db.read() as session:
        if not mail_waits(session, desk.now_of()):
            return report
    try:
        desk.transport.open()
    except TransportDown as error:
        report.interrupted = f"no mail can leave: {error}"
        log.error("transport down", reason=str(error))
        return report
    claims = Claims(desk, report, batch, lease, most)
    flight = Flight(desk, claims, report)
    _send_on(claims, flight, stop)
    flight.leave()
    if report.claimed:
        log.info("mail sent", **{str(state): count for state, count in report.counts.items()})
    return report


def _send_on(claims: Claims, flight: Flight, stop: Callable[[], bool]) -> None:
    """Turn after turn until nothing is in hand."""
    give_up_at = float("inf")
    while flight.busy or not claims.ended:
        if stop() and not claims.report.interrupted:
            claims.report.interrupted = TOLD_TO_STOP
        if claims.report.interrupted and not flight.landing:
            flight.land(claims.report.interrupted)
            give_up_at = time.monotonic() + STOP_SECONDS if stop() else give_up_at
        if time.monotonic() > give_up_at:
            flight.abandon()
            return
        _turn(claims, flight)


def _turn(claims: Claims, flight: Flight) -> None:
    # What is offered before a mail leaves goes out with its last bytes, in one write.
    flight.watch(TURN_SECONDS)
    try:
        if not claims.report.interrupted:
            if not flight.crowded:
                claims.refill()
            flight.take_off()
        claims.renew(flight.unmarked())
    except OperationalError as error:
        log.error("ledger cannot be used, sending waits", error=type(error.orig).__name__)
        claims.pause()
    flight.write()
