"""One edition as HTML and text, rendered once for a language and a length: what its issues share."""

from collections.abc import Sequence
from typing import Any

from newsletter.mail.dates import short_date
from newsletter.mail.issue import (
    EditionContent,
    Fragment,
    Part,
    Piece,
    RelatedContent,
    StoryContent,
    StoryImage,
)
from newsletter.mail.languages import direction, translations
from newsletter.mail.lengths import FULL, HEADLINES, PRINTS, lengths_for
from newsletter.mail.marks import BASE, moment_mark
from newsletter.mail.slots import render_rows
from newsletter.mail.templates import render_text
from newsletter.mail.wording import calm, one_line, safe_url

LONGEST_HEADLINE = 240
LONGEST_NAME = 80
LONGEST_BRIEF = 900
# The column of text in a card of 600 px; a picture fills it, or is small enough for any telephone.
COLUMN, SMALL = 520, 280
WIDE_FROM = 400

_Values = dict[str, Any]


def render_fragment(edition: EditionContent, language: str, length: str) -> Fragment:
    """The edition as a section of an issue, its interface words in `language`.

    `length` is one of `lengths.LENGTHS`; raises `ValueError` for another.
    """
    if length != lengths_for(length)[0]:
        raise ValueError(f"no such length: {length}")
    shared = {
        "language": language,
        # Templates may ask nothing of a string but whether it is empty (`mail.slots`).
        "right_to_left": direction(language) == "rtl",
        "written": edition.language if edition.language != language else "",
    }
    head = _part("head", shared | _head(edition, length))
    stories = enumerate(edition.stories)
    return Fragment(head, tuple(_piece(story, shared | {"first": not n}, length) for n, story in stories))


def _head(edition: EditionContent, length: str) -> _Values:
    brief = "" if length == HEADLINES else one_line(edition.brief, LONGEST_BRIEF)
    by = one_line(edition.brief_by, LONGEST_NAME) if brief else ""
    return {"topic": one_line(edition.topic_name, LONGEST_NAME), "brief": brief, "written_by": by}


def _piece(story: StoryContent, shared: _Values, length: str) -> Piece:
    related = story.related[: PRINTS[length].related]
    return Piece(
        headline=_headline(story.headline),
        url=story.url,
        articles=(story.article_id, *(one.article_id for one in story.related)),
        sources=(story.source_id, *(one.source_id for one in story.related)),
        top=_part("headline" if length == HEADLINES else "story", shared | _story(story, length)),
        related=tuple(
            _part("related", shared | _related(one, length) | {"first": not number})
            for number, one in enumerate(related)
        ),
        ends=_ends(story, related, shared) if length != HEADLINES else (Part("", ""),),
    )


def _part(name: str, values: _Values) -> Part:
    return Part(
        html=render_rows(f"issue/{name}.html", values["language"], values),
        text=render_text(f"issue/{name}.txt", values["language"], values),
    )


def _story(story: StoryContent, length: str) -> _Values:
    told = (story.long_summary if length == FULL else "") or story.summary
    news = story.news if story.updated and PRINTS[length].summary and story.news not in told else ""
    # Taken from the same articles, the two would say much twice: only who wants it long gets both.
    told = "" if news and length != FULL else told
    return {
        "headline": _headline(story.headline),
        "url": safe_url(story.url),
        "source": one_line(story.source, LONGEST_NAME),
        "time": moment_mark(story.published_at),
        "summary": one_line(told, PRINTS[length].summary) if PRINTS[length].summary else "",
        "news": one_line(news, PRINTS[length].summary or 1),
        "updated": story.updated,
        "written_by": one_line(story.written_by, LONGEST_NAME) if PRINTS[length].summary else "",
        "image": _image(story.image) if story.image and PRINTS[length].image else None,
    }


def _related(related: RelatedContent, length: str) -> _Values:
    excerpt = (related.summary if length == FULL else "") or related.excerpt
    return {
        "title": _headline(related.title),
        "url": safe_url(related.url),
        "source": one_line(related.source, LONGEST_NAME),
        "time": moment_mark(related.published_at),
        "excerpt": one_line(excerpt, PRINTS[length].excerpt),
    }


def _ends(story: StoryContent, related: Sequence[RelatedContent], shared: _Values) -> tuple[Part, ...]:
    """What follows when none, one, … of the related are shown: how many more sources there are."""
    page = f"{BASE}/story/{story.story_id}" if story.story_id else ""
    same = shared | {"page": page, "earlier": _earlier(story, shared["language"])}
    return tuple(
        _part("end", same | {"more": _more(story, related[:shown], shared["language"])})
        for shown in range(len(related) + 1)
    )


def _more(story: StoryContent, shown: Sequence[RelatedContent], language: str) -> str:
    more = story.source_count - len({story.source, *(one.source for one in shown)})
    if more <= 0:
        return ""
    words = translations(language).ngettext("and %(number)d more source", "and %(number)d more sources", more)
    return words % {"number": more}


def _earlier(story: StoryContent, language: str) -> _Values | None:
    """What was printed last of this event, with the date it was printed on."""
    if not story.earlier:
        return None
    last = story.earlier[0]
    return {
        "date": short_date(last.date, language),
        "headline": _headline(last.headline),
        "page": f"{BASE}/story/{last.story_id}" if last.story_id else "",
    }


def _image(image: StoryImage) -> _Values:
    """The picture in the width it is shown at; a path is one on our own host."""
    wide = image.width >= WIDE_FROM
    width = COLUMN if wide else min(image.width, SMALL)
    return {
        "url": BASE + image.url if image.url.startswith("/") else safe_url(image.url),
        "wide": wide,
        # Text, so that pictures of all sizes have one shape.
        "width": str(width),
        "height": str(max(1, round(image.height * width / image.width))),
        "alt": one_line(image.alt, LONGEST_HEADLINE),
    }


def _headline(words: str) -> str:
    return calm(one_line(words, LONGEST_HEADLINE))
