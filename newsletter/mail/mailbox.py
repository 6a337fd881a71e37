"""Addresses as they stand in headers and envelopes: the domain always in ASCII."""

import re
from functools import lru_cache
from typing import NamedTuple

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email
from email_validator.rfc_constants import CASE_INSENSITIVE_MAILBOX_NAMES, EMAIL_MAX_LENGTH

from newsletter.mail.encoding import encoded_words, guard

_LONGEST_PLAIN = 60
# RFC 5322, section 3.2.3: what a display name may hold without quotes.
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
# What nearly every address looks like: a dot-atom (RFC 5322, section 3.2.3) at a host name in ASCII.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_PLAIN = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@((?:{_LABEL}\.)*({_LABEL}))")
# Endings of names that no mail may be sent to; whether a name is one of them is for the validator to say.
_SPECIAL = frozenset(name.rpartition(".")[2] for name in SPECIAL_USE_DOMAIN_NAMES)
_ANY_CASE = frozenset(CASE_INSENSITIVE_MAILBOX_NAMES)


class Mailbox(NamedTuple):
    """An address with A-labels for its domain, and the name shown with it, perhaps empty."""

    name: str
    address: str

    @property
    def needs_smtputf8(self) -> bool:
        """Whether the part before the @ holds more than ASCII (RFC 6531)."""
        return not self.address.isascii()


def read_mailbox(value: str) -> Mailbox:
    """An address, with or without a display name: `Daily Edition <news@example.com>`.

    Raises `ValueError` for anything else, and for line breaks.
    """
    return _read_plain(value) or _read_any(value)


# The same sender stands on every mail, and each recipient is read twice in a row.
@lru_cache(maxsize=1024)
def _read_plain(value: str) -> Mailbox | None:
    """What the validator would make of a plain ASCII address, a hundred times faster; else None."""
    found = _PLAIN.fullmatch(value)
    if found is None or len(value) > EMAIL_MAX_LENGTH:
        return None
    local, domain, ending = found.groups()
    # Two hyphens may be Punycode, which has rules of its own.
    if "--" in domain or ending.lower() in _SPECIAL or local.lower() in _ANY_CASE:
        return None
    return Mailbox("", f"{local}@{domain.lower()}")


@lru_cache(maxsize=1024)
def _read_any(value: str) -> Mailbox:
    guard(value)
    try:
        found = validate_email(
            value, check_deliverability=False, globally_deliverable=False, allow_display_name=True
        )
    except EmailNotValidError as error:
        raise ValueError(f"not an e-mail address ({error})") from error
    return Mailbox(found.display_name or "", f"{found.local_part}@{found.ascii_domain}")


def format_mailbox(mailbox: Mailbox) -> str:
    """The mailbox as a header's value (RFC 5322, section 3.4). Raises `ValueError` for line breaks."""
    address = guard(mailbox.address)
    return f"{format_phrase(mailbox.name)} <{address}>" if mailbox.name else address


def format_phrase(name: str) -> str:
    """A name as it stands before an address in angle brackets: bare, in quotes, or encoded."""
    guard(name)
    if not name.isascii() or not name.isprintable() or "=?" in name or len(name) > _LONGEST_PLAIN:
        return encoded_words(name, taken=len("Reply-To: "))
    if _ATOMS.fullmatch(name) and name == " ".join(name.split()):
        return name
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
