"""What a transport is given, and the four ways a hand-over can go wrong."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """A finished message with its envelope. `message` is CRLF bytes, ready for the wire."""

    message_id: str
    envelope_from: str
    envelope_to: str
    message: bytes


class HandOverError(Exception):
    """A mail was not handed over. The text is what the server, or the machine, said."""


class TemporaryRefusal(HandOverError):
    """The server said 4xx, or could not be reached before the message was on its way: try later."""


class PermanentRefusal(HandOverError):
    """The server said 5xx to this mail: never try it again."""


class TransportDown(HandOverError):
    """No mail at all can leave: wrong password, no TLS, no such host. Wait, and tell the operator."""


class UnknownOutcome(HandOverError):
    """The connection broke after the message's last bytes left: it may or may not have arrived."""
