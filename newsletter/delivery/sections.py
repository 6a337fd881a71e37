"""Editions as sections of an issue: read once, then shared by every reader."""

from collections import OrderedDict
from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.mail.issue import Fragment, Section
from newsletter.models import Edition, EditionFragment, EditionStatus, Story, StoryArticle, StoryRole, Topic

_Key = tuple[int, str, str]
_MOST_WATCHED = 1000


class Sections:
    """A bounded memory of sections by edition, language and length.

    A published edition never changes, but it may be held back while no mail with it has left, and a
    held one let go: `renew` notices.
    """

    def __init__(self, room: int = 256) -> None:
        self._room = room
        self._kept: OrderedDict[_Key, Section | None] = OrderedDict()
        # Every edition that was asked for, and whether it was out then.
        self._out: dict[int, bool] = {}

    def of(
        self, session: Session, editions: Sequence[int], language: str, length: str
    ) -> tuple[Section, ...]:
        """The sections of these editions in this order; one that is gone or withheld is left out."""
        found = (self._one(session, (edition, language, length)) for edition in editions)
        return tuple(section for section in found if section is not None)

    def renew(self, session: Session) -> bool:
        """Whether an edition was held back or let go since it was read; then all are forgotten.

        Now and then it says so without cause, to forget editions of weeks ago.
        """
        out = _published(session, self._out)
        if len(self._out) <= _MOST_WATCHED and all(self._out[one] == (one in out) for one in self._out):
            return False
        self._kept.clear()
        self._out.clear()
        return True

    def _one(self, session: Session, key: _Key) -> Section | None:
        if key not in self._kept:
            edition = key[0]
            if edition not in self._out:
                self._out[edition] = edition in _published(session, [edition])
            self._kept[key] = _load_section(session, *key) if self._out[edition] else None
            if len(self._kept) > self._room:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]


def _load_section(session: Session, edition_id: int, language: str, length: str) -> Section | None:
    """One edition as a section; None when it is not there or has no fragment."""
    named = session.execute(
        select(Topic.slug, Topic.name, Topic.timezone, Edition.language)
        .join(Edition, Edition.topic_id == Topic.id)
        .where(Edition.id == edition_id)
    ).one_or_none()
    if named is None:
        return None
    slug, name, zone, own_language = named
    fragment = _fragment(session, edition_id, (language, own_language), length)
    headlines = _headlines(session, edition_id)
    return None if fragment is None else Section(slug, name, headlines, fragment, zone)


def _published(session: Session, editions: Collection[int]) -> set[int]:
    """Those of the editions that are out."""
    if not editions:
        return set()
    wanted = (Edition.id.in_(list(editions)), Edition.status == EditionStatus.PUBLISHED)
    return set(session.scalars(select(Edition.id).where(*wanted)))


def _fragment(session: Session, edition_id: int, languages: Sequence[str], length: str) -> Fragment | None:
    """The fragment in the first of the languages there is, else in any."""
    rows = session.execute(
        select(EditionFragment.language, EditionFragment.html, EditionFragment.text)
        .where(EditionFragment.edition_id == edition_id, EditionFragment.length == length)
        .order_by(EditionFragment.language)
    ).all()
    by_language = {row.language: Fragment(row.html, row.text) for row in rows}
    wanted = (by_language[language] for language in (*languages, *by_language) if language in by_language)
    return next(wanted, None)


def _headlines(session: Session, edition_id: int) -> tuple[str, ...]:
    return tuple(
        session.scalars(
            select(StoryArticle.title)
            .join(Story)
            .where(Story.edition_id == edition_id, StoryArticle.role == StoryRole.LEAD)
            .order_by(Story.position)
        )
    )
