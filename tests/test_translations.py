"""Every text is translated into every language, and no translation says other things than its English."""

import re
import shutil
from collections.abc import Iterator
from gettext import NullTranslations
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from newsletter.mail.languages import LANGUAGES
from scripts import messages
from scripts.message_checks import faults, single_numbers

ROOT = Path(__file__).parents[1]
TRANSLATED = messages.TRANSLATED
# Words that are the same in both languages, and signs that no language changes.
_THE_SAME = {
    "de": {"HTML", "Text"},
    "fr": {"Archives", "Date", "HTML", "Pages", "Europe", "600 pixels"},
    "es": {"Asia", "Australia", "HTML"},
    "uk": {"HTML"},
    "ar": {"HTML"},
}


@pytest.fixture(scope="module")
def template() -> Catalog:
    """Every message of the code and the templates as they stand."""
    return messages.extracted()


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_catalogue_holds_exactly_the_messages_of_the_code(language: str, template: Catalog) -> None:
    asked = {(tuple(messages.ids(one)), one.context) for one in template if one.id}
    known = {(tuple(messages.ids(one)), one.context) for one in messages.read(language) if one.id}
    assert asked == known, (
        "run `make messages`, then translate what `python -m scripts.messages missing` lists"
    )


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_message_is_translated_without_a_fault(language: str) -> None:
    catalogue = messages.read(language)
    single = single_numbers(catalogue)
    wrong = [f"{one.id}: {fault}" for one in catalogue if one.id for fault in faults(one, single)]
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_differs_from_its_english(language: str) -> None:
    same = {
        one.string
        for one in messages.read(language)
        if isinstance(one.id, str) and one.id == one.string and re.search(r"[a-z]{3}", _bare(one.id))
    }
    assert same <= _THE_SAME[language]


@pytest.mark.parametrize(("language", "script"), [("ar", r"[\u0600-\u06ff]"), ("uk", r"[\u0400-\u04ff]")])
def test_other_scripts_leave_no_latin_word_behind(language: str, script: str) -> None:
    kept = r"HTML|JSON|Gmail|cookie|localhost|NEWSLETTER_\w+(?:=\w+)?|docs/\S+|name@example\.com|example\.com"
    for form in _forms(language):
        ours = re.sub(kept, "", _bare(form))
        assert not re.search(r"[A-Za-z]", ours), form
        assert re.search(script, form) or not re.search(r"\w", ours), form


def test_french_signs_are_set_off_by_a_space_that_ends_no_line() -> None:
    wide = re.compile(r" [:;?!»]|« |\w[;?!»](?=\s|$)|\w:(?=\s|$)")
    assert [form for form in _forms("fr") if wide.search(re.sub(r"<[^>]*>|&\w+;", "", form))] == []


def test_a_language_uses_one_way_of_speaking_to_its_reader() -> None:
    """German Sie, French vous, Spanish usted, Ukrainian ви: the familiar forms do not slip in."""
    familiar = {
        "de": r"\b([Dd]u|[Dd]ein\w*|[Dd]ich|[Dd]ir)\b",
        "fr": r"\b((?<!s’est )[Tt]u|[Tt]oi|[Tt]es|[Tt]on)\b",
        "es": r"\b([Tt]ú|[Tt]us|[Tt]i|[Cc]ontigo)\b",
        "uk": r"\b([Тт]и|[Тт]вій|[Тт]воя|[Тт]вої|[Тт]ебе|[Тт]обі)\b",
    }
    for language, pattern in familiar.items():
        assert [form for form in _forms(language) if re.search(pattern, form)] == []


def test_arabic_has_six_plural_forms_and_ukrainian_three() -> None:
    forms = {language: messages.read(language).num_plurals for language in TRANSLATED}
    assert forms == {"de": 2, "fr": 2, "es": 2, "uk": 3, "ar": 6}


@pytest.mark.parametrize(
    ("english", "translated", "fault"),
    [
        ("Stop %(name)s.", "Schluss mit %(nmae)s.", "placeholders"),
        ("Stop %(name)s.", "Schluss.", "placeholders"),
        ('See <a href="%(to)s">here</a>', 'Siehe <a href="%(to)s">hier', "markup"),
        ("Stop it", "Schluss <b>damit</b>", "markup"),
        ("Set NEWSLETTER_SMTP_URL", "NEWSLETTER_URL setzen", "fixed words"),
        ("Stop it", " Schluss damit", "stray"),
        ("Stop it", "Schluss\u200b damit", "stray"),
        ("Stop it.", "Schluss damit", "ends otherwise"),
        ("Stop it:", "Schluss damit.", "ends otherwise"),
        ("Stop it", "", "missing"),
    ],
)
def test_a_faulty_translation_is_found(english: str, translated: str, fault: str) -> None:
    found = list(faults(Message(english, translated), [False, False]))
    assert any(fault in one for one in found), found


@pytest.mark.parametrize(
    ("forms", "sound"),
    [
        (("%(number)d день", "%(number)d дні", "%(number)d днів"), True),
        (("день", "%(number)d дні", "%(number)d днів"), False),  # 21 takes the first form too
        (("%(number)d день", "%(number)d дні"), False),
        (("%(number)d день", "%(number)d дні", ""), False),
        (("%(number)d день", "%(number)d дні", "%(other)d днів"), False),
    ],
)
def test_plurals_need_every_form_and_their_number(forms: tuple[str, ...], sound: bool) -> None:
    message = Message(("%(number)d day", "%(number)d days"), forms)
    assert (list(faults(message, single_numbers(Catalog("uk")))) == []) is sound


def test_a_fuzzy_entry_is_found() -> None:
    assert list(faults(Message("Stop", "Halt", flags=("fuzzy",)), [False, False])) == ["is marked fuzzy"]


def test_a_message_that_leaves_is_remembered_and_comes_back_translated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = tmp_path / "templates" / "web" / "page.html"
    template.parent.mkdir(parents=True)
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    for text in ("Good morning", "Good evening", "Good morning"):
        template.write_text(f"{{% trans %}}{text}{{% endtrans %}}", encoding="utf-8")
        assert messages.update() == 0
        assert [line["id"] for line in messages.missing()] in ([text], [])
        messages.take([[{"id": "Good morning", "de": "Guten Morgen"}]])
    assert messages.read("de")["Good morning"].string == "Guten Morgen"
    assert [line["id"] for line in messages.missing() if "de" in line] == []


def test_a_faulty_translation_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    template = tmp_path / "templates" / "web" / "page.html"
    template.parent.mkdir(parents=True)
    template.write_text("{% trans name=who %}Good morning, {{ name }}{% endtrans %}", encoding="utf-8")
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    messages.update()
    assert messages.take([[{"id": "Good morning, %(name)s", "de": "Guten Morgen"}]]) == 1
    assert "has other placeholders" in capsys.readouterr().err
    assert not messages.read("de")["Good morning, %(name)s"].string


def test_updating_twice_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither dates nor line numbers: the difference of a change is the change."""
    for folder in ("newsletter", "templates"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.po")}
    assert len(before) == len(TRANSLATED)
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    messages.update()
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.po")} == before


def test_every_language_but_the_source_has_a_catalogue() -> None:
    from newsletter.mail.languages import translations

    assert LANGUAGES[0] == "en"
    assert all(type(translations(one)) is not NullTranslations for one in TRANSLATED)


def _forms(language: str) -> Iterator[str]:
    for one in messages.read(language):
        if one.id:
            yield from [one.string] if isinstance(one.string, str) else one.string or ()


def _bare(text: str) -> str:
    """The words without placeholders and markup."""
    return re.sub(r"%\(\w+\)[a-z]|<[^>]*>", " ", text)
