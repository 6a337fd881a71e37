"""A conversation with an SMTP server that says anything at any stage, in pieces of any size, and may be
cut anywhere: every mail ends exactly once, and as what it is."""

import pytest
from hypothesis import settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from newsletter.mail.outgoing import PermanentRefusal, TemporaryRefusal, UnknownOutcome
from newsletter.mail.transport.conversation import Conversation, Heard
from newsletter.mail.transport.happenings import Failed, Happening, Ready, Taken
from newsletter.mail.transport.turn import Returned
from newsletter.mail.transport.wire import DOT, NoSmtp, Parcel
from tests.mail.strict_server import StrictServer

GOOD = {
    "MAIL": "250 2.1.0 fine",
    "RCPT": "250-2.1.5 very\r\n250 fine",
    "DATA": "354 go on",
    "DOT": "250 2.0.0 queued",
    "VOID": "554 5.5.1 no valid recipients",
    "RSET": "250 forgotten",
    "QUIT": "221 bye",
}
BAD = [
    "450 4.2.1 later",
    "550 5.1.1 never",
    "421 4.3.2 closing",
    "530 5.7.0 log in",
    "503 5.5.1 bad sequence",
    "554 5.5.0 improper pipelining",
    "354 go on",
    "250 fine",
    "garbage",
]
SIZES = some.integers(1, 400)


def parcel(ticket: int, attempts: int) -> Parcel:
    return Parcel(
        ticket,
        b"MAIL FROM:<news@example.com>\r\n",
        b"RCPT TO:<reader-%d@example.org>\r\n" % ticket,
        b"Subject: %d\r\n\r\n..Good morning.\r\n" % ticket,
        attempts,
    )


def body(ticket: int) -> bytes:
    return parcel(ticket, 0).message


class AnyConversation(RuleBasedStateMachine):
    """What may happen to a conversation, in any order. `ends` holds what was told of each mail."""

    pipelining = True

    def __init__(self) -> None:
        super().__init__()
        self.talk = Conversation(self._write, self.pipelining)
        self.server = StrictServer(self._next_reply)
        self.moods: list[str] = []
        self.to_server, self.to_client = bytearray(), bytearray()
        self.unsent = bytearray()
        self.sent = self.said = 0
        self.ready: list[int] = []
        self.gone: set[int] = set()
        self.dropped: set[int] = set()
        self.message_ends: dict[int, int] = {}
        self.ends: dict[int, list[Happening | Returned]] = {}
        self.open = True

    @precondition(lambda self: self.open and self.talk.room > 0)
    @rule(attempts=some.integers(0, 3))
    def offer(self, attempts: int) -> None:
        ticket = len(self.ends) + 1
        self.ends[ticket] = []
        self.talk.offer(parcel(ticket, attempts))

    @precondition(lambda self: self.ready)
    @rule()
    def go(self) -> None:
        ticket = self.ready.pop(0)
        self.gone.add(ticket)
        self.talk.go(ticket)

    @precondition(lambda self: self.ends)
    @rule(data=some.data())
    def drop(self, data: some.DataObject) -> None:
        ticket = data.draw(some.sampled_from(sorted(self.ends)))
        if ticket not in self.gone and not self.ends[ticket]:
            self._take_back(ticket)

    def _take_back(self, ticket: int) -> None:
        self.dropped.add(ticket)
        self.ready = [one for one in self.ready if one != ticket]
        self._note(self.talk.drop(ticket))

    @rule(size=SIZES)
    def bytes_leave(self, size: int) -> None:
        piece = self.unsent[:size]
        del self.unsent[:size]
        self.sent += len(piece)
        self.to_server += piece

    @rule(mood=some.sampled_from(["", *BAD]))
    def the_server_will_say(self, mood: str) -> None:
        self.moods.append(mood)

    @rule(size=SIZES)
    def bytes_arrive(self, size: int) -> None:
        self._arrive(size)

    @precondition(lambda self: self.open)
    @rule(size=SIZES)
    def replies_arrive(self, size: int) -> None:
        while self.server.answers:
            self.to_client += self.server.answers.popleft()
        piece = bytes(self.to_client[:size])
        del self.to_client[:size]
        if not piece:
            return
        try:
            self._note(self.talk.hear(piece, self.sent))
        except NoSmtp as error:
            self._cut(str(error))

    @precondition(lambda self: self.open)
    @rule(
        moods=some.lists(some.sampled_from(["", "", *BAD]), max_size=5),
        offers=some.booleans(),
        drops=some.booleans(),
    )
    def nobody_dawdles(self, moods: list[str], offers: bool, drops: bool) -> None:
        self.moods = moods
        if offers and self.talk.room:
            self.offer(0)
        while self.open and (self.unsent or self.to_server or self.to_client or self.ready or self._owed()):
            if self.ready and drops:
                self._take_back(self.ready[0])
            elif self.ready:
                self.go()
            self.bytes_leave(10_000)
            self._arrive(10_000)
            if self.open:
                self.replies_arrive(10_000)
        assert not self.talk.busy, "a mail is stuck"

    def _owed(self) -> bool:
        return bool(self.server.answers)

    @precondition(lambda self: self.open)
    @rule(chance=some.integers(0, 9))
    def the_connection_is_cut(self, chance: int) -> None:
        if chance == 0:
            self._cut("the mail server hung up")

    @invariant()
    def one_message_at_most_is_without_an_answer(self) -> None:
        unanswered = [ticket for ticket in self.gone if not self.ends[ticket]]
        assert len(unanswered) <= 1

    @invariant()
    def a_conversation_that_is_over_has_no_room(self) -> None:
        assert not (self.talk.over and self.talk.room)

    def teardown(self) -> None:
        if self.open:
            self._cut("the mail server hung up")
        self._arrive(1_000_000)
        for ticket, ends in self.ends.items():
            assert len(ends) == (ticket not in self.dropped), f"mail {ticket} ended {len(ends)} times"
            if ends:
                self._end_is_true(ticket, ends[0])

    def _end_is_true(self, ticket: int, end: Happening | Returned) -> None:
        taken = self.server.taken.count(body(ticket))
        assert taken <= 1
        whole = ticket in self.message_ends and self.sent >= self.message_ends[ticket]
        match end:
            case Taken():
                assert taken == 1
            case Failed(_, UnknownOutcome()):
                assert whole
            case Failed(_, error):
                assert not taken
                if isinstance(error, PermanentRefusal):
                    assert any(str(error) in said for _stage, said in self.server.answered)
            case Returned():
                assert not taken
                assert ticket not in self.gone

    def _write(self, octets: bytes) -> None:
        ends_message = bool(self.unsent) and octets == DOT
        if not self.pipelining and not ends_message:
            assert not self.unsent, "a command before the last one was answered"
            assert not self.to_server
            assert not self.server.answers
        self.said += len(octets)
        for ticket in self.ends:
            if octets == parcel(ticket, 0).message:
                assert ticket in self.gone, "a message before it was let go"
                self.message_ends[ticket] = self.said + len(DOT)
        self.unsent += octets

    def _next_reply(self, stage: str) -> str:
        mood = self.moods.pop(0) if self.moods else ""
        return mood or GOOD[stage]

    def _arrive(self, size: int) -> None:
        piece = bytes(self.to_server[:size])
        del self.to_server[:size]
        if not self.server.closed:
            self.server.feed(piece)

    def _cut(self, why: str) -> None:
        self._note(self.talk.lost(why, self.sent))
        self._end()

    def _note(self, heard: Heard) -> None:
        for happening in heard:
            assert happening.ticket not in self.dropped
            if isinstance(happening, Ready):
                self.ready.append(happening.ticket)
            else:
                self.ends[happening.ticket].append(happening)
                self.ready = [one for one in self.ready if one != happening.ticket]
        if self.talk.ended:
            self._end()

    def _end(self) -> None:
        """As a lane does: nothing more is said."""
        assert self.talk.ended
        self.open = False
        self.unsent.clear()


class AnySequentialConversation(AnyConversation):
    pipelining = False


TestPipelined = AnyConversation.TestCase
TestPipelined.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestSequential = AnySequentialConversation.TestCase
TestSequential.settings = TestPipelined.settings


def saying(pipelining: bool) -> tuple[Conversation, list[bytes]]:
    """A conversation, and what it has said."""
    said: list[bytes] = []
    return Conversation(said.append, pipelining), said


def leaving() -> tuple[Conversation, int, int]:
    """A pipelined conversation whose first message is leaving; bytes said before it, and with it."""
    talk, said = saying(pipelining=True)
    talk.offer(parcel(1, 0))
    before = len(b"".join(said))
    assert list(talk.hear(b"250 fine\r\n250 fine\r\n354 go on\r\n", before)) == [Ready(1)]
    talk.go(1)
    return talk, before, len(b"".join(said))


def test_a_message_cut_at_any_byte_but_after_the_last_has_not_arrived() -> None:
    _talk, before, whole = leaving()
    for sent in range(before, whole + 1):
        talk, _before, _whole = leaving()
        (end,) = talk.lost("the mail server hung up", sent)
        assert isinstance(end, Failed)
        assert type(end.error) is (UnknownOutcome if sent == whole else TemporaryRefusal)


def test_a_refusal_in_the_midst_of_a_message_is_heard_and_ends_the_conversation() -> None:
    talk, before, _whole = leaving()
    (end,) = talk.hear(b"552 5.3.4 too large\r\n", before + 5)
    assert isinstance(end, Failed)
    assert isinstance(end.error, PermanentRefusal)
    assert talk.ended


@pytest.mark.parametrize("reply", [b"250 taken\r\n", b"354 go on\r\n"])
def test_a_message_cannot_be_taken_before_it_was_heard(reply: bytes) -> None:
    talk, before, _whole = leaving()
    with pytest.raises(NoSmtp, match="out of step"):
        list(talk.hear(reply, before + 5))
    (end,) = talk.lost("out of step", before + 5)
    assert isinstance(end, Failed)
    assert isinstance(end.error, TemporaryRefusal)


def test_nobody_knows_what_an_invitation_to_go_on_means_after_the_message() -> None:
    talk, _before, whole = leaving()
    with pytest.raises(NoSmtp, match="out of step"):
        list(talk.hear(b"354 go on\r\n", whole))
    (end,) = talk.lost("out of step", whole)
    assert isinstance(end, Failed)
    assert isinstance(end.error, UnknownOutcome)


def test_what_was_said_before_a_flood_of_garbage_counts() -> None:
    talk, _before, whole = leaving()
    heard = talk.hear(b"250 2.0.0 queued\r\n" + b"x" * 10_000, whole)
    assert next(heard) == Taken(1, "250 2.0.0 queued")
    with pytest.raises(NoSmtp, match="too long"):
        next(heard)


def test_no_control_character_of_a_server_gets_into_our_words() -> None:
    talk, _before, whole = leaving()
    assert list(talk.hear(b"250 2.0.0 \x1b[2Jqueued\x00 as\t1\r\n", whole)) == [
        Taken(1, "250 2.0.0 [2Jqueued as 1")
    ]


@pytest.mark.parametrize("line", [b"2500 fine\r\n", b"25\r\n", b"250_fine\r\n", b"150 fine\r\n"])
def test_a_line_that_begins_almost_like_a_reply_is_none(line: bytes) -> None:
    talk, _before, whole = leaving()
    with pytest.raises(NoSmtp):
        list(talk.hear(line, whole))


def test_a_sender_refused_but_a_recipient_taken_gets_no_empty_message() -> None:
    talk, said = saying(pipelining=True)
    talk.offer(parcel(1, 0))
    before = len(said)
    (end,) = talk.hear(b"550 5.7.1 no\r\n250 fine\r\n354 go on\r\n", len(said[0]))
    assert isinstance(end, Failed)
    assert str(end.error) == "550 5.7.1 no"
    assert talk.ended
    assert len(said) == before


def test_the_last_words_on_a_mail_that_breaks_every_connection_are_the_servers() -> None:
    talk, said = saying(pipelining=True)
    talk.offer(parcel(1, 3))
    (end,) = talk.hear(b"250 fine\r\n421 4.7.0 too much for this domain\r\n", len(said[0]))
    assert isinstance(end, Failed)
    assert isinstance(end.error, TemporaryRefusal)
    assert end.error.verdict is not None


def test_a_mail_that_was_not_introduced_may_be_returned_as_often_as_it_takes() -> None:
    talk, _said = saying(pipelining=True)
    talk.offer(parcel(1, 0))
    talk.offer(parcel(2, 3))
    assert Returned(2, "gone", 3) in list(talk.lost("gone", 0))
