"""What an SMTP server's refusal means: whose matter it is, for how long, and who else it touches.

A reply has a basic code (RFC 5321, section 4.2), often an enhanced one (RFC 3463; registry of
RFC 5248), and words. Servers use the codes loosely and 5.7.1 for everything, so an exact enhanced
code is believed first, then telling words, then the code's subject, and last the basic code. Whether
it is for good is told by the basic code's first digit alone (RFC 2034, section 4).
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from newsletter.mail.reply_phrases import CLEAR, TELLING, Hint


class Stage(StrEnum):
    """What was answered: the connection itself, EHLO to AUTH, or a step of one mail."""

    GREETING = "greeting"
    LOGIN = "login"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    DOT = "dot"


class Refusal(StrEnum):
    """What kind of refusal it is. `address` alone says something about the reader's address."""

    ADDRESS = "address"
    FULL = "full"
    POLICY = "policy"
    BUSY = "busy"
    SIZE = "size"
    CONTENT = "content"
    RELAY = "relay"
    OTHER = "other"


class Scope(StrEnum):
    """Who would hear the same: only this mail, the recipient's domain, or all of this relay's mail."""

    MAIL = "mail"
    DOMAIN = "domain"
    RELAY = "relay"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a refusal means. `permanent` by its basic code: whether the server asks never to repeat it."""

    kind: Refusal
    permanent: bool
    scope: Scope


class _Sense(NamedTuple):
    kind: Refusal
    scope: Scope | None = None


_SAYS = {
    Hint.RELAYING: _Sense(Refusal.RELAY),
    Hint.GREYLISTED: _Sense(Refusal.OTHER, Scope.MAIL),
    Hint.ALLOWANCE: _Sense(Refusal.BUSY, Scope.RELAY),
    Hint.READER_RATE: _Sense(Refusal.BUSY, Scope.MAIL),
    Hint.SENDER: _Sense(Refusal.POLICY, Scope.RELAY),
    Hint.MACHINE: _Sense(Refusal.POLICY, Scope.RELAY),
    Hint.FULL: _Sense(Refusal.FULL),
    Hint.SIZE: _Sense(Refusal.SIZE),
    Hint.CONTENT: _Sense(Refusal.CONTENT),
    Hint.RATE: _Sense(Refusal.BUSY),
    Hint.REPUTATION: _Sense(Refusal.POLICY),
    Hint.ADDRESS: _Sense(Refusal.ADDRESS),
    Hint.OVERLOAD: _Sense(Refusal.BUSY),
}

# RFC 4954, section 6, and RFC 5248: who we are to the server, never about one mail.
_LOGIN_CODES = (530, 534, 535, 538)
_LOGIN_DETAILS = ("7.9", "7.10", "7.11", "7.12", "7.13")
_BEFORE_RECIPIENT = (Stage.GREETING, Stage.LOGIN, Stage.MAIL)

_LONGEST = 500
_ENHANCED = re.compile(r"(?<![\d.])[245]\.(\d{1,3}\.\d{1,3})(?![\d.]*\d)")

# Enhanced codes, without their class, that mean the same wherever they are used.
_EXACT = {
    **dict.fromkeys(("1.1", "1.2", "1.3", "1.4", "1.6", "1.10"), _Sense(Refusal.ADDRESS)),
    # RFC 7293: the mailbox, or the domain, belongs to somebody else by now.
    **dict.fromkeys(("7.17", "7.18"), _Sense(Refusal.ADDRESS)),
    # Our own sender: its syntax, its domain, and its domain's null MX (RFC 7505, section 4.2).
    **dict.fromkeys(("1.7", "1.8", "7.27"), _Sense(Refusal.POLICY, Scope.RELAY)),
    "2.2": _Sense(Refusal.FULL),
    **dict.fromkeys(("2.3", "3.4"), _Sense(Refusal.SIZE)),
    "4.5": _Sense(Refusal.BUSY),
    "7.8": _Sense(Refusal.RELAY),
    # SPF, DKIM, DMARC, reverse DNS (RFC 7372), ARC, REQUIRETLS.
    **dict.fromkeys((f"7.{n}" for n in (*range(20, 27), 29, 30)), _Sense(Refusal.POLICY)),
}
_EXACT_FOR_NOW = dict.fromkeys(("3.1", "3.2", "5.3", "7.28"), _Sense(Refusal.BUSY))
_EXACT_FOR_GOOD = {
    # 5.2.1: disabled. Exchange says 5.4.1 for recipients it does not know; 5.4.4, 5.4.310: no such domain.
    **dict.fromkeys(("2.1", "4.1", "4.4", "4.310"), _Sense(Refusal.ADDRESS)),
    # Said by providers when the account we send with has used up its day.
    "4.5": _Sense(Refusal.BUSY, Scope.RELAY),
    "7.28": _Sense(Refusal.POLICY),
}
_NOT_FOR_THIS_MAILBOX = _Sense(Refusal.OTHER, Scope.MAIL)  # 5.6.7: the address needs SMTPUTF8

_BY_BASIC_CODE = {
    421: Refusal.BUSY,
    432: Refusal.BUSY,
    452: Refusal.BUSY,
    454: Refusal.RELAY,
    501: Refusal.ADDRESS,
    521: Refusal.ADDRESS,
    551: Refusal.ADDRESS,
    552: Refusal.SIZE,
    553: Refusal.ADDRESS,
    556: Refusal.ADDRESS,
}


@lru_cache(512)
def classify(code: int, text: str, stage: Stage) -> Verdict:
    """What the refusal `code text`, given at `stage`, means.

    `text` is the reply without its basic codes, several lines joined by spaces, enhanced code
    included. A code below 500 counts as temporary. Never raises: the text is a stranger's. About 20 to
    60 microseconds; repeated answers are remembered.
    """
    permanent = code >= 500
    sense = _sense(code, text[:_LONGEST].lower(), stage, permanent)
    kind = _of_ours(sense.kind, code, stage, permanent) if stage in _BEFORE_RECIPIENT else sense.kind
    return Verdict(kind, permanent, sense.scope or _scope(kind, stage))


def _sense(code: int, text: str, stage: Stage, permanent: bool) -> _Sense:
    if code in _LOGIN_CODES:
        return _Sense(Refusal.RELAY)
    found = _ENHANCED.findall(text)
    if stage in _BEFORE_RECIPIENT and any(detail in _LOGIN_DETAILS for detail in found):
        return _Sense(Refusal.RELAY)
    return (
        _said(CLEAR, text)
        or _exact(found, permanent)
        or _said(TELLING, text)
        or _by_subject(found, permanent)
        or _Sense(_BY_BASIC_CODE.get(code, Refusal.OTHER))
    )


def _said(phrases: tuple[tuple[Hint, re.Pattern[str]], ...], text: str) -> _Sense | None:
    return next((_SAYS[hint] for hint, pattern in phrases if pattern.search(text)), None)


def _exact(found: list[str], permanent: bool) -> _Sense | None:
    """What the first enhanced code that is precise says: relays quote the answers they were given."""
    by_class = _EXACT_FOR_GOOD if permanent else _EXACT_FOR_NOW
    for detail in found:
        if sense := by_class.get(detail) or _EXACT.get(detail):
            return sense
    return None


def _by_subject(found: list[str], permanent: bool) -> _Sense | None:
    """What is left to say of a code that is not precise: its subject (RFC 3463, section 3)."""
    if not found:
        return None
    match found[0].split("."):
        case "1", _:
            return _Sense(Refusal.ADDRESS)
        case "6", "7":
            return _NOT_FOR_THIS_MAILBOX
        case "6", _:
            return _Sense(Refusal.CONTENT)
        case "7", _:
            return _Sense(Refusal.POLICY if permanent else Refusal.BUSY)
    return None


def _of_ours(kind: Refusal, code: int, stage: Stage, permanent: bool) -> Refusal:
    """The kind of a refusal given before the recipient was named: it cannot be the reader's matter."""
    if stage is not Stage.MAIL and kind is not Refusal.POLICY:
        return Refusal.RELAY if permanent or code == 454 else Refusal.BUSY
    if kind is Refusal.ADDRESS:
        return Refusal.POLICY
    if kind is Refusal.FULL:
        return Refusal.SIZE if permanent else Refusal.BUSY
    return kind


def _scope(kind: Refusal, stage: Stage) -> Scope:
    if kind is Refusal.RELAY:
        return Scope.RELAY
    if stage in _BEFORE_RECIPIENT:
        return Scope.MAIL if kind is Refusal.SIZE else Scope.RELAY
    return Scope.DOMAIN if kind in (Refusal.BUSY, Refusal.POLICY) else Scope.MAIL
