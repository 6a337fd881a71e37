"""A mail's HTML as far as words must not change it."""

import re
from html.parser import HTMLParser

CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class Outline(HTMLParser):
    """A document's tags that must not be there, its links, headings, tables and nesting."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.roles: list[str | None] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not [name for name, _value in attrs if name.startswith("on")]
        if tag == "a":
            self.links.append(dict(attrs)["href"] or "")
        if tag == "table":
            self.roles.append(dict(attrs).get("role"))
        if tag not in ("meta", "br", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    @property
    def headings(self) -> str:
        return "".join(tag[1] for tag in self.tags if re.fullmatch("h[1-6]", tag))


def shape(html: str) -> list[str]:
    """A document's tags, one after the other."""
    return Outline(html).tags
