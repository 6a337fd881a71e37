"""A mail to hand over, and the transport it is handed to."""

from typing import Any

import pytest

from newsletter.mail.outgoing import (
    HandOverError,
    OutgoingMail,
)
from newsletter.mail.transport import SmtpTransport, parse_smtp_url
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


def transport_to(server: ScriptedSmtp, **how: float) -> SmtpTransport:
    patience: dict[str, Any] = {"command_seconds": 5.0, "after_dot_seconds": 5.0} | how
    return SmtpTransport(parse_smtp_url(server.url), **patience)


def outcome(server: ScriptedSmtp, mark: Mark, **how: float) -> HandOverError:
    """The error that handing the mail to this server ends in."""
    with serving(server):
        transport = transport_to(server, **how)
        with pytest.raises(HandOverError) as caught:
            transport.send(MAIL, mark)
        transport.close()
    return caught.value
