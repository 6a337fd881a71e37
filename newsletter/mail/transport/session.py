"""One SMTP conversation (RFC 5321) through smtplib: opened, encrypted, logged in; then command by command."""

import re
import smtplib
import socket
import ssl
from dataclasses import dataclass

from newsletter.mail.outgoing import TransportDown
from newsletter.mail.transport.server import Encryption, SmtpServer

_LONGEST_REPLY = 500
_LINE_END = re.compile(rb"\r\n|\r|\n")
_DOT = re.compile(rb"^\.", re.MULTILINE)


class Closed(Exception):
    """The connection is gone, or what came over it was no SMTP; the text says how."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A server's answer: its code and its words on one line."""

    code: int
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.text}".rstrip()


def open_session(server: SmtpServer, seconds: float) -> "Session":
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
    except (smtplib.SMTPException, OSError, ValueError) as error:
        if smtp:
            smtp.close()
        raise TransportDown(_in_words(error)) from error
    return Session(smtp, seconds)


class Session:
    """A connection that is ready for mail. Every method raises `Closed` when it is not any more."""

    def __init__(self, smtp: smtplib.SMTP, seconds: float) -> None:
        self._smtp, self._seconds = smtp, seconds

    def speaks(self, extension: str) -> bool:
        """Whether the server offered this extension."""
        return bool(self._smtp.has_extn(extension))

    def mail(self, sender: str, size: int, international: bool) -> Reply:
        """MAIL FROM, with the size (RFC 1870) so that a server may refuse before the message."""
        options = [f"SIZE={size}"] if self.speaks("size") else []
        if international:
            # RFC 6531, section 3.4: the header is not ASCII either.
            options += ["SMTPUTF8", "BODY=8BITMIME"]
            self._smtp.command_encoding = "utf-8"
        return self.command(f"MAIL FROM:<{sender}> {' '.join(options)}".rstrip())

    def command(self, line: str) -> Reply:
        """A command and its answer."""
        try:
            self._smtp.putcmd(line)
            return self._reply()
        except (smtplib.SMTPException, OSError) as error:
            raise Closed(_in_words(error)) from error

    def message(self, message: bytes, seconds: float) -> Reply:
        """The message after DATA, up to the dot that ends it; the answer may take `seconds`."""
        try:
            self._smtp.send(_stuffed(message))
            self._patience(seconds)
            reply = self._reply()
            self._patience(self._seconds)
        except (smtplib.SMTPException, OSError) as error:
            raise Closed(_in_words(error)) from error
        return reply

    def quit(self, seconds: float) -> None:
        """Take leave, waiting for the answer no longer than `seconds`; then hang up."""
        try:
            self._patience(seconds)
            self._smtp.quit()
        except (smtplib.SMTPException, OSError):
            self._smtp.close()

    def close(self) -> None:
        """Hang up."""
        self._smtp.close()

    def _patience(self, seconds: float) -> None:
        if self._smtp.sock:
            self._smtp.sock.settimeout(seconds)

    def _reply(self) -> Reply:
        code, text = self._smtp.getreply()
        if not 200 <= code < 600:
            raise smtplib.SMTPServerDisconnected("the mail server's answer was not SMTP")
        return Reply(code, _one_line(text))


def _connect(server: SmtpServer, seconds: float) -> smtplib.SMTP:
    name = server.ehlo or _own_name()
    if server.encryption is Encryption.IMPLICIT:
        context = ssl.create_default_context(cafile=server.cafile)
        return smtplib.SMTP_SSL(server.host, server.port, name, timeout=seconds, context=context)
    return smtplib.SMTP(server.host, server.port, name, timeout=seconds)


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


def _stuffed(message: bytes) -> bytes:
    """A message as it crosses the wire (RFC 5321, section 4.5.2): dots doubled, one alone at the end.

    Lone CR and LF become line ends: servers disagree on them, and mails are smuggled through the gap.
    """
    lines = _LINE_END.sub(b"\r\n", message)
    ended = lines if lines.endswith(b"\r\n") else lines + b"\r\n"
    return _DOT.sub(b"..", ended) + b".\r\n"


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
    return f"{error.smtp_code} {_one_line(said if isinstance(said, bytes) else said.encode())}"


def _one_line(text: bytes) -> str:
    return " ".join(text.decode("utf-8", "replace").split())[:_LONGEST_REPLY]
