from datetime import UTC, date, datetime
from gettext import NullTranslations
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, write_po

from newsletter.mail.catalogues import catalogue, compiled, folder_of, read_catalogue
from newsletter.mail.clock import clock_of
from newsletter.mail.dates import date_and_time, date_without_year, dateline, long_date, weekday_and_time
from newsletter.mail.languages import (
    LANGUAGES,
    direction,
    listed,
    locale_of,
    offered,
    own_name,
    translations,
)
from newsletter.mail.times import time_in_words

NOVEMBER = date(2026, 11, 22)
MAY = date(2026, 5, 1)
NUMBERS = (0, 1, 2, 3, 5, 11, 21, 100)


def test_names_of_languages_stand_in_the_language() -> None:
    assert [own_name(tag) for tag in LANGUAGES] == [
        "English",
        "Deutsch",
        "Français",
        "Español",
        "Українська",
        "العربية",
    ]


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("de", "de"),
        ("de-AT", "de"),
        ("DE_ch", "de"),
        ("ar-EG", "ar"),
        ("pt-BR", "en"),
        ("", "en"),
        ("?", "en"),
    ],
)
def test_a_language_falls_back_to_its_base_then_to_english(tag: str, language: str) -> None:
    assert offered(tag) == language
    assert translations(tag) is translations(language)
    assert locale_of(tag).language == language  # dates and words never differ


def test_regions_keep_their_own_names_of_months() -> None:
    january = date(2026, 1, 5)
    assert long_date(january, "de-AT") == "Montag, 5. Jänner 2026"
    assert long_date(january, "de") == "Montag, 5. Januar 2026"


@pytest.mark.parametrize("tag", ["ar", "ar-MA", "he", "fa", "ur"])
def test_these_are_written_from_right_to_left(tag: str) -> None:
    assert direction(tag) == "rtl"


@pytest.mark.parametrize("tag", ["en", "de", "fr", "es", "uk", "pt-BR"])
def test_these_are_written_from_left_to_right(tag: str) -> None:
    assert direction(tag) == "ltr"


STORIES = {
    "en": [
        "0 stories", "1 story", "2 stories", "3 stories",
        "5 stories", "11 stories", "21 stories", "100 stories",
    ],
    "de": [
        "0 Meldungen", "1 Meldung", "2 Meldungen", "3 Meldungen",
        "5 Meldungen", "11 Meldungen", "21 Meldungen", "100 Meldungen",
    ],
    "fr": ["0 sujet", "1 sujet", "2 sujets", "3 sujets", "5 sujets", "11 sujets", "21 sujets", "100 sujets"],
    "es": [
        "0 noticias", "1 noticia", "2 noticias", "3 noticias",
        "5 noticias", "11 noticias", "21 noticias", "100 noticias",
    ],
    "uk": ["0 новин", "1 новина", "2 новини", "3 новини", "5 новин", "11 новин", "21 новина", "100 новин"],
    "ar": ["لا أخبار", "خبر واحد", "خبران", "3 أخبار", "5 أخبار", "11 خبرًا", "21 خبرًا", "100 خبر"],
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_stories_are_counted_as_the_language_counts(language: str) -> None:
    ngettext = translations(language).ngettext
    counted = [ngettext("%(number)d story", "%(number)d stories", n) % {"number": n} for n in NUMBERS]
    assert counted == STORIES[language]


DATES = {
    "en": ("Sunday, 22 November 2026", "Friday, 1 May 2026"),
    "de": ("Sonntag, 22. November 2026", "Freitag, 1. Mai 2026"),
    "fr": ("Dimanche 22 novembre 2026", "Vendredi 1er mai 2026"),
    "es": ("Domingo, 22 de noviembre de 2026", "Viernes, 1 de mayo de 2026"),
    "uk": ("Неділя, 22 листопада 2026\u202fр.", "Пʼятниця, 1 травня 2026\u202fр."),
    "ar": ("الأحد، 22 نوفمبر 2026", "الجمعة، 1 مايو 2026"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_date_is_written_as_the_language_writes_it(language: str) -> None:
    assert (dateline(NOVEMBER, language), dateline(MAY, language)) == DATES[language]


def test_days_and_months_are_small_within_a_sentence() -> None:
    assert long_date(NOVEMBER, "fr") == "dimanche 22 novembre 2026"
    assert long_date(NOVEMBER, "de") == "Sonntag, 22. November 2026"


@pytest.mark.parametrize(
    ("language", "without_year", "weekday", "printed"),
    [
        ("en", "Sunday, 22 November", "Sunday, 05:40", "22 Nov 2026, 05:40"),
        ("de", "Sonntag, 22. November", "Sonntag, 05:40", "22. Nov. 2026, 05:40"),
        ("fr", "dimanche 22 novembre", "dimanche, 05:40", "22 nov. 2026, 05:40"),
        ("es", "domingo, 22 de noviembre", "domingo, 05:40", "22 nov 2026, 05:40"),
        ("uk", "неділя, 22 листопада", "неділя, 05:40", "22 лист. 2026\u202fр., 05:40"),
        ("ar", "الأحد، 22 نوفمبر", "الأحد، 05:40", "22 نوفمبر 2026، 05:40"),
    ],
)
def test_shorter_dates_too(language: str, without_year: str, weekday: str, printed: str) -> None:
    moment = datetime(2026, 11, 22, 5, 40, tzinfo=UTC)
    assert date_without_year(NOVEMBER, language) == without_year
    assert weekday_and_time(moment, language) == weekday
    assert date_and_time(moment, language) == printed


@pytest.mark.parametrize(
    ("language", "today", "yesterday", "before", "last_year"),
    [
        ("en", "today 05:40", "yesterday 05:40", "Fri 20 Nov, 05:40", "Sat 22 Nov 2025, 05:40"),
        ("de", "heute 05:40", "gestern 05:40", "Fr., 20. Nov., 05:40", "Sa., 22. Nov. 2025, 05:40"),
        ("fr", "aujourd’hui 05:40", "hier 05:40", "ven. 20 nov., 05:40", "sam. 22 nov. 2025, 05:40"),
        ("es", "hoy 05:40", "ayer 05:40", "vie, 20 nov, 05:40", "sáb, 22 nov 2025, 05:40"),
        ("uk", "сьогодні 05:40", "учора 05:40", "пт, 20 лист., 05:40", "сб, 22 лист. 2025\u202fр., 05:40"),
        ("ar", "اليوم 05:40", "أمس 05:40", "الجمعة، 20 نوفمبر، 05:40", "السبت، 22 نوفمبر 2025، 05:40"),
    ],
)
def test_the_time_of_a_report(language: str, today: str, yesterday: str, before: str, last_year: str) -> None:
    clock = clock_of(ZoneInfo("UTC"), NOVEMBER)
    days = [NOVEMBER, date(2026, 11, 21), date(2026, 11, 20), date(2025, 11, 22)]
    moments = [datetime(day.year, day.month, day.day, 5, 40, tzinfo=UTC) for day in days]
    said = [time_in_words(moment, NOVEMBER, clock, language) for moment in moments]
    assert said == [today, yesterday, before, last_year]


def test_digits_are_latin_in_arabic_too() -> None:
    shown = dateline(NOVEMBER, "ar") + date_and_time(datetime(2026, 11, 22, 5, 40, tzinfo=UTC), "ar-EG")
    assert [digit for digit in shown if digit.isdigit() and not digit.isascii()] == []


def test_lists_have_the_comma_of_the_language() -> None:
    assert listed(["Science", "Sport"], "de") == "Science, Sport"
    assert listed(["علوم", "رياضة"], "ar") == "علوم، رياضة"


def test_a_checkout_needs_nothing_compiled() -> None:
    """What is edited is what is read: no file that might be missing, or older."""
    for language in LANGUAGES[1:]:
        assert (folder_of(language) / "messages.po").is_file()
        assert not list(folder_of(language).glob("*.mo"))
        assert catalogue(language).gettext("Unsubscribe") != "Unsubscribe"


def test_a_catalogue_that_is_missing_is_an_error_and_not_english(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_catalogue(tmp_path)


def test_a_broken_catalogue_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "messages.po").write_text("Halt!", encoding="utf-8")
    with pytest.raises(PoFileError):
        read_catalogue(tmp_path)


def test_what_people_edit_wins_over_what_was_compiled_before(tmp_path: Path) -> None:
    source = tmp_path / "messages.po"
    _write(source, "Halt!")
    (tmp_path / "messages.mo").write_bytes(compiled(source))
    _write(source, "Schluss!")
    assert read_catalogue(tmp_path).gettext("Stop!") == "Schluss!"
    source.unlink()
    assert read_catalogue(tmp_path).gettext("Stop!") == "Halt!"


def test_english_is_the_source() -> None:
    assert type(translations("en")) is NullTranslations


def _write(path: Path, translated: str) -> None:
    made = Catalog("de")
    made.add("Stop!", translated)
    with path.open("wb") as file:
        write_po(file, made)
