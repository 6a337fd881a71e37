"""What a transport tells of the mails it was offered: ready to leave, or ended, one way or another."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ready:
    """Nothing but the message itself is left to send: it leaves when told to `go`, and not before."""

    ticket: int


@dataclass(frozen=True, slots=True)
class Taken:
    """The taker has taken the mail over, in these words."""

    ticket: int
    reply: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The mail was not handed over, or nobody knows: a `HandOverError`, or a fault of ours."""

    ticket: int
    error: BaseException


Happening = Ready | Taken | Failed
