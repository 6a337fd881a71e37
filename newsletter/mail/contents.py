"""What an issue holds, at its top: a line for each topic."""

from collections.abc import Sequence

from newsletter.mail.frame import LONGEST_NAME
from newsletter.mail.issue import IssueContent
from newsletter.mail.languages import translations
from newsletter.mail.lengths import HEADLINES
from newsletter.mail.printing import Printed
from newsletter.mail.wording import cut_headline, one_line

HEADLINE = 70
# More lines would push the first story off the screen.
MOST_LINES = 12


def contents(issue: IssueContent, printed: Sequence[Printed]) -> list[dict[str, str]]:
    """A line for each topic, each with `topic`, `headline` and `more`; the last may count topics.

    None where there is but one topic, or nothing but headlines anyway.
    """
    sections: dict[int, list[str]] = {}
    for story, _form in printed:
        sections.setdefault(story.section, []).append(story.pieces[0].headline)
    if len(sections) < 2 or issue.length == HEADLINES:
        return []
    lines = [
        _line(issue.sections[number].topic_name, headlines, issue.language)
        for number, headlines in list(sections.items())[:MOST_LINES]
    ]
    return lines + _more_topics(len(sections) - len(lines), issue.language)


def _line(topic: str, headlines: Sequence[str], language: str) -> dict[str, str]:
    more = len(headlines) - 1
    words = translations(language).ngettext("(and %(number)d more)", "(and %(number)d more)", more)
    return {
        "topic": one_line(topic, LONGEST_NAME),
        "headline": cut_headline(headlines[0], HEADLINE),
        "more": words % {"number": more} if more else "",
    }


def _more_topics(more: int, language: str) -> list[dict[str, str]]:
    if more <= 0:
        return []
    words = translations(language).ngettext("and %(number)d more topic", "and %(number)d more topics", more)
    return [{"topic": "", "headline": "", "more": words % {"number": more}}]
