"""What pages tell search engines about themselves (https://schema.org), as JSON-LD.

An edition and a story are collections that link to what others wrote, and say so: what is behind each
link is a NewsArticle, this page is none.
"""

import json
from collections.abc import Iterable
from typing import Any

from markupsafe import Markup

from newsletter.models import Edition, Story

Data = dict[str, Any]
# Within a script element only these could end it, or be read as markup (HTML, section 4.12.1.3).
_ESCAPES = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


def printed_data(data: Data) -> Markup:
    """JSON that may stand within a script element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.encode("utf-8", "replace").decode().translate(_ESCAPES))  # noqa: S704 - escaped here


def edition_data(edition: Edition, base_url: str, publication: str) -> Data:
    """An edition: a list of its stories' pages."""
    address = f"{base_url}/archive/{edition.topic.slug}/{edition.date}"
    stories = [(f"{base_url}/story/{story.id}", story.articles[0].title) for story in edition.stories]
    name = f"{edition.topic.name}, {edition.date}"
    return _collection(edition, address, name, stories, base_url, publication)


def story_data(story: Story, base_url: str, publication: str) -> Data:
    """A story: a list of the reports of it, each on its source's own page."""
    address = f"{base_url}/story/{story.id}"
    reports = [
        (article.url, article.title)
        for article in story.articles
        if article.url.lower().startswith(("https://", "http://"))
    ]
    data = _collection(story.edition, address, story.articles[0].title, reports, base_url, publication)
    return {**data, "description": story.summary} if story.summary else data


def _collection(
    edition: Edition,
    address: str,
    name: str,
    things: Iterable[tuple[str, str]],
    base_url: str,
    publication: str,
) -> Data:
    said: Data = {
        "@context": "https://schema.org",
        "@type": "CollectionPage",
        "@id": address,
        "url": address,
        "name": name[:300],
        "inLanguage": edition.language,
        "isPartOf": {"@type": "WebSite", "url": f"{base_url}/", "name": publication},
        "mainEntity": {"@type": "ItemList", "itemListElement": list(_listed(things))},
    }
    if edition.published_at:
        said["datePublished"] = edition.published_at.isoformat()
    return said


def _listed(things: Iterable[tuple[str, str]]) -> Iterable[Data]:
    for place, (address, name) in enumerate(things, 1):
        yield {"@type": "ListItem", "position": place, "url": address, "name": name[:300]}
