"""How the text part of every mail is set, in every language: spaces, signs, rules, empty lines."""

import re

import pytest

from newsletter.mail.alert import Alert, AlertKind
from newsletter.mail.issue import Rendered
from newsletter.mail.languages import LANGUAGES
from newsletter.mail.render import render_issue, render_notice
from tests.mail.notices import NOTICES, notice
from tests.mail.sample import CITY, PUBLICATION, SCIENCE, issue

MAILS = ["issue", *NOTICES]
# French sets these off from their word, by a space that ends no line.
FRENCH = re.compile(r"(?<![\u00a0\u202f])[:;?!»](?=\s|$)")


def mail(name: str, language: str) -> Rendered:
    if name == "issue":
        return render_issue(issue(CITY, SCIENCE, language=language))
    return notice(name, language)


def prose(text: str) -> list[str]:
    """The lines of a text that people read: without addresses."""
    return [line for line in text.splitlines() if not line.lstrip().startswith("https://")]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", MAILS)
def test_lines_are_short_with_single_spaces_and_begin_with_no_sign(name: str, language: str) -> None:
    lines = prose(mail(name, language).text)
    assert [line for line in lines if len(line) > 78] == []
    assert [line for line in lines if "  " in line.strip()] == []
    assert [line for line in lines if re.match(r"\s*[:;?!»,.،؛؟]", line)] == []
    assert [line for line in lines if line != line.rstrip()] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", MAILS)
def test_the_rule_before_the_foot_stands_alone_and_no_gap_is_wide(name: str, language: str) -> None:
    text = mail(name, language).text
    assert text.count("\n\n-----\n\n") == 1
    assert "\n\n\n\n" not in text


@pytest.mark.parametrize("name", NOTICES)
def test_french_signs_are_set_off_without_ending_a_line(name: str) -> None:
    rendered = mail(name, "fr")
    assert [line for line in [rendered.subject, *prose(rendered.text)] if FRENCH.search(line)] == []


@pytest.mark.parametrize(
    ("language", "day"),
    [
        ("en", "Sunday, 29 November 2026"),
        ("fr", "le dimanche 29"),
        ("es", "el domingo, 29"),
        ("uk", "неділя, 29"),
    ],
)
def test_a_day_within_a_sentence_is_written_as_within_a_sentence(language: str, day: str) -> None:
    assert day in " ".join(notice("paused", language).text.split())


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "seven days; that is 0.25% of"),
        ("de", "gemeldet; das sind 0,25\u00a0% der"),
        ("fr", "jours\u00a0; soit 0,25\u00a0% "),
        ("ar", "؛ أي 0.25% من"),
    ],
)
def test_a_share_and_the_signs_around_it_are_the_languages_own(language: str, said: str) -> None:
    text = re.sub(r"\n *", " ", notice("alert_complaints", language).text)
    assert said in text


def test_what_is_over_needs_no_explanation() -> None:
    over = Alert(AlertKind.COMPLAINTS, [{"complaints": 1, "mails": 2}], over=True)
    rendered = render_notice("alert", PUBLICATION, "en", alert=over, zone="UTC")
    assert "What it means" not in rendered.text + rendered.html
    assert "There is nothing to do." in rendered.text
