"""Mail handed to SMTP servers over several connections at once, none of them ever waited for alone."""

import selectors
import time
from collections import deque
from collections.abc import Callable, Iterable
from functools import cached_property

import structlog

from newsletter.mail.mailbox import read_mailbox
from newsletter.mail.outgoing import HandOverError, OutgoingMail, PermanentRefusal, TransportDown
from newsletter.mail.replies import Refusal, Scope
from newsletter.mail.transport.fleet import Fleet, Stirred
from newsletter.mail.transport.gate import Gate, OpenGate
from newsletter.mail.transport.happenings import Failed, Happening, Ready, Taken
from newsletter.mail.transport.lane import Lane, Waiting
from newsletter.mail.transport.patience import Patience
from newsletter.mail.transport.relays import Relays
from newsletter.mail.transport.server import SmtpServer
from newsletter.mail.transport.turn import Returned
from newsletter.mail.transport.wire import parcel_of

log = structlog.get_logger()

# A commit costs as much for many answers as for one: nobody is waiting so urgently. A server that has
# been silent for longer than LATELY is not about to answer within GATHER.
GATHER_SECONDS = 0.005
LATELY_SECONDS = 0.02
# So often a relay that is at its limit is asked again.
GATE_SECONDS = 0.05
# Mails do not wait in hand for a limit that will not open for longer.
LONGEST_GATE_SECONDS = 20.0

# One is leaving, the next is introduced behind it, and one is at hand: so its commands leave together
# with the second's message, in one packet.
_MAILS_A_CONNECTION = 3


class SmtpTransport:
    """Sends through one relay or several, over up to so many connections to each as its address says.

    Connections are opened when needed, kept while they are of use, and replaced without a word when
    they die between mails. `clock` gives monotonic seconds: when to try a relay again. Descriptors
    are held from the first use until `close`.
    """

    def __init__(
        self,
        servers: Iterable[SmtpServer],
        patience: Patience | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._servers = tuple(servers)
        self._relays = Relays(self._servers)
        self._patience, self._clock = patience or Patience(), clock
        self._of_ticket: dict[int, Lane] = {}
        self._waiting: deque[Waiting] = deque()
        self._happened: list[Happening] = []
        self._gate: Gate = OpenGate()
        self._closed: dict[str, float] = {}
        self._most = _MAILS_A_CONNECTION * sum(server.connections for server in self._servers)

    def limit(self, gate: Gate) -> None:
        """From now on ask `gate` before a mail goes through a relay."""
        self._gate = gate

    @property
    def room(self) -> int:
        """How many mails may be offered now: three a connection, there or still to be opened."""
        return self._most - len(self._of_ticket) - len(self._waiting)

    def open(self) -> None:
        """Make sure that mail can leave: each relay is tried once. Raises `TransportDown`."""
        self._fleet.connect()

    def offer(self, ticket: int, mail: OutgoingMail) -> None:
        """A mail to hand over; `wait` tells what becomes of it."""
        try:
            sender, recipient = read_mailbox(mail.envelope_from), read_mailbox(mail.envelope_to)
        except ValueError:
            self._happened.append(Failed(ticket, PermanentRefusal("the envelope's address is none")))
            return
        self._waiting.append(Waiting(ticket, mail, sender, recipient))

    def go(self, ticket: int) -> None:
        """The mark is stored: a mail that is ready leaves."""
        lane = self._of_ticket.get(ticket)
        if lane:
            # First, so that the next mail's commands leave together with this message.
            self._give_next(lane)
            self._tell(lane, lane.go(ticket))

    def drop(self, ticket: int) -> None:
        """A mail does not leave after all, and nothing more is told of it."""
        lane = self._of_ticket.pop(ticket, None)
        if lane:
            del lane.mails[ticket]
            self._gate.ended(lane.relay, unused=True)
            self._tell(lane, lane.drop(ticket))
        else:
            # Its connection was lost since it was ready.
            self._waiting = deque(one for one in self._waiting if one.ticket != ticket)

    def wait(self, seconds: float) -> list[Happening]:
        """What happened, waiting for something up to `seconds`."""
        self._closed.clear()
        self._assign()
        if self._closed:
            seconds = min(seconds, GATE_SECONDS)
        self._look(0.0 if self._happened else self._fleet.seconds_left(seconds))
        if self._happened:
            self._gather()
        for lane in [lane for lane in self._fleet.lanes if lane.overdue()]:
            self._tell(lane, lane.expire())
        self._assign()
        happened, self._happened = self._happened, []
        return happened

    def close(self) -> None:
        """Say goodbye on every connection; what was offered and has not ended is forgotten."""
        if "_fleet" in self.__dict__:
            self._fleet.await_goodbyes(self._part_with, self._serve)
            self._fleet.close()
            del self._fleet
        self._of_ticket.clear()
        self._waiting.clear()
        self._happened.clear()

    @cached_property
    def _fleet(self) -> Fleet:
        """Made at first use, and anew after `close`."""
        return Fleet(self._servers, self._relays, self._patience, self._clock)

    def _gather(self) -> None:
        """Let answers that are about to come share the ledger's next commit with the first."""
        ends, lanes = time.monotonic() + GATHER_SECONDS, self._fleet.lanes
        while (left := ends - time.monotonic()) > 0 and any(lane.owed(LATELY_SECONDS) for lane in lanes):
            self._look(left)

    def _look(self, seconds: float) -> None:
        for stirred in self._fleet.look(seconds):
            self._serve(stirred)

    def _serve(self, stirred: Stirred) -> None:
        lane, ready = stirred
        if not lane.put_away:
            self._tell(lane, lane.read() if ready & selectors.EVENT_READ else lane.flush())

    def _tell(self, lane: Lane, heard: Iterable[Happening | Returned]) -> None:
        """Take note of what a lane says, and of the state it is in afterwards."""
        for happening in heard:
            if isinstance(happening, Ready):
                self._happened.append(happening)
                continue
            one = lane.mails.pop(happening.ticket, None)
            if one is None:
                continue  # it was dropped too late, and left
            del self._of_ticket[happening.ticket]
            self._gate.ended(
                lane.relay,
                taken=isinstance(happening, Taken),
                unused=isinstance(happening, Returned),
            )
            if isinstance(happening, Returned):
                self._waiting.appendleft(one._replace(attempts=happening.attempts))
            elif self._goes_elsewhere(lane.relay, happening):
                self._waiting.appendleft(one._replace(attempts=one.attempts + 1))
            else:
                self._happened.append(happening)
        if lane.talk.odd:
            self._without_pipelining(lane)
        if lane.worn and not lane.talk.over:
            self._part_with(lane)
        elif not lane.put_away:
            self._fleet.mind(lane)

    def _goes_elsewhere(self, relay: str, happening: Taken | Failed) -> bool:
        """Note what a mail's end says about its relay; whether another connection is to be tried."""
        if isinstance(happening, Taken):
            self._relays.worked(relay)
            return False
        error = happening.error
        down = isinstance(error, TransportDown)
        verdict = error.verdict if isinstance(error, HandOverError) else None
        if down:
            self._relays.failed(relay, str(error), self._clock())
        elif verdict and verdict.scope is Scope.RELAY:
            self._relays.refused(relay, str(error), self._clock())
            if verdict.kind is Refusal.BUSY:
                self._gate.slow_down(relay, str(error))
        else:
            return False
        if not self._fleet.in_use(relay):
            self._retire(relay)
        return down

    def _without_pipelining(self, lane: Lane) -> None:
        log.warning("relay is used without pipelining from now on", relay=lane.relay)
        lane.talk.odd = ""
        self._relays.use_sequentially(lane.relay)
        self._retire(lane.relay)

    def _retire(self, relay: str) -> None:
        for lane in self._fleet.retire(relay):
            self._part_with(lane)

    def _part_with(self, lane: Lane) -> None:
        """Say goodbye where no mail is under way, else hang up: what is said in a message is no goodbye."""
        self._tell(lane, lane.lose("closed") if lane.talk.busy else lane.expire())

    def _assign(self) -> None:
        """Give connections the mails that wait; open as many as there are mails in hand."""
        if not self._waiting:
            return
        # In this order: a connection may turn out to be lost only when it is given a mail.
        self._give_out()
        self._fleet.open_for(len(self._of_ticket) + len(self._waiting))
        if self._waiting and self._fleet.hopeless:
            self._give_back(self._fleet.down_reason())
        elif min(self._closed.get(server.name, 0) for server in self._servers) > LONGEST_GATE_SECONDS:
            self._give_back(f"the limit set for {', '.join(self._closed)} is reached")

    def _give_back(self, reason: str) -> None:
        """No mail can leave: neither those that wait nor any other."""
        down = TransportDown(reason)
        self._happened += [Failed(one.ticket, down) for one in self._waiting]
        self._waiting.clear()

    def _give_out(self) -> None:
        """Give waiting mails to connections, idle ones first, as far as the relays' limits allow."""
        while self._waiting:
            lanes = self._fleet.lanes
            with_room = [one for one in lanes if one.room > 0 and one.relay not in self._closed]
            with_room.sort(key=_load)
            if not with_room:
                return
            for lane in with_room:
                if not lane.talk.busy:
                    # It may have been closed, or said goodbye to, while it stood idle.
                    self._tell(lane, lane.expire() if lane.overdue() else lane.read())
                self._give_next(lane)

    def _give_next(self, lane: Lane) -> None:
        """The mail that has waited longest, when the connection has room and its relay's limits allow."""
        if self._waiting and lane.room > 0 and self._admitted(lane.relay):
            self._give(lane, self._waiting.popleft())

    def _admitted(self, relay: str) -> bool:
        """Whether its limits let a mail through; one that says no is not asked again in this turn."""
        if relay not in self._closed:
            seconds = self._gate.admit(relay)
            if seconds is None:
                return True
            self._closed[relay] = seconds
        return False

    def _give(self, lane: Lane, one: Waiting) -> None:
        try:
            parcel = parcel_of(one.ticket, one.mail, one.sender, one.recipient, lane.offered, one.attempts)
        except PermanentRefusal as refusal:
            self._gate.ended(lane.relay, unused=True)
            self._happened.append(Failed(one.ticket, refusal))
            return
        self._of_ticket[one.ticket] = lane
        lane.mails[one.ticket] = one
        self._tell(lane, lane.offer(parcel))


def _load(lane: Lane) -> int:
    return len(lane.mails)
