"""A connection to an SMTP server, opened through smtplib: greeted, encrypted, logged in."""

import smtplib
import socket
import ssl
from dataclasses import dataclass
from typing import Any

from newsletter.mail.outgoing import TransportDown
from newsletter.mail.transport.server import Encryption, SmtpServer
from newsletter.mail.transport.wire import one_line

_MOST_LINES = 100


@dataclass(frozen=True, slots=True)
class Opened:
    """A connection that is ready for mail; `offered` are the server's extensions and their parameters."""

    socket: socket.socket
    offered: dict[str, str]


def open_connection(server: SmtpServer, seconds: float) -> Opened:
    """Connect, encrypt and log in as the server's address says; each step may take `seconds`.

    Raises `TransportDown`.
    """
    smtp: smtplib.SMTP | None = None
    try:
        smtp = _connect(server, seconds)
        smtp.ehlo_or_helo_if_needed()
        _encrypt(smtp, server)
        if server.user:
            smtp.login(server.user, server.password)
        return _opened(smtp)
    except (smtplib.SMTPException, OSError, ValueError) as error:
        if smtp:
            smtp.close()
        raise TransportDown(_in_words(error)) from error


def _opened(smtp: smtplib.SMTP) -> Opened:
    """What smtplib has opened, without smtplib."""
    connection = smtp.sock
    if connection is None:
        raise smtplib.SMTPServerDisconnected
    # Its reading end would keep the socket open after it is closed.
    smtp.file.close()  # type: ignore[union-attr]
    # From here on every write is a whole one; holding back its last packet would cost a round trip.
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.setblocking(False)
    return Opened(connection, dict(smtp.esmtp_features))


class _Bounded:
    """The lines of a connection, at most a hundred a reply: smtplib would read on for ever."""

    def __init__(self, lines: Any) -> None:
        self._lines, self.left = lines, _MOST_LINES

    def readline(self, size: int) -> bytes:
        self.left -= 1
        if self.left < 0:
            raise smtplib.SMTPServerDisconnected
        line: bytes = self._lines.readline(size)
        return line

    def close(self) -> None:
        self._lines.close()


class _BoundedReplies:
    """For smtplib's classes: replies of a hundred lines at most."""

    file: Any
    sock: Any

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None:
            self.file = _Bounded(self.sock.makefile("rb"))
        self.file.left = _MOST_LINES
        reply: tuple[int, bytes] = super().getreply()  # type: ignore[misc]
        return reply


class _Smtp(_BoundedReplies, smtplib.SMTP):
    pass


class _SmtpSsl(_BoundedReplies, smtplib.SMTP_SSL):
    pass


def _connect(server: SmtpServer, seconds: float) -> smtplib.SMTP:
    name = server.ehlo or _own_name()
    if server.encryption is Encryption.IMPLICIT:
        context = ssl.create_default_context(cafile=server.cafile)
        return _SmtpSsl(server.host, server.port, name, timeout=seconds, context=context)
    return _Smtp(server.host, server.port, name, timeout=seconds)


def _encrypt(smtp: smtplib.SMTP, server: SmtpServer) -> None:
    if server.encryption in (Encryption.IMPLICIT, Encryption.OFF):
        return
    opportunistic = server.encryption is Encryption.OPPORTUNISTIC
    if opportunistic and not smtp.has_extn("starttls"):
        return
    context = ssl.create_default_context(cafile=server.cafile)
    if opportunistic:
        # RFC 7435: encryption with a stranger beats none, and none is what the alternative would be.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    smtp.starttls(context=context)
    smtp.ehlo_or_helo_if_needed()


def _own_name() -> str:
    """What we call ourselves: the machine's full name, else its address as a literal (section 4.1.3)."""
    name = socket.gethostname()
    return name if "." in name else "[127.0.0.1]"


def _in_words(error: Exception) -> str:
    """What went wrong, for the operator. It names no credentials: only the server's own words are quoted."""
    match error:
        case smtplib.SMTPAuthenticationError():
            return f"the mail server refused user or password: {_answer(error)}"
        case smtplib.SMTPResponseException():
            return f"the mail server said: {_answer(error)}"
        case smtplib.SMTPNotSupportedError():
            return "the mail server offers no encryption (STARTTLS), or no way to log in that we know"
        case TimeoutError() | smtplib.SMTPServerDisconnected(__context__=TimeoutError()):
            return "the mail server did not answer in time"
        case smtplib.SMTPServerDisconnected():
            return "the mail server hung up"
        case ssl.SSLCertVerificationError():
            return f"the mail server's certificate is not to be trusted: {error.verify_message}"
        case ssl.SSLError():
            return f"no encrypted connection with the mail server: {error.reason}"
        case FileNotFoundError():
            return "the file of certificates (cafile in the SMTP address) is not there"
        case OSError():
            return f"the mail server cannot be reached: {error.strerror or type(error).__name__}"
        case _:
            return f"the mail server cannot be used: {type(error).__name__}"


def _answer(error: smtplib.SMTPResponseException) -> str:
    said = error.smtp_error
    return f"{error.smtp_code} {one_line(said if isinstance(said, bytes) else said.encode())}"
