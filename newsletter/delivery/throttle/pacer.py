"""When a mail may leave, as one worker process knows it: no database inside, a lookup where no limit is."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from newsletter.delivery.throttle.book import WARM_UP, Book, domain_key, relay_key
from newsletter.delivery.throttle.exchange import Answer, Wishes
from newsletter.delivery.throttle.hold import NO_HOLD
from newsletter.delivery.throttle.lane import Lane

# So often a worker looks who is on hold, though nothing else made it ask.
_LOOK = timedelta(seconds=2)
_JUMP = timedelta(seconds=2)
# Who has to pass what is remembered for so many domains.
_WAYS = 65_536


class Pacer:
    """Admits mails under all limits; see the package's description for how it is used. For one thread.

    `worker` (up to 64 letters) names this process among all others, on all machines. `now` is always the
    time of day. A domain is written as in an address key (ASCII, small letters), a relay as `host:port`.
    """

    def __init__(self, book: Book, worker: str, now: datetime) -> None:
        self._book, self._worker = book, worker
        self._lanes: dict[str, Lane] = {}
        self._ways: dict[tuple[str, str], tuple[Lane, ...]] = {}
        self._asking: set[str] = set()
        self._seen = self._look_at = now

    @property
    def lanes(self) -> int:
        """How many limits are kept in mind."""
        return len(self._lanes)

    def admit(self, domain: str, now: datetime, relay: str = "", urgent: bool = False) -> datetime | None:
        """None: the mail may leave, and is under way until `settle`. Else when to ask again.

        `now` itself means after the next exchange. With `relay` empty the relay's limits are not asked;
        with `domain` empty only they are. An `urgent` mail (somebody waits for it) counts for the
        warm-up, but is not held back by it.
        """
        lanes = self._ways.get((domain, relay))
        if lanes is None:
            lanes = self._way(domain, relay, now)
        if not lanes:
            return None
        at, slowest = self._slowest(lanes, now, urgent)
        if slowest is None:
            for lane in lanes:
                if urgent and lane.key == WARM_UP:
                    lane.enter_unasked()
                    self._asking.add(lane.key)
                else:
                    lane.enter(now)
            return None
        if at > now:
            return slowest.place(at, now)
        for lane in lanes:
            lane.want(now)
            self._asking.add(lane.key)
        return now

    def turn(self, domain: str, now: datetime, relay: str = "") -> datetime:
        """When a mail that would wait long may expect its turn: what to put it back for."""
        at, slowest = self._slowest(self._way(domain, relay, now), now, urgent=False)
        if slowest is None:
            return now
        self._asking.add(slowest.key)
        return slowest.turn(at)

    def settle(
        self, domain: str, now: datetime, relay: str = "", taken: bool = False, unused: bool = False
    ) -> None:
        """An admitted mail is no longer under way: `taken` by the server, or `unused`, as it never left.

        Once a mail, with the domain and relay it was admitted with.
        """
        lanes = self._ways.get((domain, relay))
        for lane in self._way(domain, relay, now) if lanes is None else lanes:
            lane.leave()
            if taken and lane.hold.strikes and lane.worked(now):
                self._asking.add(lane.key)
            if unused:
                lane.stock.return_one(now)

    def slow_down(self, now: datetime, reason: str, domain: str = "", relay: str = "") -> None:
        """A server asked us to slow down: hold mail to this domain, or through this relay."""
        for key in self._keys(domain, relay):
            self._open(key, now).slow_down(now, reason)
            self._asking.add(key)

    def connect(self, relay: str, now: datetime) -> bool:
        """Whether another connection to a relay may be opened; it counts until `disconnect`."""
        lane = self._lane(relay_key(relay), now)
        if lane is None or not lane.limit.connections:
            return True
        if lane.seats.ready_at(now) is None:
            lane.seats.sit()
            return True
        lane.seats.want()
        self._asking.add(lane.key)
        return False

    def disconnect(self, relay: str) -> None:
        """A connection to a relay was closed."""
        if lane := self._lanes.get(relay_key(relay)):
            lane.seats.rise()

    def due(self, now: datetime) -> bool:
        """Whether the shared table should be asked now."""
        return bool(self._asking) or now >= self._look_at or now < self._seen - _JUMP

    def wishes(self, now: datetime, leaving: bool = False) -> Wishes:
        """What to give to `exchange`; its answer is to be received before anything else is asked of us.

        When `leaving`, all permits and shares that are not in use are given back.
        """
        if now < self._seen - _JUMP:
            for lane in self._lanes.values():
                lane.forget_times(now)
            self._look_at = now
        self._seen = now
        self._warm_up(now)
        look_around = leaving or now >= self._look_at
        keys = self._lanes if look_around else self._asking
        wished = ((key, self._lanes[key].wish(now, leaving)) for key in keys)
        return Wishes(self._worker, {key: wish for key, wish in wished if wish}, look_around)

    def receive(self, answer: Answer, now: datetime) -> None:
        """Take over an answer, once its transaction is committed."""
        for key, grant in answer.grants.items():
            self._lanes[key].receive(grant, now)
        self._asking.clear()
        if answer.holds is None:
            return
        self._look_at = now + _LOOK
        for key, hold in answer.holds.items():
            self._open(key, now).hear(hold)
        for key, lane in self._lanes.items():
            if key not in answer.holds:
                lane.hear(NO_HOLD)
        if idle := [key for key, lane in self._lanes.items() if lane.idle(now)]:
            for key in idle:
                del self._lanes[key]
            self._ways.clear()

    def _slowest(self, lanes: tuple[Lane, ...], now: datetime, urgent: bool) -> tuple[datetime, Lane | None]:
        """The lane a mail would wait for longest, and until when; None when all are free."""
        at, slowest = now, None
        for lane in lanes:
            if urgent and lane.key == WARM_UP:
                continue
            ready_at = lane.ready_at(now)
            if ready_at is not None and (slowest is None or ready_at > at):
                at, slowest = ready_at, lane
        return at, slowest

    def _way(self, domain: str, relay: str, now: datetime) -> tuple[Lane, ...]:
        """The lanes a mail has to pass; none when nothing limits it."""
        lanes = tuple(lane for key in self._keys(domain, relay) if (lane := self._lane(key, now)))
        if len(self._ways) >= _WAYS:
            self._ways.clear()
        self._ways[domain, relay] = lanes
        return lanes

    def _keys(self, domain: str, relay: str) -> Iterator[str]:
        if domain:
            yield domain_key(domain)
        if relay:
            yield relay_key(relay)
        if domain and self._book.warm_up:
            yield WARM_UP

    def _lane(self, key: str, now: datetime) -> Lane | None:
        """The lane of a key; None when nothing limits it."""
        if lane := self._lanes.get(key):
            return lane
        return self._open(key, now) if self._book.limit_of(key, now) else None

    def _open(self, key: str, now: datetime) -> Lane:
        if key not in self._lanes:
            limit = self._book.limit_of(key, now)
            self._lanes[key] = Lane(key, limit, now, for_mails=not key.startswith("relay:"))
            self._ways.clear()
        return self._lanes[key]

    def _warm_up(self, now: datetime) -> None:
        """The plan says something else each day, and from some day on something at all."""
        if self._book.warm_up is None:
            return
        limit = self._book.warm_up.limit(now)
        if limit or WARM_UP in self._lanes:
            self._open(WARM_UP, now).limit_by(limit)
