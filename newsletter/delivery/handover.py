"""One claimed delivery, from its row to the server's answer in the ledger."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from newsletter.db import Database
from newsletter.delivery import ledger, retry
from newsletter.delivery.compose import compose
from newsletter.delivery.gate import may_receive
from newsletter.delivery.ledger import Claim, LeaseLost
from newsletter.delivery.retry import Outcome, Standing
from newsletter.delivery.sections import Sections
from newsletter.delivery.suppression import is_suppressed
from newsletter.mail.issue import Publication
from newsletter.mail.outgoing import HandOverError, OutgoingMail, TransportDown, UnknownOutcome
from newsletter.mail.transport import Transport
from newsletter.models import Delivery, DeliveryState, Subscriber

log = structlog.get_logger()


class Refused(Exception):
    """The mail may not go after all, found out when it was about to; `outcome` says why."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.detail)
        self.outcome = outcome


@dataclass(slots=True)
class Desk:
    """What a batch of mails is sent with."""

    db: Database
    transport: Transport
    now_of: Callable[[], datetime]
    publication: Publication
    keys: Sequence[str]
    sections: Sections = field(default_factory=Sections)

    def send(self, claim: Claim) -> DeliveryState:
        """Send one claimed mail and record what became of it; the state it ends in.

        Raises `LeaseLost`, and `TransportDown` with the delivery still claimed and unmarked.
        """
        if claim.suspect:
            with self.db.write() as session:
                ledger.take_in_hand(session, claim, self.now_of())
        with self.db.read() as session:
            standing, prepared = self._prepare(session, claim)
        outcome = prepared if isinstance(prepared, Outcome) else self._hand_over(claim, standing, prepared)
        with self.db.write() as session:
            ledger.record(session, claim, outcome, self.now_of())
        log.debug("delivery settled", delivery=claim.delivery_id, state=str(outcome.state))
        return outcome.state

    def _prepare(self, session: Session, claim: Claim) -> tuple[Standing, OutgoingMail | Outcome]:
        """The finished mail, or why there is none: the gate, the time, a fault while composing."""
        now = self.now_of()
        delivery = ledger.held(session, claim)
        standing = _standing(delivery)
        try:
            self._check(session, delivery, delivery.subscriber, now)
            return standing, compose(session, delivery, self.publication, self.keys, self.sections)
        except Refused as refused:
            return standing, refused.outcome
        except OperationalError:
            raise
        except Exception as error:
            return standing, self._fault("composing failed", claim, standing, error)

    def _hand_over(self, claim: Claim, standing: Standing, mail: OutgoingMail) -> Outcome:
        """Give the mail to the transport; what became of it."""
        mark = _Mark(self, claim)
        try:
            return retry.sent(self.transport.send(mail, mark))
        except Refused as refused:
            return refused.outcome
        except LeaseLost:
            raise
        except OperationalError:
            # Only the mark writes here, so nothing has left; and it is no fault of this mail.
            log.error("mark not stored", delivery=claim.delivery_id)
            return retry.released("put back: the database could not be written when it was about to leave")
        except TransportDown as error:
            if not mark.stored:
                raise
            return retry.after_refusal(UnknownOutcome(str(error)), standing, self.now_of())
        except HandOverError as error:
            return retry.after_refusal(error, standing, self.now_of())
        except Exception as error:
            if mark.stored:
                said = UnknownOutcome(f"the hand-over broke off: {_in_words(error)}")
                return retry.after_refusal(said, standing, self.now_of())
            return self._fault("handing over failed", claim, standing, error)

    def mark(self, claim: Claim) -> None:
        """Ask the gate once more and store the mark, in one transaction.

        An unsubscription committed before it is obeyed; one that comes later waits for it on
        PostgreSQL (the row is locked) as on SQLite (one writer at a time), so there is no between.
        """
        now = self.now_of()
        with self.db.write() as session:
            delivery = ledger.held(session, claim)
            locked = session.get(Subscriber, delivery.subscriber_id, with_for_update={"read": True})
            if locked is None:
                raise LeaseLost(claim)
            self._check(session, delivery, locked, now)
            ledger.mark_handover(session, claim, now)

    def _check(self, session: Session, delivery: Delivery, subscriber: Subscriber, now: datetime) -> None:
        """Raises `Refused` when the mail may not go now."""
        if delivery.expires_at <= now:
            raise Refused(retry.out_of_time(_standing(delivery)))
        suppressed = is_suppressed(session, self.keys, subscriber.address_key)
        verdict = may_receive(subscriber, suppressed, delivery.kind, now)
        if not verdict.allowed:
            raise Refused(retry.skipped(verdict.reason))

    def _fault(self, what: str, claim: Claim, standing: Standing, error: Exception) -> Outcome:
        log.error(what, delivery=claim.delivery_id, error=type(error).__name__)
        return retry.after_fault(f"{what}: {_in_words(error)}", standing, self.now_of())


class _Mark:
    """The mark *about to hand over* of one mail, as the transport calls it; knows whether it is stored."""

    def __init__(self, desk: Desk, claim: Claim) -> None:
        self._desk, self._claim = desk, claim
        self.stored = False

    def __call__(self) -> None:
        self._desk.mark(self._claim)
        self.stored = True


def _standing(delivery: Delivery) -> Standing:
    return Standing(delivery.id, delivery.attempts, delivery.repeats, delivery.expires_at)


def _in_words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
