"""An edition as the values mails and pages are made of."""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from newsletter.editions.summarise import clean, shorten
from newsletter.mail.issue import EditionContent, Fragment, RelatedContent, StoryContent, StoryImage
from newsletter.models import Edition, Length, Story, StoryArticle

RELATED_LETTERS = 160

Render = Callable[[EditionContent], Fragment]


def edition_content(session: Session, edition: Edition) -> EditionContent:
    """The stored edition as it was closed: stories in their order, leads and related in theirs."""
    stories = session.scalars(
        select(Story)
        .where(Story.edition_id == edition.id)
        .options(selectinload(Story.articles), joinedload(Story.image))
        .order_by(Story.position)
    )
    return EditionContent(
        topic_slug=edition.topic.slug,
        topic_name=edition.topic.name,
        date=edition.date,
        zone=edition.topic.timezone,
        language=edition.language,
        stories=tuple(_story(story) for story in stories),
    )


def render_standard(edition: EditionContent) -> Fragment:
    """The edition rendered and inlined at its standard length."""
    from newsletter.mail.render import render_fragment

    return render_fragment(edition, Length.STANDARD)


def _story(story: Story) -> StoryContent:
    lead, *related = story.articles
    return StoryContent(
        headline=lead.title,
        url=lead.url,
        source=lead.source_name,
        published_at=lead.published_at,
        summary=story.summary,
        updated=story.previous_id is not None,
        source_count=story.source_count,
        related=tuple(_related(article) for article in related),
        image=_image(story),
    )


def _image(story: Story) -> StoryImage | None:
    """Our copy of the lead's picture, by its path on our own host; None once it is no longer kept."""
    if story.image is None:
        return None
    return StoryImage(
        f"/image/{story.image.name}", story.image.width, story.image.height, alt=story.image_alt
    )


def _related(article: StoryArticle) -> RelatedContent:
    return RelatedContent(
        title=article.title,
        url=article.url,
        source=article.source_name,
        published_at=article.published_at,
        excerpt=shorten(clean(article.excerpt), RELATED_LETTERS, sentences=1),
    )
