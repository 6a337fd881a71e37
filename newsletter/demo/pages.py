"""The pages a person sees on the demo server: an article, and the list of feeds."""

from datetime import datetime
from gettext import NullTranslations
from html import unescape
from pathlib import Path

import nh3
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from newsletter.demo.world import DemoEntry, DemoSource, load_sources, load_topics

_pages = Environment(
    loader=FileSystemLoader(Path(__file__).resolve().parent / "page_templates"),
    autoescape=True,
    extensions=["jinja2.ext.i18n"],
)
_pages.install_gettext_translations(NullTranslations())  # type: ignore[attr-defined]


def article_page(source: DemoSource, entry: DemoEntry, now: datetime) -> bytes:
    """The article as a page of HTML."""
    page = _pages.get_template("article.html").render(
        source=source,
        entry=entry,
        language=entry.language,
        title=unescape(nh3.clean(entry.title, tags=set())),
        shown_at=entry.appears_at(now),
        body=Markup(entry.body),  # noqa: S704 - our own HTML, from the files beside this one
    )
    return page.encode()


def list_page() -> bytes:
    """Every feed of the demo, by topic."""
    sources = load_sources()
    by_topic = [
        (topic, [source for source in sources if source.topic == topic.slug]) for topic in load_topics()
    ]
    return _pages.get_template("list.html").render(language="en", topics=by_topic).encode()
