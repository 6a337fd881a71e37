"""Sources as readers see them: those that stand in an edition, and those they do without."""

from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from newsletter.direct import Direct
from newsletter.models import Article, Edition, EditionStatus, Source, Story, StoryArticle
from newsletter.mutes import read_mutes


@dataclass(frozen=True, slots=True)
class ReadSource:
    """A source, in how many stories of an edition it stands, and whether the reader does without it."""

    id: int
    name: str
    stories: int
    muted: bool


def published(session: Session, edition_id: int) -> Edition | None:
    """An edition everybody may see, with its topic."""
    wanted = (Edition.id == edition_id, Edition.status == EditionStatus.PUBLISHED)
    return session.scalar(select(Edition).where(*wanted).options(joinedload(Edition.topic)))


def sources_in(session: Session, edition: Edition, muted: str) -> list[ReadSource]:
    """The sources of an edition's stories, in the order a reader meets them."""
    stories = func.count(Story.id.distinct())
    rows = session.execute(
        select(Source.id, Source.name, stories)
        .join(Article, Article.source_id == Source.id)
        .join(StoryArticle, StoryArticle.article_id == Article.id)
        .join(Story, Story.id == StoryArticle.story_id)
        .where(Story.edition_id == edition.id)
        .group_by(Source.id, Source.name)
        .order_by(func.min(Story.position * 1000 + StoryArticle.position), Source.id)
    )
    left_out = read_mutes(muted)
    return [ReadSource(number, name, count, number in left_out) for number, name, count in rows]


_NAMED = "SELECT id, name FROM source WHERE id AMONG :numbers ORDER BY name, id"


class Muted(NamedTuple):
    """A source a reader does without."""

    id: int
    name: str


def muted_sources(direct: Direct, muted: str) -> tuple[Muted, ...]:
    """The sources a reader does without, by name."""
    wanted = read_mutes(muted)
    if not wanted:
        return ()
    return tuple(Muted(*row) for row in direct.rows(_NAMED, numbers=list(wanted)))
