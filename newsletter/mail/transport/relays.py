"""Which relay the next connection goes to: shares by weight, and away from those that are down.

Values only: no socket and no clock; every moment is given in seconds of one monotonic clock.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from newsletter.mail.transport.server import SmtpServer

FIRST_WAIT = 15.0
LONGEST_WAIT = 300.0
# One mail may meet a relay's refusal by a quirk of its own; so many in a row are the relay's matter.
MOST_REFUSALS = 3


@dataclass(slots=True)
class _Standing:
    """How a relay is doing. `credit` is what it has saved up towards being chosen."""

    credit: float = 0.0
    failures: int = 0
    refusals: int = 0
    down_until: float = float("-inf")
    reason: str = ""
    sequential: bool = False


class Relays:
    """One or more SMTP servers, and how they have been doing. For one thread.

    Among those that are up connections are shared by smooth weighted round robin: over any run of as
    many choices as the weights add up to, each relay is chosen as often as its weight says, evenly
    spread. Spare relays (weight 0) are chosen only while all others are down.
    """

    def __init__(self, servers: Sequence[SmtpServer]) -> None:
        if not servers:
            raise ValueError("at least one mail server is needed")
        self._servers = tuple(servers)
        self._standings = {server.name: _Standing() for server in servers}

    def choose(self, now: float, with_room: Collection[str] | None = None) -> SmtpServer | None:
        """The relay for the next connection; None when none may be used.

        `with_room` names those that may be given another connection, all when None. A spare one is not
        chosen merely because the others have no room.
        """
        able = [server for server in self._in_turn(now) if with_room is None or server.name in with_room]
        if not able:
            return None
        for server in able:
            self._standings[server.name].credit += server.weight or 1
        best = max(able, key=lambda server: self._standings[server.name].credit)
        self._standings[best.name].credit -= sum(server.weight or 1 for server in able)
        return best

    def failed(self, name: str, reason: str, now: float) -> None:
        """No connection could be had, or no login: leave it alone for 15 seconds, doubling up to 5 minutes.

        Connections that fail together count once.
        """
        standing = self._standings[name]
        standing.reason = reason
        if standing.down_until > now:
            return
        wait = min(FIRST_WAIT * 2 ** min(standing.failures, 10), LONGEST_WAIT)
        standing.failures += 1
        standing.refusals = 0
        standing.credit = 0.0
        standing.down_until = now + wait

    def refused(self, name: str, reason: str, now: float) -> None:
        """A mail was refused for a reason that all of this relay's mail would meet (`Scope.RELAY`).

        Three in a row, without a mail taken between them, count as a failure.
        """
        standing = self._standings[name]
        standing.refusals += 1
        if standing.refusals >= MOST_REFUSALS:
            self.failed(name, reason, now)

    def worked(self, name: str) -> None:
        """It took a mail: whatever was held against it is forgotten."""
        standing = self._standings[name]
        standing.failures = standing.refusals = 0
        standing.down_until, standing.reason = float("-inf"), ""

    def down_reason(self, now: float) -> str:
        """Why no mail can leave at all, relay by relay; empty while one may be used."""
        if any(standing.down_until <= now for standing in self._standings.values()):
            return ""
        reasons = [(server.name, self._standings[server.name].reason) for server in self._servers]
        if len(reasons) == 1:
            return reasons[0][1]
        return "; ".join(f"{name}: {reason}" for name, reason in reasons)

    def up_again_in(self, now: float) -> float:
        """Seconds until a relay may be tried again; 0 while one may be used."""
        return max(0.0, min(standing.down_until for standing in self._standings.values()) - now)

    def use_sequentially(self, name: str) -> None:
        """It answered a group of commands oddly: never pipeline with it again."""
        self._standings[name].sequential = True

    def sequential(self, name: str) -> bool:
        """Whether it must be spoken to one command at a time."""
        return self._standings[name].sequential

    def _in_turn(self, now: float) -> list[SmtpServer]:
        """Those that carry the mail now: the main relays that are up, else the spare ones that are."""
        up = [server for server in self._servers if self._standings[server.name].down_until <= now]
        return [server for server in up if server.weight] or up
