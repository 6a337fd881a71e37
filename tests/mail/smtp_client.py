"""A mail to hand over, and the transport it is handed to: one mail at a time, and waited for."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from newsletter.mail.outgoing import (
    HandOverError,
    OutgoingMail,
)
from newsletter.mail.transport import Failed, Ready, SmtpTransport, Taken, parse_smtp_url
from newsletter.mail.transport.patience import Patience
from tests.mail.scripted_smtp import ScriptedSmtp, serving

MAIL = OutgoingMail(
    message_id="<issue.2026-11-22.a1@news.example.com>",
    envelope_from="bounces@example.com",
    envelope_to="ann@example.org",
    message=b"Subject: Hello\r\n\r\nGood morning.\r\n.hidden dot\r\n",
)


class Mark:
    """The mark *about to hand over*, as a test sees it."""

    def __init__(self) -> None:
        self.set = False

    def __call__(self) -> None:
        self.set = True


class OneByOne:
    """A transport driven for one mail at a time."""

    def __init__(self, transport: SmtpTransport) -> None:
        self.transport = transport
        self._ticket = 0

    def send(self, mail: OutgoingMail, about_to_hand_over: Callable[[], None]) -> str:
        """Hand one mail over; the server's reply. Raises what it failed with, and what the mark raises."""
        self._ticket += 1
        self.transport.open()
        self.transport.offer(self._ticket, mail)
        while True:
            for happening in self.transport.wait(10):
                assert happening.ticket == self._ticket
                match happening:
                    case Ready():
                        self._mark(about_to_hand_over)
                    case Taken(_, reply):
                        return reply
                    case Failed(_, error):
                        raise error

    def close(self) -> None:
        self.transport.close()

    def _mark(self, about_to_hand_over: Callable[[], None]) -> None:
        try:
            about_to_hand_over()
        except BaseException:
            self.transport.drop(self._ticket)
            raise
        self.transport.go(self._ticket)


def one_by_one(url: str, patience: Patience | None = None, **how: Any) -> OneByOne:
    """The server of this address, with `how` put in place of what its address says."""
    return OneByOne(SmtpTransport([replace(parse_smtp_url(url), **how)], patience))


def transport_to(
    server: ScriptedSmtp, command_seconds: float = 5.0, after_dot_seconds: float = 5.0, **how: Any
) -> OneByOne:
    return one_by_one(server.url, Patience(command_seconds, after_dot_seconds), **how)


def outcome(server: ScriptedSmtp, mark: Mark, **how: float) -> HandOverError:
    """The error that handing the mail to this server ends in."""
    with serving(server):
        transport = transport_to(server, **how)
        with pytest.raises(HandOverError) as caught:
            transport.send(MAIL, mark)
        transport.close()
    return caught.value
