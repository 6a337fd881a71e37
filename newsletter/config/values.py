"""Single settings: what each may be, and how it is told in words when it is something else."""

import re
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, Field, SecretStr

from newsletter.disposable import WORD
from newsletter.mail.imap_url import parse_imap_url
from newsletter.mail.transport.server import parse_smtp_urls
from newsletter.mail.wording import one_line
from newsletter.providers import read_domain_limits

LONGEST_NAME = 80


def check_name(value: str) -> str:
    """A name as it may stand in headers: one line of characters that can be seen."""
    if not (name := one_line(value, LONGEST_NAME)):
        raise ValueError("give a name of letters that can be read, on one line")
    return name


def check_zone(name: str) -> str:
    """The name of a time zone there is."""
    if name not in available_timezones():
        raise ValueError("give an IANA time zone, as Europe/Berlin or UTC")
    return name


def check_mailbox(value: str) -> str:
    """An address, with a name or without."""
    try:
        validate_email(value, check_deliverability=False, allow_display_name=True)
    except EmailNotValidError as error:
        raise ValueError(f"give an e-mail address ({error})") from error
    return value


def check_base_url(value: str) -> str:
    """The address of an installation, without a slash at its end."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError(
            "give the address of this installation, as https://news.example.com (no path after it)"
        )
    return value.rstrip("/")


def own_address(known: dict[str, Any]) -> str:
    """Where the pages are found on this machine, whichever port they are served on."""
    return f"http://127.0.0.1:{known.get('port', 8000)}"


def check_smtp_url(value: SecretStr) -> SecretStr:
    """One mail server's address, or several."""
    parse_smtp_urls(value.get_secret_value())
    return value


def check_imap_url(value: SecretStr) -> SecretStr:
    """A mailbox's address."""
    parse_imap_url(value.get_secret_value())
    return value


def check_logo(value: str) -> str:
    """The address or the file, if it can be read; what is in it is looked at when it is copied."""
    parts = urlsplit(value)
    if parts.scheme in ("http", "https") and parts.hostname:
        return value
    try:
        with Path(value).open("rb"):
            return value
    except OSError as error:
        raise ValueError(
            f"give a picture's address, as https://example.com/logo.png, or its file ({error.strerror})"
        ) from error


def read_domain(value: str) -> str:
    """A domain in ASCII and small letters. Raises `ValueError`."""
    try:
        return validate_email(f"x@{value}", check_deliverability=False).ascii_domain.lower()
    except EmailNotValidError as error:
        raise ValueError(f"give a domain, as news.example.com ({error})") from error


def check_endpoint(value: str) -> str:
    """Where a model is asked, without a slash at the end."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        raise ValueError("give the endpoint's address, as https://models.example.com/v1")
    return value.rstrip("/")


def check_push_key(value: SecretStr) -> SecretStr:
    """32 octets in URL-safe base64 (RFC 8292, section 2)."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{43}", value.get_secret_value()):
        raise ValueError("give the key that stands in another machine's data folder, in push-key")
    return value


def split_words(value: Any) -> Any:
    """What stands between commas."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def check_origin(value: str) -> str:
    """What browsers call a page's origin (RFC 6454, section 7)."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("give origins as https://www.example.com, without a path")
    return f"{parts.scheme}://{parts.netloc}".lower()


def split_lines(value: Any) -> Any:
    """Words on lines or between commas; what follows a # is a remark."""
    if not isinstance(value, str):
        return value
    lines = (line.partition("#")[0] for line in value.splitlines())
    return [word for line in lines for word in line.replace(",", " ").split()]


def check_blocked(value: str) -> str:
    """A domain, or the word for all that are known to last for minutes."""
    return value if value == WORD else read_domain(value)


def take_domain_limits(value: Any) -> Any:
    """Limits by domain, as an operator writes them."""
    return read_domain_limits(value) if isinstance(value, str) else value


Zone = Annotated[str, AfterValidator(check_zone)]
Mailbox = Annotated[str, AfterValidator(check_mailbox)]
Domain = Annotated[str, AfterValidator(read_domain)]
MailsADay = Annotated[int, Field(ge=1, le=1_000_000_000)]
Network = IPv4Network | IPv6Network
Origin = Annotated[str, AfterValidator(check_origin)]
