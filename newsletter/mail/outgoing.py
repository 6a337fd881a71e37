"""What a transport is given, and the four ways a hand-over can go wrong."""

from typing import NamedTuple

from newsletter.mail.replies import Stage, Verdict, classify

# RFC 5321, section 4.5.3.1.6: 1000 octets, the line's end included.
_LONGEST_LINE = 998


class OutgoingMail(NamedTuple):
    """A finished message with its envelope.

    `message` is CRLF bytes. `ready` says that they may cross the wire as they are, so that nobody
    needs to look through them again (`crosses_as_it_is`).
    """

    message_id: str
    envelope_from: str
    envelope_to: str
    message: bytes
    ready: bool = False


def crosses_as_it_is(message: bytes) -> bool:
    """Whether SMTP needs no change to these bytes (RFC 5321, sections 2.3.8 and 4.5.2).

    They are whole lines ended by CRLF, no CR, LF or NUL alone, none beginning with a dot, none longer
    than 998 octets.
    """
    lines = message.split(b"\r\n")
    ends = len(lines) - 1
    return (
        not lines[-1]
        and message.count(b"\r") == ends == message.count(b"\n")
        and b"\0" not in message
        and not message.startswith(b".")
        and b"\n." not in message
        and max(map(len, lines)) <= _LONGEST_LINE
    )


class HandOverError(Exception):
    """A mail was not handed over. The text is what the server, or the machine, said.

    `verdict` is what it means; None where no server answered.
    """

    def __init__(self, said: str, verdict: Verdict | None = None) -> None:
        super().__init__(said)
        self.verdict = verdict


class TemporaryRefusal(HandOverError):
    """The server said 4xx, or could not be reached before the message was on its way: try later."""


class PermanentRefusal(HandOverError):
    """The server said 5xx to this mail: never try it again, unless its verdict is about the whole relay."""


class TransportDown(HandOverError):
    """No mail at all can leave: wrong password, no TLS, no such host. Wait, and tell the operator."""


class UnknownOutcome(HandOverError):
    """The connection broke after the message's last bytes left: it may or may not have arrived."""


def refused(code: int, text: str, stage: Stage) -> HandOverError:
    """The error for a server's answer of 4xx or 5xx to one mail at `stage`, with its verdict."""
    verdict = classify(code, text, stage)
    said = f"{code} {text}".rstrip()
    return PermanentRefusal(said, verdict) if verdict.permanent else TemporaryRefusal(said, verdict)
