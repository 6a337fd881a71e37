"""A story told without the sources a reader has muted."""

from collections.abc import Collection
from dataclasses import replace

from newsletter.mail.issue import EditionContent, RelatedContent, StoryContent


def without_sources(edition: EditionContent, muted: Collection[int]) -> EditionContent:
    """The edition without these sources' articles; a story that has no other is left out."""
    told = (_without(story, muted) for story in edition.stories)
    kept = tuple(story for story in told if story is not None)
    if kept == edition.stories:
        return edition
    # It tells of all the day's stories, the muted ones too.
    return replace(edition, stories=kept, brief="", brief_by="")


def _without(story: StoryContent, muted: Collection[int]) -> StoryContent | None:
    """The story led by its next article of another source, where its lead is muted."""
    kept = tuple(one for one in story.related if one.source_id not in muted)
    sources = {story.source_id, *(one.source_id for one in story.related)}
    silent = sources.intersection(muted)
    others = replace(
        _in_own_words(story) if silent else story,
        related=kept,
        source_count=max(1, story.source_count - len(silent)),
        # Any of its articles may have been quoted there.
        news="" if silent else story.news,
        earlier=tuple(one for one in story.earlier if one.source_id not in muted),
    )
    if story.source_id not in muted:
        return others
    return _led_by(others, kept[0]) if kept else None


def _in_own_words(story: StoryContent) -> StoryContent:
    """Without what a model made of all its articles."""
    if not story.written_by:
        return story
    return replace(story, summary=story.own_summary, long_summary="", written_by="")


def _led_by(story: StoryContent, lead: RelatedContent) -> StoryContent:
    return replace(
        story,
        headline=lead.title,
        url=lead.url,
        source=lead.source,
        published_at=lead.published_at,
        summary=lead.summary or lead.excerpt,
        long_summary="",
        # The picture came with the article that is left out.
        image=None,
        article_id=lead.article_id,
        source_id=lead.source_id,
        related=story.related[1:],
    )
