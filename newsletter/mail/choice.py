"""Which stories an issue prints: each once, however many of the reader's topics carry it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from newsletter.mail.issue import Piece, Section


@dataclass(frozen=True, slots=True)
class Chosen:
    """A story of an issue: its section and its place there, both counted from 0.

    `pieces` begins with the length the reader wants; the shorter ones follow.
    """

    section: int
    place: int
    pieces: tuple[Piece, ...]


def choose(sections: Sequence[Section]) -> list[Chosen]:
    """The stories in their order; one that stands in several topics under the first of them only."""
    articles: set[int] = set()
    urls: set[str] = set()
    chosen: list[Chosen] = []
    for number, section in enumerate(sections):
        place = 0
        for pieces in _stories(section):
            story = pieces[0]
            if story.url not in urls and articles.isdisjoint(story.articles):
                chosen.append(Chosen(number, place, pieces))
                place += 1
        # Within an edition stories are told apart already.
        own = [pieces[0] for pieces in _stories(section)]
        urls.update(story.url for story in own if story.url)
        articles.update(article for story in own for article in story.articles if article)
    return chosen


def first_stories(chosen: Sequence[Chosen], most: int) -> list[Chosen]:
    """At most so many stories, in their order: the first of every topic, then the second ones, and so on."""
    kept = set(sorted((one.place, one.section) for one in chosen)[:most])
    return [one for one in chosen if (one.place, one.section) in kept]


def _stories(section: Section) -> Iterable[tuple[Piece, ...]]:
    return zip(*(fragment.pieces for fragment in section.fragments), strict=True)
