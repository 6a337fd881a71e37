"""From a letter to the finished mail: a reader's copy is filled into a skeleton that many share.

The first reader of some words costs a rendering (milliseconds), every other one some microseconds.
Whether a skeleton was at hand or not, the same letter gives the same bytes.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.delivery.about import read
from newsletter.delivery.letter import Letter
from newsletter.delivery.links import LinkMaker
from newsletter.delivery.sections import Sections
from newsletter.delivery.skeletons import Prepared, Skeletons, Words
from newsletter.delivery.written import reader_clock, told_change, write_issue
from newsletter.delivery.written_notices import write_notice, write_quiet_note
from newsletter.mail.issue import Links, Publication
from newsletter.mail.mailbox import read_mailbox
from newsletter.mail.message import date_text, message_id_text
from newsletter.mail.outgoing import OutgoingMail, crosses_as_it_is
from newsletter.mail.skeleton import cut_message
from newsletter.mail.verp import ReturnPaths
from newsletter.models import MailKind, Subscription, Topic

ROOM = 512
OCTETS = 48 * 2**20


class Composer:
    """Composes mails, one at a time; not for several threads at once.

    `read` opens a session (`Database.read`); it is asked only for words that are not at hand. `keys`
    sign the readers' links and return paths, newest first. At most `room` skeletons are kept, and
    about `octets` octets of them.
    """

    def __init__(
        self,
        read: Callable[[], AbstractContextManager[Session]],
        publication: Publication,
        keys: Sequence[str],
        room: int = ROOM,
        octets: int = OCTETS,
        sections: Sections | None = None,
    ) -> None:
        self._read = read
        self._publication = publication
        self._links = LinkMaker(publication, keys)
        self._return_paths = ReturnPaths(publication.bounce_address, keys) if publication.verp else None
        self._sections = sections or Sections()
        self._skeletons = Skeletons(room, octets)

    def compose(self, letter: Letter) -> OutgoingMail:
        """The letter's message with its envelope, the recipient as SMTP writes it.

        Raises `NothingToSay`, `ValueError` for an address or a Message-ID that is none, and what the
        database raises.
        """
        if letter.kind != MailKind.ISSUE:
            return self._mail(letter, self._notice(letter))
        prepared = self._prepared(letter)
        recipient = read_mailbox(letter.address).address
        leave, manage = self._links.tokens(letter.handle, letter.created_at)
        # In the order of `mail.skeleton`.
        values = (
            recipient.encode(),
            date_text(letter.created_at).encode(),
            message_id_text(letter.message_id).encode(),
            leave.encode(),
            manage.encode(),
        )
        message = prepared.skeleton.cut.fill(values)
        if prepared.presigner is not None:
            message = prepared.presigner.sign(message, values, letter.created_at)
        return OutgoingMail(
            letter.message_id, self._sender(letter), recipient, message, prepared.skeleton.ready
        )

    def renew(self, session: Session) -> None:
        """Forget what was composed from editions that were held back or let go since.

        One short query; to be asked with each batch of letters.
        """
        if self._sections.renew(session):
            self._skeletons.forget()

    def _prepared(self, letter: Letter) -> Prepared:
        words = Words(
            letter.editions,
            letter.occasion,
            letter.welcome,
            letter.language,
            letter.length,
            f"{letter.send_time:%H:%M}" if letter.welcome else "",
            len(letter.handle),
            reader_clock(letter.timezone, letter.occasion),
            self._muted(letter) if letter.muted_sources else frozenset(),
            letter.about,
        )
        prepared = self._skeletons.get(words)
        if prepared is None:
            prepared = self._prepare(letter, words.muted)
            self._skeletons.keep(words, prepared)
        return prepared

    def _muted(self, letter: Letter) -> frozenset[int]:
        """Those of the reader's muted sources that this issue's editions hold: mostly none."""
        muted = frozenset(_numbers(letter.muted_sources))
        editions = _numbers(letter.editions)
        sources = self._sections.sources_at_hand(editions)
        if sources is None:
            with self._read() as session:
                sources = self._sections.sources(session, editions)
        return muted & sources

    def _prepare(self, letter: Letter, muted: frozenset[int]) -> Prepared:
        """The skeleton of a letter's words: written for nobody, then cut."""
        # Tokens as a reader of this handle would have: signed, so that no feed's words hold them.
        tokens = self._links.tokens("-" * len(letter.handle), letter.created_at)
        message = self._words(letter, self._links.links(*tokens), muted)
        marks = [token.encode() for token in tokens]
        signer = self._publication.signer
        if signer is None:
            return Prepared(cut_message(message, marks), None)
        # Imported only where mail is signed: that takes 130 ms and more.
        from newsletter.mail.presign import Presigner

        return Prepared(cut_message(message, marks), Presigner(signer, message, marks, letter.created_at))

    def _words(self, letter: Letter, links: Links, muted: frozenset[int]) -> bytes:
        """An issue written whole; where its row tells of topics, the note of a quiet day."""
        about = read(letter.about)
        changed = told_change(about, self._links)
        if "topics" in about:
            with self._read() as session:
                topics = names_of_topics(session, about["topics"])
            return write_quiet_note(letter, self._publication, links, topics, changed)
        numbers = _numbers(letter.editions)
        with self._read() as session:
            sections = self._sections.of(session, numbers, letter.language, letter.length, muted)
        return write_issue(letter, self._publication, links, sections, changed)

    def _notice(self, letter: Letter) -> bytes:
        """A notice whole: they are few, and their words are their reader's."""
        topics: Sequence[str] = ()
        if letter.kind == MailKind.CONFIRM:
            with self._read() as session:
                topics = topic_names(session, letter.subscriber_id)
        return write_notice(letter, self._publication, self._links, topics)

    def _mail(self, letter: Letter, message: bytes) -> OutgoingMail:
        """A message that was written whole, signed, with its envelope."""
        signer = self._publication.signer
        signed = signer.sign(message, letter.created_at) if signer else message
        recipient = read_mailbox(letter.address).address
        return OutgoingMail(
            letter.message_id, self._sender(letter), recipient, signed, crosses_as_it_is(signed)
        )

    def _sender(self, letter: Letter) -> str:
        """Where bounces of this mail go: the envelope's sender."""
        if self._return_paths is None:
            return self._publication.bounce_address
        return self._return_paths.of(letter.delivery_id)


def topic_names(session: Session, subscriber_id: int) -> list[str]:
    """The names of the topics a subscriber follows, in the order of an issue."""
    return list(
        session.scalars(
            select(Topic.name)
            .join(Subscription, Subscription.topic_id == Topic.id)
            .where(Subscription.subscriber_id == subscriber_id)
            .order_by(Topic.position, Topic.id)
        )
    )


def names_of_topics(session: Session, numbers: Sequence[int]) -> list[str]:
    """The names of these topics, in the order of an issue."""
    named = select(Topic.name).where(Topic.id.in_(numbers)).order_by(Topic.position, Topic.id)
    return list(session.scalars(named))


def _numbers(listed: str) -> list[int]:
    return [int(number) for number in listed.split(",") if number]
