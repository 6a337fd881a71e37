"""Mails in words: subject, text and HTML of an issue and of the notices around it."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from newsletter.mail.fragment import LONGEST_HEADLINE, LONGEST_NAME, render_fragment
from newsletter.mail.issue import IssueContent, Publication, Rendered, Section
from newsletter.mail.languages import direction, translations
from newsletter.mail.notice import NOTICES, notice_values
from newsletter.mail.slots import render_document
from newsletter.mail.templates import render_text
from newsletter.mail.times import day_in_words, minutes_to_read, zone_in_words
from newsletter.mail.wording import cut, one_line

__all__ = ["render_fragment", "render_issue", "render_notice"]

SUBJECT_HEADLINE = 70
LONGEST_SUBJECT = 200
LONGEST_PREHEADER = 140


def render_issue(issue: IssueContent) -> Rendered:
    """One reader's issue, joined from ready fragments.

    Raises `ValueError` for an issue without a story: there is no mail about nothing.
    """
    headlines = [one_line(line, LONGEST_HEADLINE) for section in issue.sections for line in section.headlines]
    if not headlines:
        raise ValueError("an issue needs a story")
    values = _common(issue.publication, issue.language) | {
        "headline": cut(headlines[0], SUBJECT_HEADLINE),
        "preheader": cut(" · ".join(headlines[1:]), LONGEST_PREHEADER),
        "date": day_in_words(issue.date, issue.language),
        "size": _size(issue, len(headlines)),
        "welcome": issue.welcome,
        "send_time": issue.send_time,
        "contents": _contents(issue.sections, issue.language),
        "times": _times(issue),
        "preferences_url": issue.links.preferences,
        "unsubscribe_url": issue.links.unsubscribe,
    }
    fragments = [section.fragment for section in issue.sections]
    return _rendered(
        "issue",
        issue.language,
        text_values=values | {"sections": [fragment.text for fragment in fragments]},
        # Ours, and escaped when the edition was rendered.
        html_values=values | {"sections": [Markup(fragment.html) for fragment in fragments]},  # noqa: S704
    )


def render_notice(kind: str, publication: Publication, language: str, **given: Any) -> Rendered:
    """A mail that is no issue: `mail.notice` says what each kind takes.

    Raises `ValueError` for another kind, and `jinja2.UndefinedError` for a value that is missing.
    """
    if kind not in NOTICES:
        raise ValueError(f"no such notice: {kind}")
    values = _common(publication, language) | notice_values(given, language)
    values["preheader"] = one_line(render_text(f"{kind}/preheader.txt", language, values), LONGEST_PREHEADER)
    return _rendered(kind, language, text_values=values, html_values=values)


def _rendered(
    folder: str, language: str, text_values: dict[str, Any], html_values: dict[str, Any]
) -> Rendered:
    subject = one_line(render_text(f"{folder}/subject.txt", language, text_values), LONGEST_SUBJECT)
    text = render_text(f"{folder}/body.txt", language, text_values)
    html = render_document(f"{folder}/body.html", language, html_values | {"subject": subject})
    return Rendered(subject, text, html)


def _common(publication: Publication, language: str) -> dict[str, Any]:
    return {
        "language": language,
        "direction": direction(language),
        "preheader": "",
        "publication": {
            "name": one_line(publication.name, LONGEST_NAME),
            "url": publication.base_url,
            "postal_address": one_line(", ".join(publication.postal_address.split("\n")), 300),
        },
    }


def _size(issue: IssueContent, stories: int) -> str:
    """N stories, about M minutes."""
    ngettext = translations(issue.language).ngettext
    minutes = minutes_to_read(section.fragment.text for section in issue.sections)
    counted = ngettext("%(number)d story", "%(number)d stories", stories) % {"number": stories}
    length = ngettext("about %(number)d minute", "about %(number)d minutes", minutes) % {"number": minutes}
    return f"{counted}, {length}"


def _contents(sections: Sequence[Section], language: str) -> list[dict[str, str]]:
    """A line for each topic; none when there is but one."""
    if len(sections) < 2:
        return []
    return [_contents_line(section, language) for section in sections if section.headlines]


def _contents_line(section: Section, language: str) -> dict[str, str]:
    more = len(section.headlines) - 1
    words = translations(language).ngettext("(and %(number)d more)", "(and %(number)d more)", more)
    return {
        "topic": one_line(section.topic_name, LONGEST_NAME),
        "headline": one_line(section.headlines[0], SUBJECT_HEADLINE),
        "more": words % {"number": more} if more else "",
    }


def _times(issue: IssueContent) -> str:
    """The zone the times are in; by topic where they differ."""
    gettext = translations(issue.language).gettext
    zones = {section.topic_name: zone_in_words(section.zone or issue.zone) for section in issue.sections}
    if len(set(zones.values())) == 1:
        return gettext("All times are in the time zone %(zone)s.") % {"zone": next(iter(zones.values()))}
    named = ", ".join(f"{one_line(topic, LONGEST_NAME)}: {zone}" for topic, zone in zones.items())
    return gettext("Times are in the time zones %(zones)s.") % {"zones": named}
