"""Which SMTP servers, and how to speak with each: the setting SMTP_URL, taken apart."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from newsletter.mail.transport.limits import LIMITS, Limits, read_limits

SUBMISSION = 587
_DEFAULT_PORTS = {"smtps": 465, "smtp": 25}
_OPTIONS = {"starttls", "cafile", "ehlo", *LIMITS}

# Between two addresses only: a password may hold a comma.
_BETWEEN = re.compile(r"[\s,]+(?=smtps?://)")
_NOT_IN_A_HOST = re.compile(r"[\s,;\"'<>\\]")


class Encryption(StrEnum):
    """How a connection is encrypted.

    `implicit` and `required` check the server's certificate and do without mail rather than without
    encryption. `opportunistic` encrypts when the server offers it, whoever it is (RFC 7435).
    """

    IMPLICIT = "implicit"
    REQUIRED = "required"
    OPPORTUNISTIC = "opportunistic"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class SmtpServer(Limits):
    """An SMTP server with its limits. `cafile` names certificates to trust instead of the system's."""

    host: str
    port: int
    encryption: Encryption
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    cafile: str | None = None
    ehlo: str | None = None

    @property
    def name(self) -> str:
        """What it is called in logs and by the limits shared between workers: `host:port`."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_smtp_urls(text: str) -> tuple[SmtpServer, ...]:
    """The servers of one or more addresses, separated by spaces, line ends or commas; at least one.

    Raises `ValueError` as `parse_smtp_url` does, and when a server (host and port) is named twice.
    """
    servers = tuple(parse_smtp_url(url) for url in _BETWEEN.split(text.strip()))
    names = [server.name for server in servers]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"the SMTP server {name} is named twice; name it once, with a greater weight")
    return servers


def parse_smtp_url(url: str) -> SmtpServer:
    """The server of `smtp://user:password@host:587?starttls=required&rate=50` or `smtps://…`.

    User and password are percent-decoded. `starttls` is `required` (the default when a password would
    cross the network), `opportunistic` (the default otherwise) or `off`; `cafile` and `ehlo` are rarely
    needed; the others are explained at `Limits`. Raises `ValueError`, whose text never holds the
    password.
    """
    parts, port, options = _take_apart(url)
    unknown = options.keys() - _OPTIONS
    if unknown:
        raise ValueError(f"unknown option in the SMTP address: {', '.join(sorted(unknown))}")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        raise ValueError("the SMTP address needs both a user and a password, or neither")
    host = parts.hostname or ""
    port = port or (SUBMISSION if user and parts.scheme == "smtp" else _DEFAULT_PORTS[parts.scheme])
    encryption = _encryption(parts.scheme, options.get("starttls"), bool(user), host, port)
    return SmtpServer(
        host,
        port,
        encryption,
        user,
        password,
        options.get("cafile"),
        options.get("ehlo"),
        **read_limits(options),
    )


def _take_apart(url: str) -> tuple[SplitResult, int | None, dict[str, str]]:
    unreadable = "the SMTP address cannot be read; write special characters in it as %XX"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        # Its text would show part of the password.
        raise ValueError(unreadable) from None
    # An @ behind the question mark: a password was cut in two, and what follows is part of it.
    if parts.fragment or parts.path not in ("", "/") or "@" in parts.query:
        raise ValueError(unreadable)
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise ValueError("give smtp://user:password@host:587 or smtps://user:password@host:465")
    if _NOT_IN_A_HOST.search(parts.hostname):
        raise ValueError(unreadable)
    return parts, port, {name: values[-1] for name, values in parse_qs(parts.query).items()}


def _encryption(scheme: str, asked: str | None, credentials: bool, host: str, port: int) -> Encryption:
    if scheme == "smtps":
        if asked:
            raise ValueError("smtps:// is encrypted from the start; leave starttls away")
        return Encryption.IMPLICIT
    if asked is None:
        careful = credentials and (port == SUBMISSION or not _is_loopback(host))
        return Encryption.REQUIRED if careful else Encryption.OPPORTUNISTIC
    if asked not in ("required", "opportunistic", "off"):
        raise ValueError("starttls in the SMTP address is required, opportunistic or off")
    return Encryption(asked)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
