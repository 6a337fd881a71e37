"""Sending a batch: claim, then for each mail gate, compose, mark, hand over, record.

The one service that commits: around the hand-over, so that whatever dies, the ledger tells how far
it got. One bad mail never stops the others; a transport that is down stops them all, unharmed.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from newsletter.db import Database
from newsletter.delivery import ledger
from newsletter.delivery.handover import Desk
from newsletter.mail.issue import Publication
from newsletter.mail.outgoing import TransportDown
from newsletter.mail.transport import Transport
from newsletter.models import DeliveryState

log = structlog.get_logger()


@dataclass(slots=True)
class SendReport:
    """What a batch came to: claimed deliveries, how each ended, and why the batch ended early, if so."""

    claimed: int = 0
    interrupted: str = ""
    counts: Counter[DeliveryState] = field(default_factory=Counter)

    @property
    def sent(self) -> int:
        return self.counts[DeliveryState.SENT]


def send_batch(
    db: Database,
    transport: Transport,
    now_of: Callable[[], datetime],
    publication: Publication,
    keys: Sequence[str],
    limit: int,
    lease: timedelta,
    stop: Callable[[], bool] = lambda: False,
) -> SendReport:
    """Send up to `limit` mails that are due. `stop` is asked between mails; the rest is put back at once.

    Raises what the database raises: then the leases run out and the sweep decides.
    """
    desk = Desk(db, transport, now_of, publication, keys)
    with db.write() as session:
        claims = ledger.claim(session, now_of(), limit, lease)
    report = SendReport(claimed=len(claims))
    for place, claim in enumerate(claims):
        report.interrupted = "it was told to stop" if stop() else _send_one(desk, claim, report)
        if report.interrupted:
            with db.write() as session:
                ledger.release(session, claims[place:], now_of(), f"put back: {report.interrupted}")
            break
    if claims:
        log.info("batch sent", **{str(state): count for state, count in report.counts.items()})
    return report


def _send_one(desk: Desk, claim: ledger.Claim, report: SendReport) -> str:
    """Send one mail and count how it ended; a reason when no other can be sent either."""
    try:
        state = desk.send(claim)
    except ledger.LeaseLost:
        log.warning("lease lost", delivery=claim.delivery_id)
        return ""
    except TransportDown as error:
        log.error("transport down", delivery=claim.delivery_id)
        return f"no mail can leave: {error}"
    report.counts[state] += 1
    return ""
