"""Transports hand finished messages over: to an SMTP server, or to the local outbox folder."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from newsletter.mail.outgoing import OutgoingMail
from newsletter.mail.transport.outbox import OutboxTransport
from newsletter.mail.transport.server import SmtpServer, parse_smtp_url
from newsletter.mail.transport.smtp import SmtpTransport

__all__ = ["OutboxTransport", "SmtpServer", "SmtpTransport", "Transport", "open_transport", "parse_smtp_url"]


class Transport(Protocol):
    """Something that takes mail over. For one thread at a time."""

    def send(self, mail: OutgoingMail, about_to_hand_over: Callable[[], None]) -> str:
        """Hand one mail over; what the taker answered.

        `about_to_hand_over` is called when nothing but the message itself is left to send: before it
        the mail has certainly not left, after it perhaps. What it raises is passed on, and the mail
        stays here. Raises one of the `HandOverError`s.
        """
        ...

    def close(self) -> None:
        """Let go of connections. The transport may be used again."""
        ...


def open_transport(smtp_url: str | None, outbox_dir: Path | None) -> Transport:
    """The transport the settings ask for: the SMTP server if there is one, else the outbox folder.

    Nothing is connected or written yet. Raises `ValueError` for a faulty SMTP address.
    """
    if smtp_url:
        return SmtpTransport(parse_smtp_url(smtp_url))
    if outbox_dir is None:
        raise ValueError("neither an SMTP server nor an outbox folder is set")
    return OutboxTransport(outbox_dir)
