"""Mails in every language: words, direction, counts and dates; nothing in English left over."""

import re
from dataclasses import replace
from typing import Any

import pytest

from newsletter.mail.alert import Alert
from newsletter.mail.issue import IssueContent, Rendered
from newsletter.mail.languages import LANGUAGES, direction
from newsletter.mail.lengths import LENGTHS
from newsletter.mail.render import render_issue, render_notice
from tests.mail.notices import NOTICES
from tests.mail.sample import PUBLICATION, edition, issue, related, story
from tests.wordwatch import latin_words, read_aloud

OTHERS = [language for language in LANGUAGES if language != "en"]
NEWSPAPER = replace(PUBLICATION, name="Εφημερίδα", postal_address="Οδός Μύλου 4, Αθήνα")
GREEK = "Η πόλη ξυπνά νωρίς"

TOWN = edition(
    "Πόλη",
    story(
        GREEK,
        "Ημερολόγιο",
        4,
        "Σύνοψη.",
        (related("Άλλη άποψη", "Ράδιο", 3, "Απόσπασμα."),),
        sources=7,
        updated=True,
    ),
    story("Οι κύκνοι έκλεισαν τον δρόμο", "Ράδιο", 30),
    zone="Ελλάδα",
)
SCIENCE = edition("Επιστήμη", story("Νέος κομήτης", "Τροχιά", 60))


def in_greek(value: Any) -> Any:
    """The values of a notice with data in Greek, times of day and addresses as they are."""
    if isinstance(value, Alert):
        cases = [{key: in_greek_case(key, one) for key, one in case.items()} for case in value.cases]
        return replace(value, cases=cases)
    return [GREEK] if isinstance(value, list) else value


def in_greek_case(key: str, value: Any) -> Any:
    return GREEK if key in ("name", "said", "topic") and value else value


def greek_issue(language: str, length: str = "standard", welcome: bool = False) -> IssueContent:
    made = issue(TOWN, SCIENCE, welcome=welcome, length=length, language=language)
    return replace(made, publication=NEWSPAPER, zone="Ελλάδα")


def greek_notice(name: str, language: str) -> Rendered:
    kind, values = NOTICES[name]
    given = {key: in_greek(value) for key, value in values.items()}
    return render_notice(kind, NEWSPAPER, language, **given)


def everything(rendered: Rendered) -> list[str]:
    """What is read of a mail; its text part by paragraphs, as they are wrapped."""
    paragraphs = [" ".join(one.split()) for one in rendered.text.split("\n\n")]
    return [rendered.subject, *paragraphs, *read_aloud(rendered.html or "<p></p>")]


@pytest.mark.parametrize("language", ["uk", "ar"])
@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("welcome", [False, True])
def test_nothing_in_an_issue_is_left_in_english(language: str, length: str, welcome: bool) -> None:
    assert latin_words(everything(render_issue(greek_issue(language, length, welcome)))) == []


@pytest.mark.parametrize("language", ["uk", "ar"])
@pytest.mark.parametrize("name", NOTICES)
def test_nothing_in_a_notice_is_left_in_english(language: str, name: str) -> None:
    assert latin_words(everything(greek_notice(name, language))) == []


@pytest.mark.parametrize("language", ["de", "fr", "es"])
@pytest.mark.parametrize("name", ["issue", *NOTICES])
def test_every_line_of_ours_differs_from_the_english_one(language: str, name: str) -> None:
    def lines(spoken: str) -> set[str]:
        rendered = render_issue(greek_issue(spoken)) if name == "issue" else greek_notice(name, spoken)
        return set(latin_words(everything(rendered)))

    assert lines(language)
    assert lines("en") & lines(language) == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["issue", *NOTICES])
def test_html_says_its_language_and_direction_twice(language: str, name: str) -> None:
    """On html, and again inside the body, for mail clients that drop html's."""
    rendered = render_issue(greek_issue(language)) if name == "issue" else greek_notice(name, language)
    said = f'lang="{language}" dir="{direction(language)}"'
    assert re.search(rf"<html {said}", rendered.html)
    assert re.search(rf"<body[^>]*>\s*<div {said}", rendered.html)


def test_an_arabic_issue_stands_from_right_to_left() -> None:
    rendered = render_issue(greek_issue("ar"))
    # Every rule and indent at the side of a text is on the right; Word needs it on the tables too.
    assert "border-right:2px" in rendered.html.replace(": ", ":")
    assert not re.search(r"border-left|text-align:\s*left|align=\"left\"", rendered.html)
    tables = re.findall(r"<table[^>]*class=\"(?:card|section)[^>]*>", rendered.html)
    assert tables
    assert all('dir="rtl"' in table for table in tables)


def test_an_arabic_issue_counts_dates_and_lists_in_arabic() -> None:
    text = render_issue(greek_issue("ar")).text
    assert "الأحد، 22 نوفمبر 2026\n3 أخبار، نحو دقيقة واحدة\n" in text
    assert "اليوم 01:00" in text
    assert "الخميس، 19 نوفمبر، 17:00" in text


def test_a_ukrainian_issue_counts_in_its_three_ways() -> None:
    many = edition("Πόλη", *(story(f"Κύκνος {'α' * number}", "Ράδιο", 4) for number in range(1, 22)))
    sizes = {
        number: render_issue(issue(replace(many, stories=many.stories[:number]), language="uk")).text
        for number in (1, 2, 5, 11, 21)
    }
    counted = {1: "1 новина", 2: "2 новини", 5: "5 новин", 11: "11 новин", 21: "21 новина"}
    assert all(f"\n{words}, близько " in sizes[number] for number, words in counted.items())


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("en", "Please confirm your address for Εφημερίδα"),
        ("de", "Bitte bestätigen Sie Ihre Adresse für Εφημερίδα"),
        ("fr", "Veuillez confirmer votre adresse pour Εφημερίδα"),
        ("es", "Por favor, confirme su dirección para Εφημερίδα"),
        ("uk", "Будь ласка, підтвердьте свою адресу для «Εφημερίδα»"),
        ("ar", "يُرجى تأكيد عنوانك لدى «Εφημερίδα»"),
    ],
)
def test_a_confirmation_asks_in_the_readers_language(language: str, subject: str) -> None:
    assert greek_notice("confirm", language).subject == subject
