"""What crosses an SMTP connection (RFC 5321): replies taken apart, commands and messages put together."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from newsletter.mail.mailbox import Mailbox
from newsletter.mail.outgoing import OutgoingMail, PermanentRefusal

LONGEST_REPLY = 500
# RFC 5321, section 4.5.3.1.5 allows 512 octets a line. Ten times as much is patience, more is no SMTP.
_LONGEST_LINE = 5120
_MOST_LINES = 100

# RFC 5321, section 4.2: the code alone, or a space (a hyphen when more lines follow) and words.
_REPLY_LINE = re.compile(rb"([2-5][0-9][0-9])(?:([ -])(.*))?", re.DOTALL)
_LINE_END = re.compile(rb"\r\n|\r|\n")
_DOT = re.compile(rb"^\.", re.MULTILINE)


class NoSmtp(Exception):
    """What came over the connection was no SMTP, or too much of it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A server's answer: its code and its words on one line."""

    code: int
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.text}".rstrip()

    @property
    def kind(self) -> int:
        """Its first digit: 2 done, 3 go on, 4 not now, 5 never."""
        return self.code // 100


class ReplyReader:
    """Takes the bytes of a connection as they come, gives the replies that are complete."""

    def __init__(self) -> None:
        self._rest = b""
        self._texts: list[str] = []

    def feed(self, octets: bytes) -> Iterator[Reply]:
        """The replies completed by these octets. Raises `NoSmtp`."""
        *lines, self._rest = (self._rest + octets).split(b"\n")
        for line in lines:
            reply = self._line(line)
            if reply:
                yield reply
        # Last: what was said before it counts.
        if len(self._rest) > _LONGEST_LINE:
            raise NoSmtp("the mail server's answer was too long")

    def _line(self, line: bytes) -> Reply | None:
        reply, more = _taken_apart(line)
        if not more and not self._texts:
            return reply
        self._texts.append(reply.text)
        if len(self._texts) > _MOST_LINES:
            raise NoSmtp("the mail server's answer was too long")
        if more:
            return None
        text, self._texts = " ".join(self._texts), []
        return Reply(reply.code, text[:LONGEST_REPLY])


@lru_cache(256)
def _taken_apart(line: bytes) -> tuple[Reply, bool]:
    """A reply's line without its LF; whether more follow. Raises `NoSmtp`.

    Three of a mail's four replies are the same for every mail: they are remembered.
    """
    found = _REPLY_LINE.fullmatch(line.rstrip(b"\r"))
    if not found or len(line) > _LONGEST_LINE:
        raise NoSmtp("the mail server's answer was not SMTP")
    return Reply(int(found[1]), one_line(found[3] or b"")), found[2] == b"-"


class Parcel(NamedTuple):
    """A mail as it will cross the wire: its three commands and its message, dots doubled."""

    ticket: int
    sender: bytes
    recipient: bytes
    message: bytes
    attempts: int = 0

    @property
    def group(self) -> bytes:
        """The commands as one group (RFC 2920, section 3.1: DATA is the last of one)."""
        return b"".join((self.sender, self.recipient, DATA))


DATA, DOT, RSET, QUIT = b"DATA\r\n", b".\r\n", b"RSET\r\n", b"QUIT\r\n"


def parcel_of(
    ticket: int,
    mail: OutgoingMail,
    sender: Mailbox,
    recipient: Mailbox,
    offered: dict[str, str],
    attempts: int = 0,
) -> Parcel:
    """The mail for a server that offered these extensions (names in small letters, with parameters).

    Raises `PermanentRefusal` when the server has said that it cannot take such a mail.
    """
    international = sender.needs_smtputf8 or recipient.needs_smtputf8
    options = _options(mail.message, international, offered)
    return Parcel(
        ticket,
        f"MAIL FROM:<{sender.address}>{options}\r\n".encode(),
        f"RCPT TO:<{recipient.address}>\r\n".encode(),
        on_the_wire(mail),
        attempts,
    )


def _options(message: bytes, international: bool, offered: dict[str, str]) -> str:
    """What is told of a mail besides its sender, a space before each."""
    options = ""
    if "size" in offered:
        _refuse_too_large(len(message), offered["size"])
        options = f" SIZE={len(message)}"
    if international:
        if "smtputf8" not in offered:
            raise PermanentRefusal("the mail server cannot send to addresses beyond ASCII (SMTPUTF8)")
        # RFC 6531, section 3.4: the header is not ASCII either.
        return f"{options} SMTPUTF8 BODY=8BITMIME"
    if "8bitmime" in offered and not message.isascii():
        # RFC 6152, section 3: told only of messages that need it.
        return f"{options} BODY=8BITMIME"
    return options


def on_the_wire(mail: OutgoingMail) -> bytes:
    """The message up to the dot that ends it."""
    return mail.message if mail.ready else stuffed(mail.message)


def stuffed(message: bytes) -> bytes:
    """A message made fit for the wire (RFC 5321, section 4.5.2): CRLF only, dots at line starts doubled.

    Lone CR and LF become line ends: servers disagree on them, and mails are smuggled through the gap.
    """
    lines = _LINE_END.sub(b"\r\n", message)
    ended = lines if lines.endswith(b"\r\n") else lines + b"\r\n"
    return _DOT.sub(b"..", ended)


def one_line(text: bytes) -> str:
    """A server's words on one line, no longer than anybody would read.

    Nothing unprintable stays: it would play with terminals, and PostgreSQL stores no NUL.
    """
    words = text.decode("utf-8", "replace")
    if not words.isprintable():
        words = "".join(character if character.isprintable() else " " for character in words)
    return " ".join(words.split())[:LONGEST_REPLY]


def _refuse_too_large(size: int, limit: str) -> None:
    # RFC 1870, section 4: no number, or 0, means that no limit is told.
    if limit.strip().isdigit() and 0 < int(limit) < size:
        raise PermanentRefusal(f"the mail server takes no mail larger than {limit.strip()} octets")
