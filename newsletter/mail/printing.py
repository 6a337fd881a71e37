"""An issue's stories put on the page: their pieces filled with what is the reader's, and joined."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from markupsafe import Markup

from newsletter.mail.choice import Chosen
from newsletter.mail.fit import Form, Sized, sent_octets
from newsletter.mail.issue import IssueContent, Part
from newsletter.mail.languages import direction
from newsletter.mail.marks import fill_html, fill_text, filling
from newsletter.mail.slots import render_rows
from newsletter.mail.templates import render_text
from newsletter.mail.times import time_in_words

# A story and the form it is printed in.
Printed = tuple[Chosen, Form]


class Press:
    """Prints stories of one issue, each in the form it is given."""

    def __init__(self, issue: IssueContent) -> None:
        self._issue = issue
        publication = issue.publication
        self._fill = filling(publication.base_url, publication.brand.accent, self._time)

    def sized(self, story: Chosen) -> Sized:
        """The story as `fit` weighs it."""
        forms = tuple(
            (length, related)
            for length, piece in enumerate(story.pieces)
            for related in range(len(piece.related), -1, -1)
        )
        return Sized(
            story.section, story.place, forms, cache(lambda form: sent_octets(self._story(story, form)))
        )

    def head_octets(self, section: int) -> int:
        """What a section takes beside its stories."""
        return sent_octets(self._section_html(section, ""))

    def html(self, printed: Sequence[Printed]) -> Markup:
        """The sections that have stories, with these."""
        sections = (
            self._section_html(section, "\n".join(self._story(*one) for one in stories))
            for section, stories in _by_section(printed)
        )
        return Markup("\n".join(sections))  # noqa: S704 - rendered from templates, escaped there

    def text(self, printed: Sequence[Printed]) -> str:
        """The same for the text part."""
        sections = (self._section_text(section, stories) for section, stories in _by_section(printed))
        return "\n\n".join(sections)

    def _story(self, story: Chosen, form: Form) -> str:
        return fill_html("\n".join(part.html for part in _parts(story, form) if part.html), self._fill)

    def _section_html(self, number: int, rows: str) -> str:
        return render_rows(
            "issue/section.html",
            self._issue.language,
            {
                "language": self._issue.language,
                "direction": direction(self._issue.language),
                "head": Markup(fill_html(self._head(number).html, self._fill)),  # noqa: S704 - as above
                "rows": Markup(rows),  # noqa: S704 - as above
                "less_url": self._less_url(number),
            },
        )

    def _section_text(self, number: int, stories: Sequence[Printed]) -> str:
        told = ("\n".join(part.text for part in _parts(*one) if part.text.strip()) for one in stories)
        values = {
            "head": fill_text(self._head(number).text, self._fill),
            "stories": fill_text("\n\n".join(told), self._fill).rstrip("\n"),
            "less_url": self._less_url(number),
        }
        return render_text("issue/section.txt", self._issue.language, values)

    def _head(self, number: int) -> Part:
        return self._issue.sections[number].fragments[0].head

    def _less_url(self, number: int) -> str:
        links = self._issue.links
        return f"{links.preferences}/less/{self._issue.sections[number].edition_id}" if links else ""

    def _time(self, moment: datetime) -> str:
        return time_in_words(moment, self._issue.date, self._issue.clock, self._issue.language)


def _parts(story: Chosen, form: Form) -> Sequence[Part]:
    length, related = form
    piece = story.pieces[length]
    return (piece.top, *piece.related[:related], piece.ends[related])


def _by_section(printed: Sequence[Printed]) -> list[tuple[int, list[Printed]]]:
    sections: dict[int, list[Printed]] = {}
    for one in printed:
        sections.setdefault(one[0].section, []).append(one)
    return list(sections.items())
