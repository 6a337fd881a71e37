"""Who really takes the mail of a domain, and how much each provider is sent when nobody says otherwise.

The figures are careful rather than fast: providers publish none, and what they take depends on the
sender's reputation. At them 20,000 readers of one provider have their issue within 20 minutes or so.
Other domains have no figure: few readers share one, and a relay queues for itself. A domain that asks
us to slow down is slowed whatever stands here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from newsletter.limits import UNLIMITED, Limit, read_limit

# One provider under many names: they share a limit, named after the first.
_FAMILIES = (
    ("gmail.com", "googlemail.com"),
    ("outlook.com", "hotmail.com", "live.com", "msn.com", "passport.com", "windowslive.com"),
    ("yahoo.com", "ymail.com", "rocketmail.com", "aol.com", "aim.com", "myyahoo.com"),
    ("icloud.com", "me.com", "mac.com"),
    (
        "gmx.net",
        "gmx.de",
        "gmx.at",
        "gmx.ch",
        "gmx.com",
        "gmx.fr",
        "gmx.us",
        "gmx.co.uk",
        "web.de",
        "mail.com",
    ),
    ("mail.ru", "inbox.ru", "list.ru", "bk.ru", "internet.ru", "vk.com"),
    ("yandex.ru", "yandex.com", "ya.ru", "yandex.by", "yandex.kz", "yandex.ua", "narod.ru"),
)
_FIRST_OF = {name: names[0] for names in _FAMILIES for name in names}
# Yahoo and Microsoft have a name for every country: yahoo.de, yahoo.co.uk, hotmail.com.br.
_BY_COUNTRY = re.compile(r"(yahoo|outlook|hotmail|live|aol)\.(?:[a-z]{2,3}|com?\.[a-z]{2})")
_COUNTRY_FIRST = {"yahoo": "yahoo.com", "aol": "yahoo.com"}

_DEFAULTS = {
    "gmail.com": Limit(per_second=40, connections=20),
    "outlook.com": Limit(per_second=20, connections=10),
    "yahoo.com": Limit(per_second=20, connections=10),
    "icloud.com": Limit(per_second=10, connections=6),
    "gmx.net": Limit(per_second=20, connections=10),
    "mail.ru": Limit(per_second=10, connections=6),
    "yandex.ru": Limit(per_second=10, connections=6),
}
_ALL_OTHERS = "*"


@lru_cache(maxsize=65_536)
def provider_of(domain: str) -> str:
    """The name under which a domain's provider is known, the domain itself when it is on its own.

    `domain` as in an address key: ASCII, small letters.
    """
    if domain in _FIRST_OF:
        return _FIRST_OF[domain]
    by_country = _BY_COUNTRY.fullmatch(domain)
    return _COUNTRY_FIRST.get(by_country[1], "outlook.com") if by_country else domain


@dataclass(frozen=True, slots=True)
class DomainLimits:
    """How much each provider may be sent; `others` holds for every domain that is not named."""

    named: Mapping[str, Limit] = field(default_factory=lambda: dict(_DEFAULTS))
    others: Limit = UNLIMITED

    def of(self, provider: str) -> Limit:
        """The limit of a provider, as `provider_of` names it."""
        return self.named.get(provider, self.others)


def read_domain_limits(text: str) -> DomainLimits:
    """The defaults with `gmail.com=20/s 8, *=50/s, intern.example.org=off` laid over them.

    Any of a provider's names stands for all of them; `off` alone lifts every limit, the built-in ones
    too. Raises `ValueError` with a sentence for whoever wrote it.
    """
    if text.strip() == "off":
        return DomainLimits({})
    named, others, seen = dict(_DEFAULTS), UNLIMITED, set()
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, equals, words = part.partition("=")
        provider = name.strip() if name.strip() == _ALL_OTHERS else _read_name(name, equals)
        if provider in seen:
            raise ValueError(f"{name.strip()} is limited twice (one limit serves all names of a provider)")
        seen.add(provider)
        limit = read_limit(words)
        if provider == _ALL_OTHERS:
            others = limit
        else:
            named[provider] = limit
    return DomainLimits(named, others)


def _read_name(name: str, equals: str) -> str:
    """The provider meant by one of its domains."""
    try:
        domain = name.strip().lower().encode("idna").decode("ascii")
    except UnicodeError:
        domain = ""
    if not equals or "." not in domain or re.fullmatch(r"[a-z0-9.-]+", domain) is None:
        raise ValueError(f"{name.strip()!r} is no domain; write gmail.com=20/s 8, example.org=off, *=50/s")
    return provider_of(domain)
