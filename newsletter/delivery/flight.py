"""The mails under way: offered to the transport, marked when they are ready, recorded when they ended."""

from datetime import timedelta

import structlog
from sqlalchemy.exc import OperationalError

from newsletter.delivery import commit, ledger, retry
from newsletter.delivery.claims import Claims
from newsletter.delivery.desk import Desk, SendReport
from newsletter.delivery.hand import InHand
from newsletter.delivery.line import Line
from newsletter.delivery.retry import Outcome
from newsletter.mail.outgoing import HandOverError, TransportDown, UnknownOutcome
from newsletter.mail.transport import Failed, Happening, Ready, Taken
from newsletter.models import DeliveryState

# So long after its mark was written a mail may still leave. Whoever was stopped in between for longer
# may have been taken for dead, and the mail repeated by another.
STALE_MARK = timedelta(seconds=60)

log = structlog.get_logger()


class Flight:
    """Mails on their way out, by number. What the ledger could not store yet is kept and tried again."""

    def __init__(self, desk: Desk, claims: Claims, report: SendReport) -> None:
        self._desk, self._claims, self._report = desk, claims, report
        self._mails: dict[int, InHand] = {}
        self._marks: dict[int, InHand] = {}
        self._outcomes: list[tuple[InHand, Outcome]] = []
        self._alone: InHand | None = None
        self._line = Line(desk)
        self.landing = ""

    @property
    def busy(self) -> bool:
        """Whether anything is under way or has not been stored."""
        return bool(self._mails or self._outcomes or self._line)

    @property
    def crowded(self) -> bool:
        """Whether enough mails wait in hand for a domain that is slow."""
        return self._line.crowded

    def unmarked(self) -> list[InHand]:
        return [*(one for one in self._mails.values() if not one.marked), *self._line.all()]

    def take_off(self) -> None:
        """Offer as many mails as there is room for and limits allow."""
        self._line.exchange()
        waiting, transport = self._claims.waiting, self._desk.transport
        now = self._desk.now_of()
        waiting.extendleft(reversed(self._line.due(now)))
        while waiting and transport.room > 0 and self._alone is None:
            if waiting[0].claim.suspect and self._mails:
                return
            one = waiting.popleft()
            if self._line.admits(one, now):
                self._offer(one)
        self._outcomes += self._line.put_back()

    def watch(self, seconds: float) -> None:
        """Wait for what happens to them, up to `seconds`, and take note of it."""
        if not self._claims.paused:
            seconds = 0.0 if self._outcomes else self._line.seconds(seconds, idle=not self._mails)
        for happening in self._desk.transport.wait(seconds):
            one = self._mails.get(happening.ticket)
            if one is not None:
                self._note(one, happening)

    def write(self) -> None:
        """Store marks and outcomes in one transaction, then let the marked ones go."""
        if not self._marks and not self._outcomes:
            return
        marks, outcomes, now = list(self._marks.values()), self._outcomes, self._desk.now_of()
        try:
            with self._desk.db.direct() as connection:
                written = commit.write(connection, marks, outcomes, now)
        except OperationalError as error:
            # Nothing is lost: mails that are ready wait, answers that came are kept.
            log.error("ledger cannot be written, sending waits", error=type(error.orig).__name__)
            self._claims.pause()
            return
        self._marks, self._outcomes = {}, []
        put_back = {one.number for one, outcome in outcomes if not outcome.counts}
        self._report.counts.update(s for number, s in written.ended.items() if number not in put_back)
        late = self._desk.now_of() - now > STALE_MARK
        for one in marks:
            if one.number in written.marked and not late:
                self._let_go(one)
            else:
                self._take_back(one, put_back=one.number in written.marked)

    def leave(self) -> None:
        """Give back what we hold of the limits."""
        try:
            self._line.exchange(leaving=True)
        except OperationalError:
            log.warning("limits not given back")

    def land(self, reason: str) -> None:
        """Take off no more: put back what has not left, wait for answers to what has."""
        self.landing = reason
        self._claims.put_back([*self._claims.waiting, *self._line.all()], reason)
        self._claims.waiting.clear()
        self._line.clear()

    def abandon(self) -> None:
        """Leave without waiting any longer; the ledger knows what was handed over without an answer."""
        self._claims.put_back(self.unmarked(), self.landing)
        log.warning("left without an answer", mails=sum(one.marked for one in self._mails.values()))
        self._mails.clear()

    def _offer(self, one: InHand) -> None:
        now = self._desk.now_of()
        if one.letter.expires_at <= now:
            self._end(one, retry.out_of_time(one.standing))
            return
        try:
            self._take_in_hand(one)
            mail = self._desk.composer.compose(one.letter)
        except ledger.LeaseLost:
            log.warning("lease lost", delivery=one.number)
            self._line.settle(one, unused=True)
            return
        except OperationalError:
            self._line.settle(one, unused=True)
            self._claims.waiting.appendleft(one)
            raise
        except Exception as error:
            self._end(one, self._fault("composing failed", one, error))
            return
        self._mails[one.number] = one
        self._alone = one if one.claim.suspect else None
        self._desk.transport.offer(one.number, mail)

    def _take_in_hand(self, one: InHand) -> None:
        """A suspect goes alone, and the ledger is told: if this process dies now, it is to blame."""
        if one.claim.suspect:
            with self._desk.db.write() as session:
                ledger.take_in_hand(session, one.claim, self._desk.now_of())

    def _note(self, one: InHand, happening: Happening) -> None:
        match happening:
            case Ready():
                self._ready(one)
            case Taken(_, reply):
                self._end(one, retry.sent(reply))
            case Failed(_, error):
                self._failed(one, error)

    def _ready(self, one: InHand) -> None:
        if self.landing:
            self._take_back(one, put_back=True)
        elif one.marked:
            # Ready a second time: its connection was lost before it could leave, and the mark holds.
            self._desk.transport.go(one.number)
        elif one.letter.expires_at <= self._desk.now_of():
            self._desk.transport.drop(one.number)
            self._end(one, retry.out_of_time(one.standing))
        else:
            self._marks[one.number] = one

    def _failed(self, one: InHand, error: BaseException) -> None:
        now = self._desk.now_of()
        match error:
            case TransportDown() if not one.marked:
                self._report.interrupted = self._report.interrupted or f"no mail can leave: {error}"
                self._end(one, retry.released(f"put back: {error}"))
            case TransportDown():
                self._end(one, retry.after_refusal(UnknownOutcome(str(error)), one.standing, now))
            case HandOverError():
                self._line.heed(one, error)
                self._end(one, retry.after_refusal(error, one.standing, now))
            case Exception() if one.marked:
                said = UnknownOutcome(f"the hand-over broke off: {_in_words(error)}")
                self._end(one, retry.after_refusal(said, one.standing, now))
            case Exception():
                self._end(one, self._fault("handing over failed", one, error))
            case _:
                raise error

    def _end(self, one: InHand, outcome: Outcome) -> None:
        self._forget(one)
        self._line.settle(one, taken=outcome.state is DeliveryState.SENT, unused=not outcome.counts)
        self._outcomes.append((one, outcome))

    def _forget(self, one: InHand) -> None:
        self._mails.pop(one.number, None)
        self._marks.pop(one.number, None)
        if self._alone is one:
            self._alone = None

    def _let_go(self, one: InHand) -> None:
        one.marked = True
        if self._alone is one:
            self._alone = None
        self._desk.transport.go(one.number)

    def _take_back(self, one: InHand, put_back: bool) -> None:
        """A mail that is ready does not leave: refused at the gate, lost to another, or we are stopping."""
        self._forget(one)
        self._line.settle(one, unused=True)
        self._desk.transport.drop(one.number)
        if put_back:
            self._outcomes.append((one, retry.released(f"put back: {self.landing or 'it took too long'}")))

    def _fault(self, what: str, one: InHand, error: Exception) -> Outcome:
        log.error(what, delivery=one.number, error=type(error).__name__)
        return retry.after_fault(f"{what}: {_in_words(error)}", one.standing, self._desk.now_of())


def _in_words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
