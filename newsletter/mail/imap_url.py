"""Which mailbox is read, and how to reach it: the setting MAILBOX_URL, taken apart."""

from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import parse_qs, unquote, urlsplit

_PORTS = {"imaps": 993, "imap": 143}
_EXAMPLE = "give imaps://user:password@mail.example.com, or imap://… for a server with STARTTLS"
_UNREADABLE = "the mailbox's address cannot be read; write special characters in it as %XX"


@dataclass(frozen=True, slots=True)
class ImapServer:
    """A folder of a mailbox on an IMAP server.

    `encrypted`: from the first octet (`imaps`); `starttls`: before the password is sent. `cafile` names
    certificates to trust instead of the system's.
    """

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    encrypted: bool = True
    starttls: bool = False
    cafile: str | None = None


def parse_imap_url(url: str) -> ImapServer:
    """The mailbox of `imaps://user:password@host:993/Folder`; user, password and folder percent-decoded.

    `?starttls=off` leaves `imap://` unencrypted, on this machine only; `?cafile=…` names certificates.
    Raises `ValueError`, whose text never holds the password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        # Its text would show part of the password.
        raise ValueError(_UNREADABLE) from None
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if parts.fragment or "@" in parts.query or options.keys() - {"starttls", "cafile"}:
        raise ValueError(_UNREADABLE)
    if parts.scheme not in _PORTS or not parts.hostname or not parts.username or not parts.password:
        raise ValueError(_EXAMPLE)
    plain = options.get("starttls") == "off"
    if plain and (parts.scheme == "imaps" or not _is_loopback(parts.hostname)):
        raise ValueError("starttls=off is for imap:// on this machine only: the password would be seen")
    return ImapServer(
        parts.hostname,
        port or _PORTS[parts.scheme],
        _decoded(parts.username),
        _decoded(parts.password),
        _decoded(parts.path.strip("/")) or "INBOX",
        encrypted=parts.scheme == "imaps",
        starttls=parts.scheme == "imap" and not plain,
        cafile=options.get("cafile"),
    )


def _decoded(text: str) -> str:
    plain = unquote(text)
    if not plain.isascii() or not plain.isprintable():
        raise ValueError("user, password and folder of the mailbox are to be of ASCII letters")
    return plain


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
