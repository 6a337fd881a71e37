"""An issue made to fit: shortened from its end until it has room.

Gmail cuts a mail off at 102 KB of HTML, and with it the link to unsubscribe.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

# Which of a story's pieces is printed, the longest being 0, and how many of its related articles.
Form = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sized:
    """A story, its place in its section, its forms from the longest on, and what a form takes."""

    section: int
    place: int
    forms: tuple[Form, ...]
    octets: Callable[[Form], int]


def sent_octets(html: str) -> int:
    """How many octets HTML has as a mail program receives it: lines end with CRLF."""
    return len(html.encode()) + html.count("\n")


def octets_of(stories: Sequence[Sized], forms: Sequence[Form | None], heads: Sequence[int]) -> int:
    """What the stories take in these forms (None: left out), with the heads of their sections."""
    printed = [(story, form) for story, form in zip(stories, forms, strict=True) if form is not None]
    return sum(heads[one] for one in {story.section for story, _ in printed}) + sum(
        story.octets(form) for story, form in printed
    )


def fit(stories: Sequence[Sized], heads: Sequence[int], room: int) -> list[Form | None]:
    """For each story the form it is printed in, so that all have room; None for one that is left out.

    `heads` is what each section takes beside its stories, once it has one. In turn: two related
    articles at most, one, none; the next shorter length; and so on; at last stories are left out. What
    stands last in its topic goes first, so that each topic keeps its best.
    """
    forms: list[Form | None] = [story.forms[0] for story in stories]
    excess = octets_of(stories, forms, heads) - room
    order = _last_first(stories)
    for limit in _limits(stories):
        for number in order:
            if excess <= 0:
                return forms
            excess -= _shorten(stories[number], forms, number, limit)
    for number in order:
        if excess <= 0:
            break
        forms[number] = None
        excess = octets_of(stories, forms, heads) - room
    return forms


def _last_first(stories: Sequence[Sized]) -> list[int]:
    """The stories' numbers in the order in which they can be done without."""
    places = [(story.place, story.section) for story in stories]
    return sorted(range(len(stories)), key=lambda number: places[number], reverse=True)


def _limits(stories: Iterable[Sized]) -> list[Form]:
    """The forms no story is to be longer than, one after the other."""
    return sorted(
        {form for story in stories for form in story.forms[1:]}, key=lambda form: (form[0], -form[1])
    )


def _shorten(story: Sized, forms: list[Form | None], number: int, limit: Form) -> int:
    """Print a story in the form `limit`, if that is shorter; the octets it saves."""
    now = forms[number]
    if now is None or limit not in story.forms:
        return 0
    saved = story.octets(now) - story.octets(limit)
    if saved > 0:
        forms[number] = limit
    return max(0, saved)
