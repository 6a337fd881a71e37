"""The mails to judge, each composed and signed as a worker would send it."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import time, timedelta
from functools import cache
from itertools import product

from sqlalchemy.orm import Session

from newsletter.db import Database
from newsletter.delivery.compose import compose
from newsletter.ingest.normalise import clean_name
from newsletter.mail.issue import EditionContent, Publication
from newsletter.models import Delivery, Length, Subscriber, SubscriberStatus, Subscription
from tests.judges.contents import CONTENTS, CUTOFF, LANGUAGES, LENGTHS, editions, name_and_address
from tests.judges.newsroom import publish
from tests.judges.varieties import HAVE_LENGTHS, Told, entry, kinds
from tests.mail.dkim_verifier import signer

KEYS = ("a key that is long enough to sign with",)
PUBLICATION = Publication(
    name="Daily Edition",
    base_url="https://news.example.com",
    sender="news@example.com",
    reply_to="editor@example.com",
    bounce_address="bounces@example.com",
    postal_address="Daily Edition, Mill Lane 4, 12345 Port Ostrel",
    list_domain="news.example.com",
    signer=None,
)


@dataclass(frozen=True, slots=True)
class Sample:
    """One mail to judge: what it is, and its bytes."""

    kind: str
    language: str
    length: str
    content: str
    eml: bytes

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.language}-{self.length}-{self.content}"


def all_mails(
    db: Database,
    of_kinds: Collection[str] = (),
    languages: Collection[str] = LANGUAGES,
    lengths: Collection[str] = LENGTHS,
    contents: Collection[str] = CONTENTS,
) -> Iterator[Sample]:
    """Compose every mail of these kinds (all of them when none is named), in each variety.

    Only issues come in lengths; other mails are made for readers of standard length.

    Raises `NoSample` for a kind that no delivery can be made for here.
    """
    for language, length, content in product(languages, lengths, contents):
        name, local = name_and_address(language, length, content)
        with db.write() as session:
            told = _told(session, editions(language, length, content), f"{local}@example.net")
            for kind in of_kinds or kinds():
                if length != Length.STANDARD and kind not in HAVE_LENGTHS:
                    continue
                reader = _reader(session, f"{local}.{kind}.{language}.{length}.{content}", language, length)
                eml = _composed(session, kind, reader, told, _publication(name))
                yield Sample(kind, language, length, content, eml)


def _composed(session: Session, kind: str, reader: Subscriber, told: Told, publication: Publication) -> bytes:
    session.add_all(Subscription(subscriber_id=reader.id, topic_id=one.topic_id) for one in told.editions)
    delivery = Delivery(
        subscriber_id=reader.id,
        occasion=CUTOFF.date().isoformat(),
        message_id=f"<{reader.handle}@news.example.com>",
        created_at=CUTOFF + timedelta(hours=1),
        next_attempt_at=CUTOFF,
        expires_at=CUTOFF + timedelta(hours=12),
        **entry(kind, told),
    )
    session.add(delivery)
    session.flush()
    return compose(session, delivery, publication, KEYS).message


def _told(session: Session, contents: Sequence[EditionContent], other_address: str) -> Told:
    stories = [story for content in contents for story in content.stories]
    words = [(clean_name(story.source) or "A source", story.headline) for story in stories]
    return Told([publish(session, content) for content in contents], words, other_address)


def _reader(session: Session, name: str, language: str, length: str) -> Subscriber:
    reader = Subscriber(
        handle=urlsafe_b64encode(hashlib.sha256(name.encode()).digest()[:16]).rstrip(b"=").decode(),
        address=f"{name}@example.org",
        address_key=f"{name}@example.org",
        status=SubscriberStatus.ACTIVE,
        send_time=time(7),
        timezone="Europe/Berlin",
        length=length,
        language=language,
        created_at=CUTOFF,
        confirmed_at=CUTOFF,
    )
    session.add(reader)
    session.flush()
    return reader


@cache
def _publication(name: str) -> Publication:
    return replace(PUBLICATION, name=name, signer=signer())
