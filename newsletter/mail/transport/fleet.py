"""The connections to all relays: opened when mails wait for them, watched, and put away when they end."""

import selectors
import time
from collections import Counter
from collections.abc import Callable, Sequence

import structlog

from newsletter.mail.outgoing import TransportDown
from newsletter.mail.transport.lane import Lane
from newsletter.mail.transport.opener import Attempt, Opener, try_to_open
from newsletter.mail.transport.patience import Patience
from newsletter.mail.transport.relays import FIRST_WAIT, Relays
from newsletter.mail.transport.server import SmtpServer

log = structlog.get_logger()

# A lane, and whether it has room for bytes or bytes for us.
Stirred = tuple[Lane, int]


class Fleet:
    """Connections to relays, of which `relays` knows how they do. It holds descriptors until `close`.

    A relay gets connections in proportion to its weight: as many as its address allows where that
    leaves the others their share, at least one.
    """

    def __init__(
        self, servers: Sequence[SmtpServer], relays: Relays, patience: Patience, clock: Callable[[], float]
    ) -> None:
        self._servers, self._relays, self._patience, self._clock = servers, relays, patience, clock
        self.lanes: list[Lane] = []
        self._opener = Opener(patience.command_seconds)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._opener, selectors.EVENT_READ, None)
        self._opening: Counter[str] = Counter()
        self._crowded_until: dict[str, float] = {}
        self._most = sum(server.connections for server in servers)

    @property
    def hopeless(self) -> bool:
        """Whether no mail can leave, nor will soon: no connection is to be had from any relay."""
        usable = any(not (lane.retired or lane.talk.over) for lane in self.lanes)
        return not usable and not self._opener.under_way and bool(self.down_reason())

    def down_reason(self) -> str:
        """Why no mail can leave at all, relay by relay; empty while one may be used."""
        return self._relays.down_reason(self._clock())

    def connect(self) -> None:
        """Have a connection, or one on its way: each relay is tried once. Raises `TransportDown`."""
        now = self._clock()
        for _server in self._servers:
            server = None if self.lanes or self._opener.under_way else self._relays.choose(now)
            if server is None:
                break
            self._opening[server.name] += 1
            self._arrived(try_to_open(server, self._patience.command_seconds))
        if not self.lanes and not self._opener.under_way:
            raise TransportDown(self._relays.down_reason(now))

    def open_for(self, mails: int) -> None:
        """Begin to open as many connections as there are mails in hand, within the relays' limits."""
        wanted = min(self._most, mails)
        while len(self.lanes) + self._opener.under_way < wanted:
            server = self._relays.choose(self._clock(), self._with_room())
            if server is None:
                return
            self._opener.open(server)
            self._opening[server.name] += 1

    def look(self, seconds: float) -> list[Stirred]:
        """The connections where something stirs, waiting for it up to `seconds`."""
        stirred: list[Stirred] = []
        for key, ready in self._selector.select(seconds):
            if key.data is None:
                for attempt in self._opener.ended():
                    self._arrived(attempt)
            else:
                stirred.append((key.data, ready))
        return stirred

    def seconds_left(self, seconds: float) -> float:
        """So long, or until the first connection's patience ends."""
        due = [due_at for lane in self.lanes if (due_at := lane.due_at()) is not None]
        return max(0.0, min(seconds, min(due) - self._patience.clock())) if due else seconds

    def mind(self, lane: Lane) -> None:
        """Put away a lane that has ended; watch for room to write in one that has more to say."""
        if lane.talk.ended and not lane.writing:
            lane.put_away = True
            self.lanes.remove(lane)
            self._selector.unregister(lane.socket)
            lane.socket.close()
        elif lane.writing != lane.watched_for_room:
            lane.watched_for_room = lane.writing
            events = selectors.EVENT_READ | (selectors.EVENT_WRITE if lane.writing else 0)
            self._selector.modify(lane.socket, events, lane)

    def retire(self, relay: str) -> list[Lane]:
        """Give no more mails to the connections of this relay; those that are idle, to take their leave."""
        of_relay = [lane for lane in self.lanes if lane.relay == relay]
        for lane in of_relay:
            lane.retired = True
        return [lane for lane in of_relay if not lane.talk.busy and not lane.talk.over]

    def in_use(self, relay: str) -> bool:
        """Whether this relay is one of those that carry the mail now."""
        # A choice of one costs it no credit.
        return self._relays.choose(self._clock(), {relay}) is not None

    def await_goodbyes(self, part: Callable[[Lane], None], serve: Callable[[Stirred], None]) -> None:
        """`part` with every lane, those still being opened as well, and wait a moment for their farewells."""
        ends = time.monotonic() + self._patience.goodbye_seconds
        while True:
            for lane in [lane for lane in self.lanes if not lane.talk.over]:
                part(lane)
            left = ends - time.monotonic()
            if left <= 0 or not (self.lanes or self._opener.under_way):
                return
            for one in self.look(left):
                serve(one)

    def close(self) -> None:
        """Let go of all descriptors. It cannot be used again."""
        for lane in self.lanes:
            lane.socket.close()
        self.lanes.clear()
        self._opener.close()
        self._selector.close()

    def _arrived(self, attempt: Attempt) -> None:
        name = attempt.server.name
        self._opening[name] -= 1
        if attempt.opened is None:
            self._refused(name, attempt.reason)
            return
        pipelining = attempt.server.pipelining and not self._relays.sequential(name)
        lane = Lane(attempt.opened, attempt.server, pipelining, self._patience)
        self.lanes.append(lane)
        self._selector.register(lane.socket, selectors.EVENT_READ, lane)

    def _refused(self, name: str, reason: str) -> None:
        if any(lane.relay == name and not lane.talk.over for lane in self.lanes):
            # It serves us, only not over more connections: that is no failure, and no reason to insist.
            log.info("relay takes no more connections", relay=name, reason=reason)
            self._crowded_until[name] = self._clock() + FIRST_WAIT
            return
        log.warning("relay cannot be used", relay=name, reason=reason)
        self._relays.failed(name, reason, self._clock())

    def _with_room(self) -> set[str]:
        """The relays that more connections may be opened to."""
        open_to = Counter(lane.relay for lane in self.lanes) + self._opening
        shares, now = self._shares(), self._clock()
        return {
            name
            for name, most in shares.items()
            if open_to[name] < most
            and not (open_to[name] and self._crowded_until.get(name, float("-inf")) > now)
        }

    def _shares(self) -> dict[str, int]:
        """How many connections each relay in use may have."""
        in_use = [server for server in self._servers if self.in_use(server.name)]
        if len(in_use) == 1:
            return {in_use[0].name: in_use[0].connections}
        a_weight = min((server.connections / (server.weight or 1) for server in in_use), default=0.0)
        return {server.name: max(1, int(a_weight * (server.weight or 1) + 1e-9)) for server in in_use}
