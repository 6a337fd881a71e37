"""Mail handed to SMTP servers over several connections at once, none of them ever waited for alone."""

import selectors
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from typing import NamedTuple

import structlog

from newsletter.mail.mailbox import Mailbox, read_mailbox
from newsletter.mail.outgoing import HandOverError, OutgoingMail, PermanentRefusal, TransportDown
from newsletter.mail.replies import Scope
from newsletter.mail.transport.happenings import Failed, Happening, Ready, Taken
from newsletter.mail.transport.lane import Lane
from newsletter.mail.transport.opener import Attempt, Opener, try_to_open
from newsletter.mail.transport.patience import Patience
from newsletter.mail.transport.relays import Relays
from newsletter.mail.transport.server import SmtpServer
from newsletter.mail.transport.turn import Returned
from newsletter.mail.transport.wire import parcel_of

log = structlog.get_logger()

# A commit costs as much for many answers as for one: nobody is waiting so urgently.
GATHER_SECONDS = 0.005


class _Waiting(NamedTuple):
    """A mail that no connection has yet."""

    ticket: int
    mail: OutgoingMail
    sender: Mailbox
    recipient: Mailbox
    attempts: int = 0


class SmtpTransport:
    """Sends through one relay or several, over up to so many connections to each as its address says.

    Connections are opened when needed, kept while they are of use, and replaced without a word when
    they die between mails. `clock` gives monotonic seconds: when to try a relay again.
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
        self._opener = Opener(self._patience.command_seconds)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._opener, selectors.EVENT_READ, None)
        self._lanes: list[Lane] = []
        self._of_ticket: dict[int, Lane] = {}
        self._waiting: deque[_Waiting] = deque()
        self._happened: list[Happening] = []
        self._opening: dict[str, int] = {server.name: 0 for server in self._servers}
        self._most = sum(server.connections for server in self._servers)

    @property
    def room(self) -> int:
        """How many mails may be offered now: two a connection, there or still to be opened."""
        return 2 * self._most - len(self._of_ticket) - len(self._waiting)

    def open(self) -> None:
        """Make sure that mail can leave: each relay is tried once. Raises `TransportDown`."""
        now = self._clock()
        for _server in self._servers:
            server = None if self._lanes or self._opener.under_way else self._relays.choose(now)
            if server is None:
                break
            self._opening[server.name] += 1
            self._opened(try_to_open(server, self._patience.command_seconds))
        if not self._lanes and not self._opener.under_way:
            raise TransportDown(self._relays.down_reason(now))

    def offer(self, ticket: int, mail: OutgoingMail) -> None:
        """A mail to hand over; `wait` tells what becomes of it."""
        try:
            sender, recipient = read_mailbox(mail.envelope_from), read_mailbox(mail.envelope_to)
        except ValueError:
            self._happened.append(Failed(ticket, PermanentRefusal("the envelope's address is none")))
            return
        self._waiting.append(_Waiting(ticket, mail, sender, recipient))

    def go(self, ticket: int) -> None:
        """The mark is stored: a mail that is ready leaves."""
        self._assign()
        lane = self._of_ticket.get(ticket)
        if lane:
            self._tell(lane, lane.go(ticket))

    def drop(self, ticket: int) -> None:
        """A mail that is ready does not leave after all, and nothing more is told of it."""
        lane = self._of_ticket.pop(ticket, None)
        if lane:
            lane.mails.pop(ticket)
            self._tell(lane, lane.drop(ticket))

    def wait(self, seconds: float) -> list[Happening]:
        """What happened, waiting for something up to `seconds`."""
        self._assign()
        self._look(0.0 if self._happened else self._until(seconds))
        if self._happened:
            self._gather()
        self._expire()
        self._assign()
        happened, self._happened = self._happened, []
        return happened

    def _gather(self) -> None:
        """Let answers that are about to come share the ledger's next commit with the first."""
        ends = time.monotonic() + GATHER_SECONDS
        while (left := ends - time.monotonic()) > 0 and any(lane.owed for lane in self._lanes):
            self._look(left)

    def _look(self, seconds: float) -> None:
        for key, ready in self._selector.select(seconds):
            self._serve(key, ready)

    def close(self) -> None:
        """Say goodbye on every connection; what was offered and has not ended is forgotten."""
        self._waiting.clear()
        ends = time.monotonic() + self._patience.goodbye_seconds
        while (self._lanes or self._opener.under_way) and time.monotonic() < ends:
            for lane in [lane for lane in self._lanes if not lane.talk.over]:
                lane.talk.leave()
                self._tell(lane, lane.flush())
            for key, ready in self._selector.select(max(0.0, ends - time.monotonic())):
                self._serve(key, ready)
        for lane in list(self._lanes):
            self._tell(lane, lane.lose("closed"))
        self._happened.clear()

    def _serve(self, key: selectors.SelectorKey, ready: int) -> None:
        lane = key.data
        if lane is None:
            for attempt in self._opener.ended():
                self._opened(attempt)
            return
        if ready & selectors.EVENT_WRITE:
            self._tell(lane, lane.flush())
        if ready & selectors.EVENT_READ and lane in self._lanes:
            self._tell(lane, lane.read())

    def _tell(self, lane: Lane, heard: Iterable[Happening | Returned]) -> None:
        """Take note of what a lane says, and of the state it is in afterwards."""
        for happening in heard:
            if isinstance(happening, Ready):
                self._happened.append(happening)
                continue
            of = lane.mails.pop(happening.ticket, None)
            if of is None:
                continue  # it was taken back
            del self._of_ticket[happening.ticket]
            if isinstance(happening, Returned) or self._concerns_relay(lane.server.name, happening):
                self._waiting.appendleft(of._replace(attempts=of.attempts + 1))
            else:
                self._happened.append(happening)
        self._mind(lane)

    def _concerns_relay(self, name: str, happening: Taken | Failed) -> bool:
        """Note what a mail's end says about its relay; whether another connection is to be tried."""
        if isinstance(happening, Taken):
            self._relays.worked(name)
            return False
        error = happening.error
        if isinstance(error, TransportDown):
            self._relays.failed(name, str(error), self._clock())
            return True
        verdict = error.verdict if isinstance(error, HandOverError) else None
        if verdict and verdict.scope is Scope.RELAY:
            self._relays.refused(name, str(error), self._clock())
        return False

    def _mind(self, lane: Lane) -> None:
        """Put away a lane that is done; watch for room to write in one that has more to say."""
        talk = lane.talk
        if talk.odd:
            log.warning("relay is used without pipelining from now on", relay=lane.server.name)
            self._relays.use_sequentially(lane.server.name)
            talk.odd = ""
        if talk.over and talk.awaits is None and not lane.writing:
            self._remove(lane)
        elif lane.worn and not talk.over:
            self._tell(lane, lane.expire())
        elif lane.writing != lane.watched_for_room:
            lane.watched_for_room = lane.writing
            events = selectors.EVENT_READ | (selectors.EVENT_WRITE if lane.writing else 0)
            self._selector.modify(lane.socket, events, lane)

    def _assign(self) -> None:
        """Give waiting mails to connections, idle ones first; open as many as there are mails in hand."""
        if not self._waiting:
            return
        self._open_more()
        while self._waiting and (
            with_room := sorted((one for one in self._lanes if one.room > 0), key=_load)
        ):
            for lane in with_room:
                if not lane.talk.busy and lane.overdue():
                    self._tell(lane, lane.expire())
                elif self._waiting:
                    self._give(lane, self._waiting.popleft())
        if self._waiting and not self._lanes and not self._opener.under_way:
            self._nobody_there()

    def _give(self, lane: Lane, one: _Waiting) -> None:
        try:
            parcel = parcel_of(one.ticket, one.mail, one.sender, one.recipient, lane.offered, one.attempts)
        except PermanentRefusal as refusal:
            self._happened.append(Failed(one.ticket, refusal))
            return
        self._of_ticket[one.ticket] = lane
        lane.mails[one.ticket] = one
        self._tell(lane, lane.offer(parcel))

    def _open_more(self) -> None:
        wanted = min(self._most, len(self._of_ticket) + len(self._waiting))
        while len(self._lanes) + self._opener.under_way < wanted:
            server = self._relays.choose(self._clock(), self._with_room())
            if server is None:
                return
            self._opening[server.name] += 1
            self._opener.open(server)

    def _with_room(self) -> set[str]:
        """The relays that more connections may be opened to."""
        open_to = Counter(lane.server.name for lane in self._lanes) + Counter(self._opening)
        return {server.name for server in self._servers if open_to[server.name] < server.connections}

    def _opened(self, attempt: Attempt) -> None:
        name = attempt.server.name
        self._opening[name] -= 1
        if attempt.opened is None:
            log.warning("relay cannot be used", relay=name, reason=attempt.reason)
            self._relays.failed(name, attempt.reason, self._clock())
            return
        pipelining = attempt.server.pipelining and not self._relays.sequential(name)
        lane = Lane(attempt.opened, attempt.server, pipelining, self._patience)
        self._lanes.append(lane)
        self._selector.register(lane.socket, selectors.EVENT_READ, lane)

    def _nobody_there(self) -> None:
        """Give back every mail that waits: no relay can be used."""
        reason = self._relays.down_reason(self._clock())
        self._happened += [Failed(one.ticket, TransportDown(reason)) for one in self._waiting]
        self._waiting.clear()

    def _remove(self, lane: Lane) -> None:
        self._lanes.remove(lane)
        self._selector.unregister(lane.socket)
        lane.socket.close()

    def _expire(self) -> None:
        for lane in [lane for lane in self._lanes if lane.overdue()]:
            self._tell(lane, lane.expire())

    def _until(self, seconds: float) -> float:
        """So long, or until the first connection's patience ends."""
        due = (due_at for lane in self._lanes if (due_at := lane.due_at()) is not None)
        first = min(due, default=None)
        return seconds if first is None else max(0.0, min(seconds, first - self._patience.clock()))


def _load(lane: Lane) -> int:
    return len(lane.mails)
