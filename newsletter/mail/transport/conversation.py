"""One SMTP conversation (RFC 5321, RFC 2920) without its socket: commands out, replies in, what they mean.

With pipelining the end of one message and the next mail's commands go out together, so that a
message costs one round trip. Whatever a server says or leaves unsaid, each mail offered ends exactly
once: taken, refused, unknown, or returned to be offered elsewhere because nothing of it has left.
"""

from collections import deque
from collections.abc import Callable, Iterator

from newsletter.mail.outgoing import TransportDown
from newsletter.mail.transport.happenings import Failed, Happening, Ready, Taken
from newsletter.mail.transport.turn import Refused, Returned, Stage, Turn, fate_of, refusal_of
from newsletter.mail.transport.wire import DATA, DOT, QUIT, RSET, NoSmtp, Parcel, Reply, ReplyReader

# 421: the server is closing (RFC 5321, section 3.8).
CLOSING = 421
# RFC 4954, section 6: about our standing with the server, not about this mail.
_UNAUTHENTICATED = (530, 534, 535, 538)
# What a server says that has lost its place in a group of commands.
_OUT_OF_STEP = (500, 502, 503)
_TAKEN_BACK = "hung up to take a mail back"

Heard = Iterator[Happening | Returned]


class Conversation:
    """Writes by `say`, is told what came by `hear`; `over` when no more mail can go this way.

    `odd` tells what a server said that could not follow a group of commands; `mails` counts the
    messages it has answered, `replies` whatever it has said.
    """

    def __init__(self, say: Callable[[bytes], None], pipelining: bool) -> None:
        self._say_bytes, self.pipelining = say, pipelining
        self.over, self.odd, self.mails, self.replies = False, "", 0, 0
        self._said = self._sent = 0
        self._turns: deque[Turn] = deque()
        self._expected: deque[tuple[Stage, Turn | None]] = deque()
        self._reader = ReplyReader()

    @property
    def room(self) -> int:
        """How many mails may be offered now: with pipelining one waits behind the one that is leaving."""
        return 0 if self.over else (2 if self.pipelining else 1) - len(self._turns)

    @property
    def busy(self) -> bool:
        """Whether any mail is in it."""
        return bool(self._turns)

    @property
    def awaits(self) -> Stage | None:
        """What the next reply will answer; None when none is due."""
        return self._expected[0][0] if self._expected else None

    @property
    def ended(self) -> bool:
        """Whether there is nothing left to say or to hear."""
        return self.over and not self._expected

    def offer(self, parcel: Parcel) -> None:
        """A mail; it is introduced to the server as soon as it can be."""
        behind = self._turns[0] if self._turns else None
        self._turns.append(Turn(parcel))
        if behind.gone if behind else (self.pipelining or not self._expected):
            self._introduce(self._turns[-1])

    def go(self, ticket: int) -> None:
        """Let a mail that is ready leave. Nothing when the connection was lost meanwhile."""
        turn = self._turns[0] if self._turns else None
        if turn is None or turn.ticket != ticket or not turn.ready or turn.gone:
            return
        turn.gone = True
        if not self.pipelining:
            self._say(DATA, (Stage.DATA, turn))
            return
        self._message(turn)
        if len(self._turns) > 1:
            self._introduce(self._turns[1])

    def drop(self, ticket: int) -> Heard:
        """Take back a mail that has not left; nothing more is told of it."""
        turn = next((turn for turn in self._turns if turn.ticket == ticket and not turn.gone), None)
        if turn is None:
            return
        if turn.introduced and not turn.ready:
            turn.unwanted = True
            return
        self._turns.remove(turn)
        if turn.ready:
            yield from self._take_back()

    def leave(self) -> None:
        """Take leave of the server."""
        self.over = True
        self._say(QUIT, (Stage.QUIT, None))

    def hear(self, octets: bytes, sent: int) -> Heard:
        """What these bytes mean, `sent` of ours having left before them. Raises `NoSmtp`."""
        self._sent = sent
        for reply in self._reader.feed(octets):
            if not self._expected:
                # Said of its own accord: only a farewell makes sense.
                raise NoSmtp(str(reply))
            self.replies += 1
            stage, turn = self._expected.popleft()
            if turn is not None and self._in_passing(stage, turn, reply):
                continue
            yield from self._heard(stage, turn, reply)
            if reply.code == CLOSING:
                yield from self._lost(str(reply))

    def lost(self, why: str, sent: int) -> Heard:
        """The connection is gone after `sent` bytes: what becomes of the mails in it."""
        self._sent = sent
        yield from self._lost(why)

    def _lost(self, why: str) -> Heard:
        self.over = True
        turns, self._turns = list(self._turns), deque()
        self._expected.clear()
        if turns and not self.odd and self._cut_short(turns[0]):
            self.odd = why
        for turn in turns:
            # A server may say it is closing to a connection that stood idle, when nobody was listening.
            fresh_group = self.pipelining and not turn.parcel.attempts and turn.refused_at is not Stage.RCPT
            trusted = bool(self.odd) or fresh_group or bool(self.mails)
            if not turn.unwanted:
                yield fate_of(turn, why, self._sent, trusted)

    def _cut_short(self, turn: Turn) -> bool:
        """Whether a mail was lost in its group of commands for the second time, on a fresh connection.

        A relay that cannot take groups may hang up or fall silent instead of saying so.
        """
        in_group = turn.introduced and not (turn.refused or turn.gone)
        return self.pipelining and in_group and turn.parcel.attempts > 0 and not self.mails

    def _heard(self, stage: Stage, turn: Turn | None, reply: Reply) -> Heard:
        if turn is None:
            return self._heard_between(stage, reply)
        if stage is Stage.DOT:
            return self._answered(turn, reply)
        if turn.refused and stage is Stage.VOID:
            return self._end_refused(turn, turn.refused)
        return (self._heard_in_group if self.pipelining else self._heard_alone)(stage, turn, reply)

    def _in_passing(self, stage: Stage, turn: Turn, reply: Reply) -> bool:
        """Whether this only says that a group goes on well: half of all replies, told of to nobody."""
        goes_on = stage is Stage.MAIL or stage is Stage.RCPT
        return goes_on and self.pipelining and turn.refused is None and reply.kind == 2

    def _heard_between(self, stage: Stage, reply: Reply) -> Heard:
        if stage is Stage.RSET and reply.kind != 2 and reply.code != CLOSING:
            yield from self._lost(str(reply))
        elif self._turns and not self.pipelining:
            self._introduce(self._turns[0])

    def _heard_in_group(self, stage: Stage, turn: Turn, reply: Reply) -> Heard:
        """A reply to one of a group's three commands; the last one decides."""
        if _out_of_step(stage, turn, reply):
            self.odd = str(reply)
            yield from self._lost(self.odd)
            return
        if _refuses(reply):
            turn.refused = turn.refused or Refused(stage, reply)
            turn.for_nobody = turn.for_nobody or stage is Stage.RCPT
        if stage is not Stage.DATA:
            return
        if turn.refused is None:
            yield from self._is_ready(turn)
        elif reply.kind == 3 and turn.for_nobody:
            # RFC 2920, section 3.1: it wants a message for nobody; it gets an empty one.
            self._say(b".\r\n", (Stage.VOID, turn))
        else:
            # A server that wants a message in spite of all would send an empty one to the recipient.
            yield from self._end_refused(turn, turn.refused, hang_up=reply.kind == 3)

    def _heard_alone(self, stage: Stage, turn: Turn, reply: Reply) -> Heard:
        if _refuses(reply):
            turn.refused = Refused(stage, reply)
            yield from self._end_refused(turn, turn.refused)
        elif reply.kind != _wanted(stage):
            raise NoSmtp(f"the mail server is out of step: {reply}")
        elif stage is Stage.MAIL:
            self._say(turn.parcel.recipient, (Stage.RCPT, turn))
        elif stage is Stage.RCPT:
            yield from self._is_ready(turn)
        else:
            self._message(turn)

    def _is_ready(self, turn: Turn) -> Heard:
        turn.ready = True
        if turn.unwanted:
            self._turns.remove(turn)
            yield from self._take_back()
        else:
            yield Ready(turn.ticket)

    def _take_back(self) -> Heard:
        """Undo what the server was told of a mail that was ready."""
        if self.pipelining:
            # The server waits for a message, and would take whatever came for one.
            yield from self._lost(_TAKEN_BACK)
        else:
            self._reset()

    def _answered(self, turn: Turn, reply: Reply) -> Heard:
        """The word on a whole message."""
        early = turn.end is not None and self._sent < turn.end
        if reply.kind == 3 or (early and reply.kind == 2):
            raise NoSmtp(f"the mail server is out of step: {reply}")
        self._turns.remove(turn)
        self.mails += 1
        if reply.kind == 2:
            yield Taken(turn.ticket, str(reply))
        else:
            yield Failed(turn.ticket, refusal_of(reply, Stage.DOT))
        if early:
            # The rest of the message would be taken for commands.
            yield from self._lost(str(reply))
        elif self._turns and not self.pipelining:
            self._introduce(self._turns[0])

    def _end_refused(self, turn: Turn, refused: Refused, hang_up: bool = False) -> Heard:
        """A mail refused before its message left."""
        at_sender, code = refused.stage is Stage.MAIL, refused.reply.code
        if code == CLOSING and at_sender and self.mails:
            return  # `_lost` comes next, and returns it
        self._turns.remove(turn)
        why, no_login = str(refused.reply), at_sender and code in _UNAUTHENTICATED
        if no_login:
            why = f"the mail server wants another login: {why}"
        if not turn.unwanted:
            yield Failed(turn.ticket, TransportDown(why) if no_login else refused.error)
        if no_login or hang_up:
            yield from self._lost(why)
        elif code != CLOSING:
            self._reset()

    def _reset(self) -> None:
        """Make the server forget the mail at hand (RFC 5321, section 4.1.1.5), ready for the next."""
        self._say(RSET, (Stage.RSET, None))
        if self._turns and self.pipelining:
            self._introduce(self._turns[0])

    def _introduce(self, turn: Turn) -> None:
        """Sender and recipient; with pipelining the wish to send the message as well."""
        turn.introduced = True
        if self.pipelining:
            self._say(turn.parcel.group, (Stage.MAIL, turn), (Stage.RCPT, turn), (Stage.DATA, turn))
        else:
            self._say(turn.parcel.sender, (Stage.MAIL, turn))

    def _message(self, turn: Turn) -> None:
        self._say(turn.parcel.message)
        self._say(DOT, (Stage.DOT, turn))
        turn.end = self._said

    def _say(self, octets: bytes, *expected: tuple[Stage, Turn | None]) -> None:
        self._said += len(octets)
        self._expected.extend(expected)
        self._say_bytes(octets)


def _wanted(stage: Stage) -> int:
    """The kind of reply that lets a mail go on."""
    return 3 if stage is Stage.DATA else 2


def _refuses(reply: Reply) -> bool:
    return reply.kind > 3


def _out_of_step(stage: Stage, turn: Turn, reply: Reply) -> bool:
    """Whether a server that says so has lost its place in a group of commands."""
    if not _refuses(reply):
        return reply.kind != _wanted(stage)
    # Once something was refused, 503 is what the rest of the group is told.
    return turn.refused is None and (reply.code in _OUT_OF_STEP or "pipelin" in reply.text.lower())
