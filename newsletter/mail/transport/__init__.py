"""Transports hand finished messages over: to SMTP servers, or to the local outbox folder.

A transport never waits by itself. Whoever drives it offers mails while there is `room`, waits for
what happens, stores the mark for those that are `Ready`, and lets them `go`:

    transport.offer(ticket, mail)
    for happening in transport.wait(1.0):
        match happening:
            case Ready(ticket): ...  # store the mark, then transport.go(ticket), or transport.drop(ticket)
            case Taken(ticket, reply): ...
            case Failed(ticket, error): ...
"""

from pathlib import Path
from typing import Protocol

from newsletter.mail.outgoing import OutgoingMail
from newsletter.mail.transport.blocking import BlockingTransport, Carrier
from newsletter.mail.transport.gate import Gate
from newsletter.mail.transport.happenings import Failed, Happening, Ready, Taken
from newsletter.mail.transport.outbox import OutboxTransport
from newsletter.mail.transport.server import SmtpServer, parse_smtp_url, parse_smtp_urls
from newsletter.mail.transport.smtp import SmtpTransport

__all__ = [
    "BlockingTransport",
    "Carrier",
    "Failed",
    "Gate",
    "Happening",
    "OutboxTransport",
    "Ready",
    "SmtpServer",
    "SmtpTransport",
    "Taken",
    "Transport",
    "open_transport",
    "parse_smtp_url",
    "parse_smtp_urls",
]


class Transport(Protocol):
    """Something that takes mails over, for one thread. A ticket is its caller's number of a mail."""

    @property
    def room(self) -> int:
        """How many mails may be offered now."""
        ...

    def limit(self, gate: Gate) -> None:
        """Ask `gate` before a mail goes through a relay, where there are relays."""
        ...

    def open(self) -> None:
        """Make sure that mail can leave. Raises `TransportDown`."""
        ...

    def offer(self, ticket: int, mail: OutgoingMail) -> None:
        """A mail to hand over. It ends as `Taken` or `Failed`; before it leaves it is `Ready`."""
        ...

    def wait(self, seconds: float) -> list[Happening]:
        """What has happened, waiting for something up to `seconds`."""
        ...

    def go(self, ticket: int) -> None:
        """Let a mail that is ready leave."""
        ...

    def drop(self, ticket: int) -> None:
        """A mail that is ready does not leave after all; nothing more is told of it."""
        ...

    def close(self) -> None:
        """Let go of connections. The transport may be used again."""
        ...


def open_transport(smtp_url: str | None, outbox_dir: Path | None) -> Transport:
    """The transport the settings ask for: the SMTP servers if there are any, else the outbox folder.

    Nothing is connected or written yet. Raises `ValueError` for a faulty SMTP address.
    """
    if smtp_url:
        return SmtpTransport(parse_smtp_urls(smtp_url))
    if outbox_dir is None:
        raise ValueError("neither an SMTP server nor an outbox folder is set")
    return BlockingTransport(OutboxTransport(outbox_dir))
