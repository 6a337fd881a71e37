"""Skeletons: a filled copy is, to the byte, what building the message from its values gives."""

import quopri
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsletter.mail.issue import Links, Rendered
from newsletter.mail.mailbox import read_mailbox
from newsletter.mail.message import build_message, date_text, issue_headers
from newsletter.mail.outgoing import crosses_as_it_is
from newsletter.mail.presign import Presigner
from newsletter.mail.skeleton import cut_message
from newsletter.tokens import Purpose, make_token
from tests.mail.dkim_verifier import BOTH, signer, verified
from tests.mail.sample import DAY, PUBLICATION

KEYS = ["a key that is long enough to sign with"]
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"


@dataclass(frozen=True)
class Reader:
    """What differs from one copy to the next."""

    handle: str
    address: str
    message_id: str
    written_at: datetime

    @property
    def tokens(self) -> tuple[str, str]:
        return (
            make_token(KEYS, Purpose.UNSUBSCRIBE, self.handle),
            make_token(KEYS, Purpose.MANAGE, self.handle),
        )

    @property
    def values(self) -> tuple[bytes, ...]:
        mailbox, date = read_mailbox(self.address), date_text(self.written_at)
        texts = (mailbox.address, date, self.message_id, *self.tokens)
        return tuple(text.encode() for text in texts)


addresses = st.one_of(
    st.from_regex(r"[a-z0-9+_'-]{1,30}@[a-z]{1,20}\.example\.org", fullmatch=True),
    st.sampled_from(["Ann.Smith@EXAMPLE.org", "jörg@bücher.example.com", "δοκιμή@παράδειγμα.example.net"]),
    st.sampled_from(["to@example.org", "date@example.org", "a" * 64 + "@" + "b" * 60 + ".example.com"]),
)
moments = st.datetimes(datetime(2002, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))
readers = st.builds(
    Reader,
    handle=st.text(LETTERS, min_size=22, max_size=22),
    address=addresses,
    message_id=st.from_regex(r"<[a-z0-9.-]{1,60}@[a-z0-9.-]{1,40}>", fullmatch=True),
    written_at=moments,
)
# Anything may stand around a link, and moves the places where lines are broken.
around = st.lists(
    st.sampled_from(["To: x\n", "Date: ", "t=1; bh=2; b=3", ".", "\n", "\n.", " ", "=", "é", "z" * 70])
    | st.text(st.characters(codec="utf-8"), max_size=90),
    max_size=4,
).map("".join)

ANN = Reader("a" * 22, "ann@example.org", "<1.a@news.example.com>", datetime(2026, 11, 22, 6, tzinfo=UTC))
BOB = Reader(
    "-" * 22, "Bob@bücher.example.org", "<1.bob@news.example.com>", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
)


@dataclass(frozen=True)
class Words:
    """An issue's words around the reader's two links, each of which stands there twice."""

    subject: str
    pieces: tuple[str, str, str]

    def message(self, reader: Reader, tokens: Sequence[str]) -> bytes:
        leave, manage = (f"https://news.example.com/page/{token}" for token in tokens)
        first, between, last = self.pieces
        text = f"{first}{manage}\n{between}{leave}{last}\n"
        html = f'<p>{last}<a href="{leave}">{first}</a><a href="{manage}">{between}</a>'
        links = Links(manage, leave, leave, f"bounces@example.com?subject={tokens[0]}")
        headers = issue_headers(PUBLICATION, links, reader.address, reader.message_id, reader.written_at, DAY)
        return build_message(Rendered(self.subject, text, html), headers)


subjects = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=120)
words = st.builds(Words, subject=subjects, pieces=st.tuples(around, around, around))
PLAIN = Words("Good morning", ("Hello. ", "or ", "bye"))


@given(words, readers, readers)
@example(PLAIN, ANN, BOB)
@example(PLAIN, ANN, ANN)
def test_a_filled_copy_is_what_building_it_gives(words: Words, first: Reader, other: Reader) -> None:
    marks = [token.encode() for token in first.tokens]
    skeleton = cut_message(words.message(first, first.tokens), marks)

    copy = skeleton.cut.fill(other.values)

    assert copy == words.message(other, other.tokens)
    assert skeleton.ready == crosses_as_it_is(copy)


@pytest.mark.parametrize("place", range(80))
def test_a_link_may_be_broken_at_any_letter(place: int) -> None:
    words = Words("Good morning", (" " * place, "", ""))
    skeleton = cut_message(words.message(ANN, ANN.tokens), [token.encode() for token in ANN.tokens])

    copy = skeleton.cut.fill(BOB.values)

    assert copy == words.message(BOB, BOB.tokens)
    read = quopri.decodestring(copy.partition(b"\r\n\r\n")[2].replace(b"\r\n", b"\n"))
    assert [read.count(token.encode()) for token in BOB.tokens] == [2, 2]


@given(words, readers, readers)
@example(PLAIN, ANN, BOB)
def test_a_presigned_copy_is_what_signing_it_gives(words: Words, first: Reader, other: Reader) -> None:
    marks = [token.encode() for token in first.tokens]
    message = words.message(first, first.tokens)
    presigner = Presigner(signer(), message, marks, first.written_at)
    copy = words.message(other, other.tokens)

    signed = presigner.sign(copy, other.values, other.written_at)

    assert signed == signer().sign(copy, other.written_at)


def test_a_presigned_copy_verifies() -> None:
    marks = [token.encode() for token in ANN.tokens]
    presigner = Presigner(signer(), PLAIN.message(ANN, ANN.tokens), marks, ANN.written_at)
    copy = PLAIN.message(BOB, BOB.tokens)

    assert verified(presigner.sign(copy, BOB.values, BOB.written_at)) == BOTH


def test_a_copy_dated_with_fewer_digits_is_signed_the_plain_way() -> None:
    marks = [token.encode() for token in ANN.tokens]
    presigner = Presigner(signer(), PLAIN.message(ANN, ANN.tokens), marks, ANN.written_at)
    old = Reader("b" * 22, "bob@example.org", "<2@news.example.com>", datetime(1999, 1, 1, tzinfo=UTC))
    copy = PLAIN.message(old, old.tokens)

    signed = presigner.sign(copy, old.values, old.written_at)

    assert signed == signer().sign(copy, old.written_at)
    assert verified(signed) == BOTH


def test_a_link_written_in_another_way_is_noticed() -> None:
    message = PLAIN.message(ANN, ANN.tokens).replace(b"page/a", b"page/=61")

    with pytest.raises(ValueError, match="cannot be cut out"):
        cut_message(message, [token.encode() for token in ANN.tokens])


@pytest.mark.parametrize(
    ("message", "as_it_is"),
    [
        (b"A: b\r\n\r\nwords\r\n", True),
        (b"A: b\r\n\r\n.words\r\n", False),
        (b".\r\n", False),
        (b"A: b\r\n\r\nwords", False),
        (b"A: b\r\n\r\nbare\nline\r\n", False),
        (b"A: b\r\n\r\nbare\rreturn\r\n", False),
        (b"A: b\r\n\r\nswapped\n\rends\r\n", False),
        (b"A: b\r\n\r\nno\0thing\r\n", False),
        (b"x" * 998 + b"\r\n", True),
        (b"x" * 999 + b"\r\n", False),
    ],
)
def test_what_crosses_the_wire_as_it_is(message: bytes, as_it_is: bool) -> None:
    assert crosses_as_it_is(message) == as_it_is
