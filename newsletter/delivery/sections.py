"""Editions as sections of an issue: read once, then shared by every reader."""

from collections import OrderedDict
from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.mail.fragment import render_fragment
from newsletter.mail.issue import EditionContent, Fragment, Section
from newsletter.mail.lengths import lengths_for
from newsletter.mail.muted import without_sources
from newsletter.mail.packing import unpack
from newsletter.models import Article, Edition, EditionFragment, EditionStatus, Story, StoryArticle
from newsletter.printed import edition_content

_Muted = frozenset[int]
_Key = tuple[int, str, str, _Muted]
_MOST_WATCHED = 1000
NOTHING_MUTED: _Muted = frozenset()


class Sections:
    """A bounded memory of sections by edition, language, length, and what of it is muted.

    A published edition never changes, but it may be held back while no mail with it has left, and a
    held one let go: `renew` notices.
    """

    def __init__(self, room: int = 256) -> None:
        self._room = room
        self._kept: OrderedDict[_Key, Section | None] = OrderedDict()
        # Every edition that was asked for, and whether it was out then; the sources of some.
        self._out: dict[int, bool] = {}
        self._sources: dict[int, _Muted] = {}

    def of(
        self,
        session: Session,
        editions: Sequence[int],
        language: str,
        length: str,
        muted: _Muted = NOTHING_MUTED,
    ) -> tuple[Section, ...]:
        """The sections of these editions in this order, without the muted sources.

        An edition that is gone or withheld, or of which nothing is left, is left out.
        """
        keys = (
            (one, language, length, muted & self.sources(session, [one]) if muted else muted)
            for one in editions
        )
        found = (self._one(session, key) for key in keys)
        return tuple(section for section in found if section is not None)

    def sources(self, session: Session, editions: Collection[int]) -> _Muted:
        """The sources of all articles that these editions print."""
        for edition in editions:
            if edition not in self._sources:
                self._sources[edition] = _sources(session, edition)
        return NOTHING_MUTED.union(*(self._sources[edition] for edition in editions))

    def sources_at_hand(self, editions: Collection[int]) -> _Muted | None:
        """The same, when it was read already."""
        if any(edition not in self._sources for edition in editions):
            return None
        return NOTHING_MUTED.union(*(self._sources[edition] for edition in editions))

    def renew(self, session: Session) -> bool:
        """Whether an edition was held back or let go since it was read; then all are forgotten.

        Now and then it says so without cause, to forget editions of weeks ago.
        """
        out = _published(session, self._out)
        if len(self._out) <= _MOST_WATCHED and all(self._out[one] == (one in out) for one in self._out):
            return False
        self._kept.clear()
        self._out.clear()
        self._sources.clear()
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


def _load_section(
    session: Session, edition_id: int, language: str, length: str, muted: _Muted
) -> Section | None:
    """One edition as a section; None when it is not there or nothing of it is left."""
    edition = session.get(Edition, edition_id)
    if edition is None:
        return None
    lengths = lengths_for(length)
    stored = {} if muted else _stored(session, edition_id, language)
    if not all(one in stored for one in lengths):
        content = without_sources(edition_content(session, edition), muted)
        stored = _rendered(content, language, lengths)
    fragments = tuple(stored[one] for one in lengths)
    return Section(edition_id, edition.topic.name, fragments) if fragments[0].pieces else None


def _stored(session: Session, edition_id: int, language: str) -> dict[str, Fragment]:
    """The edition's fragments in this language by their length."""
    rows = session.execute(
        select(EditionFragment.length, EditionFragment.packed).where(
            EditionFragment.edition_id == edition_id, EditionFragment.language == language
        )
    )
    return {length: unpack(packed) for length, packed in rows}


def _rendered(content: EditionContent, language: str, lengths: Sequence[str]) -> dict[str, Fragment]:
    """Fragments that are not stored: without muted sources, or of an edition closed before the language."""
    return {length: render_fragment(content, language, length) for length in lengths}


def _published(session: Session, editions: Collection[int]) -> set[int]:
    """Those of the editions that are out."""
    if not editions:
        return set()
    wanted = (Edition.id.in_(list(editions)), Edition.status == EditionStatus.PUBLISHED)
    return set(session.scalars(select(Edition.id).where(*wanted)))


def _sources(session: Session, edition_id: int) -> _Muted:
    rows = session.scalars(
        select(Article.source_id)
        .join(StoryArticle, StoryArticle.article_id == Article.id)
        .join(Story, Story.id == StoryArticle.story_id)
        .where(Story.edition_id == edition_id)
    )
    return frozenset(rows)
