"""How many mails to one domain may be under way at once, learnt from how quickly it answers.

A domain whose server sits on every mail would soon hold all connections, and everybody else's mail
would wait with it. So a domain begins with a share of them, and earns one more with each quick answer,
as Postfix does (https://www.postfix.org/SCHEDULER_README.html, concurrency feedback). This is one
process's own view; limits that all workers share are the throttle's.
"""

from collections import OrderedDict, defaultdict, deque
from collections.abc import Iterator

from newsletter.delivery.hand import InHand
from newsletter.providers import provider_of

# Seconds: what an ordinary server needs for a mail, and half a dozen others in line before it.
QUICK = 1.0
# So many stay in hand behind others of their domain before it is asked which domains are slow.
CROWD = 150
_DOMAINS = 10_000


class SlowStart:
    """Windows of domains, and who stands behind the mails in them. Moments are monotonic seconds.

    A window begins at `first` mails, and never closes below one. All names of a provider share one.
    """

    def __init__(self, first: int) -> None:
        self._first = max(1, first)
        self._windows: OrderedDict[str, int] = OrderedDict()
        # By provider, then by number: when it came under way, the oldest first.
        self._under_way: defaultdict[str, dict[int, float]] = defaultdict(dict)
        self._behind: defaultdict[str, deque[InHand]] = defaultdict(deque)

    def __iter__(self) -> Iterator[InHand]:
        """Who stands behind."""
        return (one for queue in self._behind.values() for one in queue)

    def __len__(self) -> int:
        return sum(map(len, self._behind.values()))

    def admits(self, one: InHand) -> bool:
        """Whether one more mail to its domain may be under way; else it stands behind the others."""
        provider = provider_of(one.domain)
        if len(self._under_way[provider]) < self._window(provider):
            return True
        self._behind[provider].append(one)
        return False

    def enter(self, one: InHand, at: float) -> None:
        """A mail is under way, until `leave`."""
        self._under_way[provider_of(one.domain)][one.number] = at

    def leave(self, one: InHand, at: float, taken: bool) -> None:
        """It is under way no more: `taken` by the server, or not."""
        provider = provider_of(one.domain)
        entered_at = self._under_way[provider].pop(one.number, at)
        if at - entered_at > QUICK:
            self._windows.pop(provider, None)
        elif taken:
            self._windows[provider] = self._window(provider) + 1
            if len(self._windows) > _DOMAINS:
                self._windows.popitem(last=False)

    def next_behind(self, one: InHand) -> list[InHand]:
        """Who may ask again now that this mail, of the same domain, is not in the way; no longer behind."""
        provider = provider_of(one.domain)
        room = self._window(provider) - len(self._under_way[provider])
        if not self._under_way[provider]:
            del self._under_way[provider]
        return self._taken_out(provider, room)

    def slow(self, at: float) -> list[InHand]:
        """Who stands behind mails that have been under way for long; no longer behind."""
        slow = [name for name in self._behind if at - min(self._under_way[name].values(), default=at) > QUICK]
        return [one for name in slow for one in self._taken_out(name, len(self._behind[name]))]

    def clear(self) -> None:
        """Nobody stands behind any more."""
        self._behind.clear()

    def _window(self, provider: str) -> int:
        return self._windows.get(provider, self._first)

    def _taken_out(self, provider: str, most: int) -> list[InHand]:
        if provider not in self._behind:
            return []
        queue = self._behind[provider]
        found = [queue.popleft() for _ in range(min(max(most, 0), len(queue)))]
        if not queue:
            del self._behind[provider]
        return found
