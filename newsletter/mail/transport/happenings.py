"""What a transport tells of the mails it was offered: ready to leave, or ended, one way or another."""

from typing import NamedTuple


class Ready(NamedTuple):
    """Nothing but the message itself is left to send: it leaves when told to `go`, and not before."""

    ticket: int


class Taken(NamedTuple):
    """The taker has taken the mail over, in these words."""

    ticket: int
    reply: str


class Failed(NamedTuple):
    """The mail was not handed over, or nobody knows: a `HandOverError`, or a fault of ours."""

    ticket: int
    error: BaseException


Happening = Ready | Taken | Failed
