"""E-mail addresses as people type them: what is accepted, and the form they are compared in."""

import unicodedata
from dataclasses import dataclass

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

# RFC 5321, section 4.5.3.1.3: a path of 256 octets, less its two angle brackets.
MAX_LENGTH = 254


@dataclass(frozen=True, slots=True)
class Address:
    """An address that mail can be sent to.

    `display` is what mail is sent to: as typed, in Unicode's composed form, its domain in lower case.
    `key` is the same for two spellings of one mailbox; `ascii_domain` is the domain as DNS knows it.
    `needs_smtputf8` tells that the part before the @ holds more than ASCII (RFC 6531).
    """

    display: str
    key: str
    ascii_domain: str
    needs_smtputf8: bool


class InvalidAddress(ValueError):
    """No mail could reach this; the text tells the person who typed it what to mend."""


def _(text: str) -> str:
    """Mark a sentence for translation; who shows it translates it."""
    return text


MISSING = _("Please enter your e-mail address.")
TOO_LONG = _("This address is longer than an e-mail address can be. Please check it.")
INVISIBLE = _("This address contains invisible characters. Please type it in by hand.")
NO_AT_SIGN = _("An e-mail address has one @ sign, as in name@example.com.")
LOCAL_DOMAIN = _("Nothing can be sent to the part after the @ sign. It should look like example.com.")
MISSPELT = _("This does not look like an e-mail address. Please check it for typing errors.")


def read_address(text: str) -> Address:
    """The address somebody typed; spaces around it do not matter.

    Nothing is looked up in DNS. Raises `InvalidAddress` with a sentence for that person.
    """
    typed = text.strip(" ")
    _refuse_obvious(typed)
    try:
        found = validate_email(typed, check_deliverability=False, globally_deliverable=False, strict=True)
    except (EmailNotValidError, UnicodeError, ValueError) as error:
        raise InvalidAddress(MISSPELT) from error
    _refuse_unreachable(found)
    return Address(
        display=found.normalized,
        key=_key(found),
        ascii_domain=found.ascii_domain.lower(),
        needs_smtputf8=found.smtputf8,
    )


def masked(address: str) -> str:
    """Enough of an address for its owner to know it, too little for anybody else: `a…@e….org`."""
    local, _at, domain = address.rpartition("@")
    name, dot, ending = domain.rpartition(".")
    return f"{local[:1]}…@{name[:1]}…{dot}{ending}"


def _refuse_obvious(typed: str) -> None:
    if not typed:
        raise InvalidAddress(MISSING)
    if len(typed) > MAX_LENGTH:
        raise InvalidAddress(TOO_LONG)
    if any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") for character in typed):
        raise InvalidAddress(INVISIBLE)
    if typed.count("@") != 1:
        raise InvalidAddress(NO_AT_SIGN)


def _refuse_unreachable(found: ValidatedEmail) -> None:
    # Mail crosses the internet to full domain names only, and no top-level domain is all digits
    # (RFC 3696, section 2); what ends in digits is a machine's number in disguise.
    _name, dot, ending = found.ascii_domain.rpartition(".")
    if not dot or ending.isdigit():
        raise InvalidAddress(LOCAL_DOMAIN)


def _key(found: ValidatedEmail) -> str:
    # RFC 5321 lets a server tell Ann from ann; none does, and one person must not be two readers.
    local = unicodedata.normalize("NFC", found.local_part.casefold())
    return f"{local}@{found.ascii_domain.lower()}"
