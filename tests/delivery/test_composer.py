"""The composer: copies from shared skeletons, the same to the byte as mails written whole."""

import re
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from newsletter.db import Database
from newsletter.delivery.composer import Composer
from newsletter.delivery.letter import Letter
from newsletter.delivery.links import LinkMaker
from newsletter.delivery.sections import Sections
from newsletter.delivery.skeletons import Prepared, Skeletons, Words
from newsletter.delivery.written import NothingToSay, write_issue
from newsletter.mail.clock import Clock
from newsletter.mail.outgoing import crosses_as_it_is
from newsletter.mail.skeleton import Cut, Skeleton
from newsletter.mail.verp import read_return_path
from newsletter.models import Edition, EditionStatus, MailKind
from tests.delivery.cast import DAY, FRESH, NOW, a_delivery, a_reader, a_topic, add_story, an_edition
from tests.delivery.office import KEYS, PUBLICATION
from tests.mail.dkim_verifier import BOTH, WRITTEN_AT, signer, verified

SIGNED = replace(PUBLICATION, signer=signer())
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

ANN = Letter(
    delivery_id=7,
    kind=MailKind.ISSUE,
    occasion="2026-11-22",
    welcome=False,
    editions="1,2",
    message_id="<issue.2026-11-22.ann@news.example.com>",
    created_at=NOW,
    expires_at=NOW + FRESH,
    attempts=0,
    repeats=0,
    subscriber_id=1,
    handle="a" * 22,
    address="ann@example.org",
    address_key="ann@example.org",
    language="en",
    length="standard",
    timezone="Europe/Berlin",
    send_time=time(7),
)
BOB = ANN._replace(
    delivery_id=8,
    message_id="<issue.2026-11-22.bob@news.example.com>",
    created_at=NOW + DAY,
    handle="b" * 22,
    address="bob@bücher.example.org",
    timezone="Europe/Paris",
    send_time=time(9),
)


@dataclass
class Reading:
    """The composer's door to a database; counts how often it was opened."""

    database: Database
    count: int = 0

    def __call__(self) -> AbstractContextManager[Session]:
        self.count += 1
        return self.database.read()


@pytest.fixture(scope="module")
def newsroom(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Editions 1 to 3 of three topics; nothing in it is changed."""
    path = tmp_path_factory.mktemp("newsroom") / "newsletter.db"
    shutil.copy(migrated_sqlite, path)
    database = Database(f"sqlite:///{path}")
    with database.write() as session:
        for slug in ("science", "culture", "city"):
            edition = an_edition(session, a_topic(session, slug), headline=f"The news. of {slug}, über alles")
            add_story(session, edition, f"More of {slug}")
    yield database
    database.close()


def whole(database: Database, letter: Letter) -> bytes:
    """An issue written whole from its values, and signed, by no way that copies take."""
    links = LinkMaker(SIGNED, KEYS)
    with database.read() as session:
        numbers = [int(number) for number in letter.editions.split(",")]
        muted = frozenset(int(number) for number in letter.muted_sources.split(",") if number)
        sections = Sections().of(session, numbers, letter.language, letter.length, muted)
    message = write_issue(
        letter, SIGNED, links.links(*links.tokens(letter.handle, letter.created_at)), sections
    )
    return signer().sign(message, letter.created_at)


def text_of(message: bytes) -> str:
    """The text part as one line."""
    body = message_from_bytes(message, policy=policy.default).get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split())


editions = st.permutations(["1", "2", "3"]).flatmap(
    lambda all_: st.integers(1, 3).map(lambda count: ",".join(all_[:count]))
)
# What readers share, and what each has alone.
issues = st.builds(
    ANN._replace,
    occasion=st.dates().map(str),
    welcome=st.booleans(),
    editions=editions,
    language=st.sampled_from(["en", "de", "ar", "pt-BR"]),
    length=st.sampled_from(["headlines", "standard", "full", "text"]),
    # Each edition has four sources of its own: two lead a story, two are related to the second.
    muted_sources=st.lists(st.integers(1, 12), max_size=3).map(lambda ids: ",".join(map(str, ids))),
)
readers = st.builds(
    ANN._replace,
    message_id=st.from_regex(r"<[a-z0-9.-]{1,60}@news\.example\.com>", fullmatch=True),
    created_at=st.datetimes(datetime(2002, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),
    handle=st.text(LETTERS, min_size=22, max_size=22) | st.text(LETTERS, min_size=1, max_size=64),
    address=st.from_regex(r"[a-z0-9+_'-]{1,30}@[a-z]{1,20}\.example\.org", fullmatch=True)
    | st.sampled_from(["Ann.Smith@EXAMPLE.org", "jörg@bücher.example.com", "δοκιμή@παράδειγμα.example.net"]),
    timezone=st.sampled_from(["UTC", "America/New_York", "Europe/Berlin", "Africa/Lagos", "Nowhere/Else"]),
    send_time=st.times(),
)


def issue_for(reader: Letter, issue: Letter) -> Letter:
    return reader._replace(
        occasion=issue.occasion,
        welcome=issue.welcome,
        editions=issue.editions,
        language=issue.language,
        length=issue.length,
        muted_sources=issue.muted_sources,
    )


# Each example writes whole mails: some milliseconds, and several keys' arithmetic.
@settings(max_examples=40, deadline=None)
@given(issues, readers, readers)
def test_every_copy_is_what_writing_it_whole_gives(
    newsroom: Database, issue: Letter, first: Letter, second: Letter
) -> None:
    composer = Composer(newsroom.read, SIGNED, KEYS)
    # The second reader's copy comes from the first one's skeleton, unless something sets them apart.
    for letter in (issue_for(first, issue), issue_for(second, issue)):
        mail = composer.compose(letter)
        assert mail.message == whole(newsroom, letter)
        assert mail.ready
        assert crosses_as_it_is(mail.message)
        assert composer.compose(letter) == mail


def test_readers_of_the_same_words_share_what_is_read_and_rendered(newsroom: Database) -> None:
    read = Reading(newsroom)
    composer = Composer(read, PUBLICATION, KEYS)
    for letter in (ANN, BOB, ANN):
        composer.compose(letter)
    assert read.count == 1

    others = [
        ANN._replace(editions="2,1"),
        ANN._replace(occasion="2026-11-23"),
        ANN._replace(welcome=True),
        ANN._replace(language="de"),
        ANN._replace(length="full"),
        ANN._replace(handle="c" * 30),
        ANN._replace(timezone="Asia/Tokyo"),
    ]
    for letter in others:
        composer.compose(letter)
    assert read.count == 1 + len(others)


def test_zones_that_agree_share_a_skeleton_and_others_have_their_own_times(newsroom: Database) -> None:
    read = Reading(newsroom)
    composer = Composer(read, PUBLICATION, KEYS)
    told = []
    for zone in ("Europe/Berlin", "Europe/Madrid", "Africa/Lagos", "America/New_York", "Nowhere/Else"):
        text = text_of(composer.compose(ANN._replace(timezone=zone)).message)
        told.append(set(re.findall(r"The Paper, (\S+ \S+)", text)))

    assert told == [{"today 05:00"}] * 3 + [{"yesterday 23:00"}, {"today 04:00"}]
    assert read.count == 3


def test_muted_sources_are_left_out_and_the_next_article_leads(newsroom: Database) -> None:
    composer = Composer(newsroom.read, PUBLICATION, KEYS)
    first = ANN._replace(editions="1")

    without_related = text_of(composer.compose(first._replace(muted_sources="3")).message)
    led_by_another = text_of(composer.compose(first._replace(muted_sources="2")).message)
    gone = text_of(composer.compose(first._replace(muted_sources="1")).message)

    assert "The Paper 2" not in without_related
    assert "More of science The Paper 1, today" in without_related
    assert "The Paper 1," not in led_by_another
    assert "More of science, as told by The Paper 2 The Paper 2, today" in led_by_another
    assert "The Paper 2 says it in a line. And in another." in led_by_another
    assert "The news. of science" not in gone
    with pytest.raises(NothingToSay):
        composer.compose(first._replace(muted_sources="1,2,3,4"))


def test_muting_what_an_issue_does_not_hold_costs_nothing(newsroom: Database) -> None:
    read = Reading(newsroom)
    composer = Composer(read, PUBLICATION, KEYS)
    plain = composer.compose(ANN)
    opened = read.count
    for muted in ("99", "9", "77,78,79"):
        assert composer.compose(ANN._replace(muted_sources=muted)) == plain
    # Once, to learn the editions' sources.
    assert read.count <= opened + 1


def test_plain_text_is_sent_as_that_alone(newsroom: Database) -> None:
    composer = Composer(newsroom.read, SIGNED, KEYS)
    mail = composer.compose(ANN._replace(length="text", created_at=WRITTEN_AT))

    message = message_from_bytes(mail.message, policy=policy.default)
    assert message.get_content_type() == "text/plain"
    assert text_of(mail.message) == text_of(composer.compose(ANN._replace(created_at=WRITTEN_AT)).message)
    assert verified(mail.message) == BOTH
    assert mail.ready


def test_a_welcome_tells_each_reader_their_own_hour(newsroom: Database) -> None:
    composer = Composer(newsroom.read, PUBLICATION, KEYS)

    texts = [text_of(composer.compose(letter._replace(welcome=True)).message) for letter in (ANN, BOB, ANN)]

    told = [re.findall(r"Your daily mail comes at (\d\d:\d\d)", text) for text in texts]
    assert told == [["07:00"], ["09:00"], ["07:00"]]


def test_the_recipient_is_written_as_smtp_needs_it(newsroom: Database) -> None:
    mail = Composer(newsroom.read, PUBLICATION, KEYS).compose(BOB)

    assert mail.envelope_to == "bob@xn--bcher-kva.example.org"
    assert mail.envelope_from == "bounces@example.com"


def test_with_return_paths_of_its_own_a_mail_says_which_it_was(newsroom: Database) -> None:
    composer = Composer(newsroom.read, replace(PUBLICATION, verp=True), KEYS)
    plain = Composer(newsroom.read, PUBLICATION, KEYS)

    mail = composer.compose(BOB)

    assert read_return_path(mail.envelope_from, KEYS) == BOB.delivery_id
    assert mail.message == plain.compose(BOB).message


@pytest.mark.parametrize("field", ["address", "message_id"])
def test_a_value_that_could_break_out_of_its_header_is_refused(newsroom: Database, field: str) -> None:
    composer = Composer(newsroom.read, PUBLICATION, KEYS)
    composer.compose(ANN)
    for evil in ("<a@b>\r\nBcc: all@example.org", "a\nb@example.org", "a\0@example.org", "nobody"):
        with pytest.raises(ValueError, match=r"address|header"):
            composer.compose(
                ANN._replace(address=evil) if field == "address" else ANN._replace(message_id=evil)
            )


def test_copies_are_signed_for_verifiers_that_are_not_ours(newsroom: Database) -> None:
    composer = Composer(newsroom.read, SIGNED, KEYS)
    for letter in (ANN, BOB):
        mail = composer.compose(letter._replace(created_at=WRITTEN_AT))
        assert verified(mail.message) == BOTH
        assert mail.ready


@pytest.mark.parametrize("kind", [MailKind.CONFIRM, MailKind.ALREADY])
def test_notices_are_ready_and_signed_too(db: Database, kind: MailKind) -> None:
    with db.write() as session:
        reader = a_reader(session, a_topic(session))
        letter = ANN._replace(kind=kind, subscriber_id=reader.id, created_at=WRITTEN_AT)
        a_delivery(session, reader, kind=kind)

    mail = Composer(db.read, SIGNED, KEYS).compose(letter)

    assert verified(mail.message) == BOTH
    assert mail.ready
    assert mail == Composer(db.read, SIGNED, KEYS).compose(letter)


def test_an_edition_held_back_or_let_go_is_noticed_with_the_next_batch(any_db: Database) -> None:
    composer = Composer(any_db.read, PUBLICATION, KEYS)
    with any_db.write() as session:
        numbers = [an_edition(session, a_topic(session, slug), headline=slug).id for slug in ("rain", "snow")]
    letter = ANN._replace(editions=",".join(map(str, numbers)))

    seen = []
    for status in (EditionStatus.PUBLISHED, EditionStatus.HELD, EditionStatus.PUBLISHED):
        with any_db.write() as session:
            session.get_one(Edition, numbers[1]).status = status
        with any_db.read() as session:
            composer.renew(session)
        seen.append([word in composer.compose(letter).message for word in (b"rain", b"snow")])

    assert seen == [[True, True], [True, False], [True, True]]


def test_looking_anew_forgets_nothing_that_still_holds(newsroom: Database) -> None:
    read = Reading(newsroom)
    composer = Composer(read, PUBLICATION, KEYS)
    composer.compose(ANN)
    with newsroom.read() as session:
        composer.renew(session)
    composer.compose(BOB)

    assert read.count == 1


def test_an_issue_whose_editions_are_all_gone_says_nothing(db: Database) -> None:
    with db.write() as session:
        number = an_edition(session, a_topic(session), status=EditionStatus.HELD).id
    composer = Composer(db.read, PUBLICATION, KEYS)

    for editions in (str(number), "999", ""):
        with pytest.raises(NothingToSay):
            composer.compose(ANN._replace(editions=editions))


def test_skeletons_are_bounded_by_number_and_octets_and_the_longest_unused_goes(newsroom: Database) -> None:
    read = Reading(newsroom)
    composer = Composer(read, PUBLICATION, KEYS, room=2)
    one, two, three = (ANN._replace(editions=editions) for editions in ("1", "2", "3"))
    for letter in (one, two, one, three, one):
        composer.compose(letter)
    assert read.count == 3
    composer.compose(two)
    assert read.count == 4

    small = Skeletons(room=100, octets=50_000)
    for place in range(5):
        words = Words(str(place), "2026-11-22", False, "en", "standard", "", 22, Clock((0,)))
        small.keep(words, Prepared(Skeleton(Cut(b"", []), True, 10_000), None))
    assert len(small) == 2
