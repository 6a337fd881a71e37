"""The truth about the demo: which articles are about the same event, and how well a grouping knows it."""

from collections.abc import Iterable, Mapping
from statistics import fmean
from urllib.parse import urlsplit

from newsletter.demo.links import article_url
from newsletter.demo.world import load_entries


def event_of(url: str) -> str | None:
    """The event the article at `url` is about, whatever the server's port and the link's parameters."""
    path = urlsplit(url).path
    return next((entry.event for entry in load_entries() if entry.path == path), None)


def event_marks(
    base_url: str, days: Iterable[int] = (0, 1, 2), language: str | None = None
) -> dict[str, str]:
    """Each article's address with its event's name, for the chosen days (0 is the newest).

    `language` leaves out what is written in another one. The entry whose link is a script is left out:
    it has no address a reader could be given.
    """
    chosen = set(days)
    return {
        article_url(entry, base_url): entry.event
        for entry in load_entries()
        if entry.day in chosen and entry.link != "javascript" and language in (None, entry.language)
    }


def bcubed_f1(groups: Iterable[Iterable[str]], marks: Mapping[str, str]) -> float:
    """B-cubed F1 of a grouping of article addresses against `marks`; 1.0 is perfect.

    Precision and recall are averaged over articles, then combined. Addresses without a mark do not
    count. Raises `ValueError` when no address has one.
    """
    known = [frozenset(url for url in group if url in marks) for group in groups]
    seen = [url for group in known for url in group]
    if not seen:
        raise ValueError("none of the grouped addresses has a mark")
    precision, recall = [], []
    for group in known:
        for url in group:
            alike = [other for other in seen if marks[other] == marks[url]]
            shared = sum(other in group for other in alike)
            precision.append(shared / len(group))
            recall.append(shared / len(alike))
    p, r = fmean(precision), fmean(recall)
    return 2 * p * r / (p + r)
