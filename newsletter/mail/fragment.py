"""One edition as HTML and text, rendered and inlined once: what every issue holding it shares."""

from typing import Any

from newsletter.mail.issue import EditionContent, Fragment, RelatedContent, StoryContent
from newsletter.mail.languages import direction, translations
from newsletter.mail.slots import render_body
from newsletter.mail.templates import render_text
from newsletter.mail.times import time_in_words
from newsletter.mail.wording import one_line, safe_url

LONGEST_HEADLINE = 240
LONGEST_SUMMARY = 900
LONGEST_EXCERPT = 160
LONGEST_NAME = 80


def render_fragment(edition: EditionContent, length: str = "standard") -> Fragment:
    """The edition as a section of an issue. There is one length yet, `standard`.

    Raises `ValueError` for another length.
    """
    if length != "standard":
        raise ValueError(f"no such length: {length}")
    values = {
        "topic": one_line(edition.topic_name, LONGEST_NAME),
        "language": edition.language,
        "direction": direction(edition.language),
        "stories": [_story(story, edition) for story in edition.stories],
    }
    return Fragment(
        html=render_body("issue/edition.html", edition.language, values),
        text=render_text("issue/edition.txt", edition.language, values),
    )


def _story(story: StoryContent, edition: EditionContent) -> dict[str, Any]:
    return {
        "headline": one_line(story.headline, LONGEST_HEADLINE),
        "url": safe_url(story.url),
        "source": one_line(story.source, LONGEST_NAME),
        "time": time_in_words(story.published_at, edition.date, edition.zone, edition.language),
        "summary": one_line(story.summary, LONGEST_SUMMARY),
        "updated": story.updated,
        "sources": _sources(story, edition.language),
        "related": [_related(related, edition) for related in story.related],
    }


def _related(related: RelatedContent, edition: EditionContent) -> dict[str, Any]:
    return {
        "title": one_line(related.title, LONGEST_HEADLINE),
        "url": safe_url(related.url),
        "source": one_line(related.source, LONGEST_NAME),
        "time": time_in_words(related.published_at, edition.date, edition.zone, edition.language),
        "excerpt": one_line(related.excerpt, LONGEST_EXCERPT),
    }


def _sources(story: StoryContent, language: str) -> str:
    """How many sources report it, when there are more than the mail shows."""
    shown = len({story.source, *(related.source for related in story.related)})
    if story.source_count <= shown:
        return ""
    ngettext = translations(language).ngettext
    words = ngettext("%(number)d source", "%(number)d sources", story.source_count)
    return words % {"number": story.source_count}
