"""An issue in words: subject, text and HTML, never longer than mail clients show."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from markupsafe import Markup

from newsletter.mail.changed import told_in_words
from newsletter.mail.choice import Chosen, choose, first_stories
from newsletter.mail.contents import contents
from newsletter.mail.fit import fit, octets_of, sent_octets
from newsletter.mail.frame import common, rendered
from newsletter.mail.issue import IssueContent, Rendered
from newsletter.mail.languages import comma, translations
from newsletter.mail.lengths import HEADLINES, TEXT
from newsletter.mail.printing import Press, Printed
from newsletter.mail.slots import render_rows
from newsletter.mail.subject import preheader, subject_headline
from newsletter.mail.times import day_in_words, minutes_to_read, zone_in_words

# Gmail shows 102 KB (102,400 octets) of HTML; some room is left for what forwarding adds.
LARGEST = 100_000
# What there is beside the sections, at least: less has not to be tried.
SMALLEST_FRAME = 6_000
# One screen holds so many headlines and names of topics together.
SCREEN = 10
# Each of so many topics has its first headline, be the screen a little longer.
MOST_TOPICS = 12


def render_issue(issue: IssueContent) -> Rendered:
    """One reader's issue, joined from ready pieces; its HTML has at most `LARGEST` octets.

    A story of several topics is printed once. What has no room is shortened, at last left out with a
    link to the issue on the web. Raises `ValueError` for an issue without a story: there is no mail
    about nothing.
    """
    press, chosen = Press(issue), choose(issue.sections)
    if not chosen:
        raise ValueError("an issue needs a story")
    kept = first_stories(chosen, _most(chosen)) if issue.length == HEADLINES else chosen
    stories = [press.sized(one) for one in kept]
    heads = [press.head_octets(number) for number in range(len(issue.sections))]
    forms = fit(stories, heads, LARGEST - SMALLEST_FRAME)
    while True:
        printed = [(one, form) for one, form in zip(kept, forms, strict=True) if form is not None]
        made = _rendered(issue, press, printed, len(chosen) - len(printed))
        excess = sent_octets(made.html) - LARGEST
        if excess <= 0:
            return made
        forms = fit(stories, heads, octets_of(stories, forms, heads) - excess)


def _most(chosen: Sequence[Chosen]) -> int:
    """How many stories an issue of headlines has."""
    topics = len({story.section for story in chosen})
    return max(SCREEN - topics, min(topics, MOST_TOPICS))


def _rendered(issue: IssueContent, press: Press, printed: Sequence[Printed], left_out: int) -> Rendered:
    values = common(issue.publication, issue.language) | _values(issue, printed, left_out)
    text = press.text(printed)
    values["size"] = _size(issue.language, len(printed), text)
    values["preheader"] = preheader(_headlines(printed), otherwise=values["size"])
    made = rendered(
        "issue",
        issue.language,
        text_values=values | {"sections": text},
        html_values=values | {"sections": press.html(printed), "contents": _contents_html(values)},
    )
    return replace(made, html="") if issue.length == TEXT else made


def _values(issue: IssueContent, printed: Sequence[Printed], left_out: int) -> dict[str, Any]:
    return {
        "headline": subject_headline(_headlines(printed) or [""]),
        "date": day_in_words(issue.date, issue.language),
        "welcome": issue.welcome,
        "send_time": issue.send_time,
        "contents": contents(issue, printed),
        "more_stories": _more_stories(issue.language, left_out),
        "issue_url": _issue_url(issue),
        "links": _links(issue),
        "zone": zone_in_words(issue.zone),
        "changed": told_in_words(issue.changed, issue.language),
    }


def _contents_html(values: dict[str, Any]) -> Markup:
    """The lines as rows: so frames with many and with few have one shape."""
    rows = render_rows("issue/contents.html", values["language"], values) if values["contents"] else ""
    return Markup(rows)  # noqa: S704 - rendered from a template, escaped there


def _links(issue: IssueContent) -> dict[str, str] | None:
    """The reader's links by name; None in an issue that is anybody's."""
    if issue.links is None:
        return None
    preferences = issue.links.preferences
    return {
        "preferences": preferences,
        "pause": f"{preferences}/pause",
        "earlier": f"{preferences}/earlier",
        "later": f"{preferences}/later",
        "unsubscribe": issue.links.unsubscribe,
    }


def _issue_url(issue: IssueContent) -> str:
    """The issue on the web, without anything of its reader's."""
    editions = "-".join(str(section.edition_id) for section in issue.sections)
    return f"{issue.publication.base_url}/issue/{issue.date.isoformat()}/{editions}"


def _headlines(printed: Sequence[Printed]) -> list[str]:
    return [story.pieces[0].headline for story, _form in printed]


def _size(language: str, stories: int, text: str) -> str:
    """N stories, about M minutes."""
    ngettext = translations(language).ngettext
    minutes = minutes_to_read([text])
    counted = ngettext("%(number)d story", "%(number)d stories", stories) % {"number": stories}
    length = ngettext("about %(number)d minute", "about %(number)d minutes", minutes) % {"number": minutes}
    return f"{counted}{comma(language)}{length}"


def _more_stories(language: str, left_out: int) -> str:
    if not left_out:
        return ""
    words = translations(language).ngettext(
        "%(number)d more story on the web", "%(number)d more stories on the web", left_out
    )
    return words % {"number": left_out}
