"""What a notice says: that the edition is ready, with its first headline and the way to it."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.mail.languages import translations
from newsletter.mail.wording import cut_headline, one_line
from newsletter.models import Edition, EditionStatus, Story, StoryArticle

LONGEST_HEADLINE = 120


def headline_of(session: Session, editions: Sequence[int]) -> str | None:
    """The first headline of the first of these editions that is out; None when none is."""
    first = {number: place for place, number in enumerate(editions)}
    rows = session.execute(
        select(Story.edition_id, StoryArticle.title)
        .join(Story, Story.id == StoryArticle.story_id)
        .join(Edition, Edition.id == Story.edition_id)
        .where(Story.edition_id.in_(editions), Edition.status == EditionStatus.PUBLISHED)
        .where(StoryArticle.position == 0, Story.position == 0)
    ).all()
    titles = sorted((first[number], title) for number, title in rows)
    return titles[0][1] if titles else None


def notice(name: str, headline: str, language: str, occasion: str, editions: Sequence[int]) -> dict[str, str]:
    """What the service worker shows; nothing in it tells who is told. `url` is a path of our own."""
    ready = translations(language).gettext("Your edition is ready")
    return {
        "title": one_line(name, 80),
        "body": f"{ready}: {cut_headline(one_line(headline, 400), LONGEST_HEADLINE)}",
        "url": f"/issue/{occasion}/{'-'.join(map(str, editions))}",
        "tag": occasion,
        "lang": language,
    }
