"""Domains that lend anybody a mailbox for some minutes: what `disposable` in the settings stands for.

A few that are widely known, no complete list: there are tens of thousands, and new ones every day.
"""

from collections.abc import Iterable, Iterator

# The word that stands for them.
WORD = "disposable"

KNOWN = frozenset(
    (
        "10minutemail.com",
        "discard.email",
        "dispostable.com",
        "emailondeck.com",
        "fakeinbox.com",
        "getnada.com",
        "grr.la",
        "guerrillamail.com",
        "guerrillamail.net",
        "guerrillamail.org",
        "harakirimail.com",
        "maildrop.cc",
        "mailinator.com",
        "mailnesia.com",
        "mintemail.com",
        "moakt.com",
        "mohmal.com",
        "mytemp.email",
        "sharklasers.com",
        "spamgourmet.com",
        "temp-mail.org",
        "tempail.com",
        "tempmail.com",
        "throwawaymail.com",
        "trashmail.com",
        "yopmail.com",
    )
)


def blocked_domains(named: Iterable[str]) -> frozenset[str]:
    """The domains an operator names, and the known ones where the word is among them."""
    named = frozenset(named)
    return (named - {WORD}) | KNOWN if WORD in named else named


def is_blocked(domain: str, blocked: frozenset[str]) -> bool:
    """Whether this domain, or one above it, is blocked; `domain` in ASCII and small letters."""
    return any(one in blocked for one in _above(domain))


def _above(domain: str) -> Iterator[str]:
    labels = domain.split(".")
    return (".".join(labels[start:]) for start in range(len(labels)))
