"""A mail's turn in an SMTP conversation, and what becomes of it when the connection is gone."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple

from newsletter.mail import replies
from newsletter.mail.outgoing import HandOverError, TemporaryRefusal, UnknownOutcome, refused
from newsletter.mail.transport.happenings import Failed, Happening
from newsletter.mail.transport.wire import Parcel, Reply

# So often a mail of which nothing has left is offered anew before the fault is taken for its own.
_MOST_RETURNS = 3


class Stage(Enum):
    """What a reply answers. VOID is an empty message for nobody."""

    MAIL = auto()
    RCPT = auto()
    DATA = auto()
    DOT = auto()
    VOID = auto()
    RSET = auto()
    QUIT = auto()


@dataclass(frozen=True, slots=True)
class Returned:
    """Nothing of this mail has left, and it is not to blame: offer it over another connection.

    `attempts` is how many connections it has been lost with after it was introduced.
    """

    ticket: int
    why: str
    attempts: int


class Refused(NamedTuple):
    """The first refusal a mail met, and what it answered."""

    stage: Stage
    reply: Reply

    @property
    def error(self) -> HandOverError:
        return refusal_of(self.reply, self.stage)


@dataclass(slots=True, eq=False)
class Turn:
    """A mail in a conversation, and how far it has come.

    `introduced` when the server was told of it, `ready` when it wants the message, `gone` when the
    message may leave; `end` is where its last byte stands in all that was said. `unwanted` when it was
    taken back before it was ready, `for_nobody` when its recipient was refused.
    """

    parcel: Parcel
    introduced: bool = False
    ready: bool = False
    gone: bool = False
    unwanted: bool = False
    for_nobody: bool = False
    end: int | None = None
    refused: Refused | None = None

    @property
    def ticket(self) -> int:
        return self.parcel.ticket

    @property
    def refused_at(self) -> Stage | None:
        return self.refused.stage if self.refused else None


def fate_of(turn: Turn, why: str, sent: int, trusted: bool) -> Happening | Returned:
    """What becomes of a mail when its connection is lost after `sent` bytes.

    `trusted` when the fault is rather the connection's than the mail's: it had served others before,
    or the server had got out of step.
    """
    if turn.end is not None:
        # Until its last byte is on its way the server cannot take it for whole.
        broke_off = TemporaryRefusal(f"{why}, in the midst of the message")
        return Failed(turn.ticket, UnknownOutcome(why) if sent >= turn.end else broke_off)
    if turn.gone:
        return Failed(turn.ticket, TemporaryRefusal(why))
    if not turn.introduced or (trusted and turn.parcel.attempts < _MOST_RETURNS):
        return Returned(turn.ticket, why, turn.parcel.attempts + turn.introduced)
    return Failed(turn.ticket, turn.refused.error if turn.refused else TemporaryRefusal(why))


def refusal_of(reply: Reply, stage: Stage) -> HandOverError:
    """What a refusal at one of a mail's own stages means."""
    return refused(reply.code, reply.text, replies.Stage[stage.name])
