"""The text of an article's page, read by trafilatura in a process that can be killed."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from newsletter.child import ChildFailed, run_in_child
from newsletter.ingest.canonical import canonical_url, clean_link
from newsletter.ingest.plain_text import clean_line

MAX_TEXT = 20_000
MEMORY_BYTES = 768 * 1024 * 1024
SECONDS_EACH = 10.0
SECONDS_TOGETHER = 60.0


@dataclass(frozen=True, slots=True)
class RawPage:
    """A page as it came: `url` is where it was found in the end."""

    url: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Page:
    """What an article's page says: its text, a paragraph a line, and the address it wants to be known by."""

    text: str = ""
    canonical_url: str | None = None


def read_apart(pages: Sequence[RawPage], run: Callable[..., Any] = run_in_child) -> list[Page]:
    """The pages read in a child; one that harms it is read as empty, and costs the others nothing."""
    if not pages:
        return []
    try:
        return list(run(_read_limited, list(pages), seconds=SECONDS_TOGETHER))
    except (ChildFailed, MemoryError):
        return [_read_alone(page, run) for page in pages]


def read_page(page: RawPage) -> Page:
    """The text of a page without what stands around it; empty when it cannot be told apart."""
    import trafilatura

    tree = trafilatura.load_html(page.body)
    if tree is None:
        return Page()
    links = tree.xpath("//link[translate(@rel, 'CANOIL', 'canoil')='canonical']/@href")
    text = trafilatura.extract(tree, url=page.url, include_comments=False, include_tables=False)
    lines = (clean_line(line) for line in (text or "").splitlines())
    return Page(
        "\n".join(line for line in lines if line)[:MAX_TEXT],
        _canonical(str(links[0]), page.url) if links else None,
    )


def _read_alone(page: RawPage, run: Callable[..., Any]) -> Page:
    try:
        (read,) = run(_read_limited, [page], seconds=SECONDS_EACH)
    except (ChildFailed, MemoryError):
        return Page()
    return Page(read.text, read.canonical_url)


def _read_limited(pages: list[RawPage]) -> list[Page]:
    """In the child."""
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, resource.getrlimit(resource.RLIMIT_AS)[1]))
    return [_read_safely(page) for page in pages]


def _read_safely(page: RawPage) -> Page:
    try:
        return read_page(page)
    except MemoryError:
        raise
    except Exception:
        # Whatever a library stumbles over is this page's failure.
        return Page()


def _canonical(link: str, url: str) -> str | None:
    """The address a page gives itself, on its own host only: no page speaks for another site.

    A site that gives its front page's address to every page tells nothing.
    """
    told = clean_link(link, url)
    if told is None or urlsplit(told).hostname != urlsplit(url).hostname or urlsplit(told).path in ("", "/"):
        return None
    return canonical_url(told)
