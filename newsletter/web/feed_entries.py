"""What a feed says of a story, the same in Atom and JSON Feed: values in, values out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

from newsletter.mail.languages import translations
from newsletter.mail.wording import one_line
from newsletter.models import Story, StoryArticle

# What XML 1.0 cannot hold (section 2.2), as far as `one_line` lets it through.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# The time of a feed that has told nothing yet.
NEVER = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class FeedHead:
    """A feed: its name, the page it belongs to, its own address, where it begins, and who makes it."""

    title: str
    page: str
    address: str
    publication: str
    base_url: str
    language: str
    updated: datetime


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """A story in a feed. `address` is our page for it and its id for ever, `original` the lead's own."""

    address: str
    original: str
    title: str
    source: str
    topic: str
    language: str
    summary: str
    html: str
    published: datetime
    picture: str | None


def feed_entries(stories: Sequence[Story], base_url: str) -> list[FeedEntry]:
    """The stories as entries, in their order."""
    return [_entry(story, base_url) for story in stories]


def _entry(story: Story, base_url: str) -> FeedEntry:
    lead, edition = story.articles[0], story.edition
    return FeedEntry(
        address=f"{base_url}/story/{story.id}",
        original=_web(lead.url),
        title=_said(lead.title, 300) or edition.topic.name,
        source=_said(lead.source_name, 120) or "–",
        topic=edition.topic.name,
        language=edition.language,
        summary=_said(story.summary, 2000),
        html=_html(story),
        published=edition.published_at or edition.closed_at,
        picture=f"{base_url}/image/{story.image.name}" if story.image else None,
    )


def _html(story: Story) -> str:
    """The summary, the report, and who else reports; nothing of anybody's article but its excerpt."""
    lead, *related = story.articles
    gettext = translations(story.edition.language).gettext
    parts = [f"<p>{escape(_said(story.summary, 2000))}</p>"] if story.summary else []
    parts.append(f"<p>{_linked(lead)}</p>")
    if related:
        reports = "".join(f"<li>{_linked(one)}</li>" for one in related)
        parts.append(f"<p>{escape(gettext('Also reporting'))}</p><ul>{reports}</ul>")
    return "".join(parts)


def _linked(article: StoryArticle) -> str:
    title, source = escape(_said(article.title, 300)), escape(_said(article.source_name, 120))
    address = _web(article.url)
    headline = f'<a href="{escape(address)}">{title}</a>' if address else title
    return f"{headline} – {source}"


def _said(text: str, limit: int) -> str:
    return _NOT_XML.sub("", one_line(text, limit))


def _web(url: str) -> str:
    web = url.lower().startswith(("https://", "http://"))
    return _NOT_XML.sub("", url) if web else ""
