"""The limits of relays, asked where the relay is chosen: inside the transport."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from newsletter.delivery.throttle import Pacer


@dataclass(frozen=True, slots=True)
class RelayGate:
    """A pacer as a transport asks it (`mail.transport.gate.Gate`)."""

    pacer: Pacer
    now_of: Callable[[], datetime]

    def admit(self, relay: str) -> float | None:
        now = self.now_of()
        at = self.pacer.admit("", now, relay)
        return None if at is None else (at - now).total_seconds()

    def ended(self, relay: str, *, taken: bool = False, unused: bool = False) -> None:
        self.pacer.settle("", self.now_of(), relay, taken=taken, unused=unused)

    def slow_down(self, relay: str, said: str) -> None:
        self.pacer.slow_down(self.now_of(), said, relay=relay)
