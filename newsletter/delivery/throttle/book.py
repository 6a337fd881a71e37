"""Every limit of an installation, by the key it has in the database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from newsletter.limits import UNLIMITED, Limit
from newsletter.providers import DomainLimits, provider_of
from newsletter.warmup import WarmUp

WARM_UP = "warm-up"
_DOMAIN, _RELAY = "domain:", "relay:"


@dataclass(frozen=True, slots=True)
class Book:
    """The limits there are: for recipients' domains, for relays by their name (`host:port`), warm-up."""

    domains: DomainLimits = field(default_factory=DomainLimits)
    relays: Mapping[str, Limit] = field(default_factory=dict)
    warm_up: WarmUp | None = None

    def limit_of(self, key: str, now: datetime) -> Limit:
        """What holds under a key at `now`; nothing for a key that is unknown."""
        kind, _colon, name = key.partition(":")
        match kind:
            case "domain":
                return self.domains.of(name)
            case "relay":
                return self.relays.get(name, UNLIMITED)
            case "warm-up" if self.warm_up:
                return self.warm_up.limit(now)
        return UNLIMITED


def domain_key(domain: str) -> str:
    """The key of a recipient's domain (ASCII, small letters): one for all names of a provider."""
    return _DOMAIN + provider_of(domain)


def relay_key(relay: str) -> str:
    """The key of a relay, by its name `host:port`."""
    return _RELAY + relay
