"""When two articles are one text, and when they only look like it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.ingest.near import Candidate, Text, find_copied
from newsletter.ingest.sketch import likeness, shingles, text_bands, words, words_of_body
from tests.ingest.builders import NOON

STORY = (
    "The harbour bridge of Port Elden will stay closed for three weeks after engineers found a crack as long"
    " as an arm in one of its main girders, the city said on Saturday. Ferries are to run every ten minutes"
    " until then, and buses take the long way round by the lock. Mayor Ines Okoro called the find a warning"
    " and promised that the other four bridges would be looked at before the winter."
)
JAPANESE = (
    "港の橋は三週間のあいだ閉鎖されると市が土曜日に発表した。"
    "技術者が主桁に腕ほどの長さの亀裂を見つけたためで、そのあいだは十分おきに渡し船が出る。"
)


def told(
    title: str = "Bridge closed for weeks", text: str = STORY, *, body: str = "", hours: float = 0
) -> Text:
    return Text(title, text, body, NOON + timedelta(hours=hours))


def stored(number: int, text: Text, *sources: int) -> Candidate:
    return Candidate(number, frozenset(sources), text)


def test_agency_copy_is_one_text_under_any_headline() -> None:
    assert told("Crack shuts harbour bridge").is_copy_of(told("Port Elden: long detours until Christmas"))


def test_markup_case_and_marks_make_no_difference() -> None:
    marked_up = "<p>" + STORY.upper().replace(". ", ".</p><p>").replace("'", "&#39;") + "</p>"

    assert told().is_copy_of(told("Detours", "", body=marked_up))


def test_a_copy_may_be_trimmed_a_little() -> None:
    assert told("Detours", STORY + " With agency reports.").is_copy_of(told())


def test_a_telling_in_other_words_is_no_copy() -> None:
    other = (
        "About forty thousand drivers a day have to find another way since the bridge over the harbour was"
        " shut on Saturday. Inspectors had discovered the crack during a routine check of the steel."
    )

    assert not told().is_copy_of(told(text=other))


@pytest.mark.parametrize("change", ["a third of it", "its numbers"])
def test_a_report_made_from_the_same_form_is_no_copy(change: str) -> None:
    form = "Quake of magnitude {} at {} UTC, {} km deep and {} km from the coast. " + STORY
    one, other = form.format("4.5", "12:31", 23, 80), form.format("5.1", "17:02", 11, 60)
    if change == "a third of it":
        other = (
            STORY[: len(STORY) * 2 // 3] + " More was not known in the evening, the office for quakes said."
        )

    assert not told("Quake shakes coast", one).is_copy_of(told("Tremor felt inland", other))


def test_headlines_that_tell_other_numbers_are_of_other_articles() -> None:
    assert not told("Results of day 3").is_copy_of(told("Results of day 4"))


LONG_TITLE = "Harbour bridge in Port Elden closed for weeks after crack is found"


def test_short_texts_are_one_only_under_one_long_headline_of_one_day() -> None:
    short = told(LONG_TITLE, "Long detours.")

    assert short.is_copy_of(told(LONG_TITLE.upper(), "Engineers at work.", hours=20))
    assert not short.is_copy_of(told(LONG_TITLE, "Long detours.", hours=25))
    assert not told("Live blog", "All day long.").is_copy_of(told("Live blog", "All day long."))
    assert not short.is_copy_of(told("Crack found in bridge of Port Elden, and what to do", "Long detours."))


def test_copies_follow_one_another_within_two_days() -> None:
    assert told().is_copy_of(told(hours=47))
    assert not told().is_copy_of(told(hours=49))


def test_scripts_without_spaces_are_compared_letter_by_letter() -> None:
    assert told("橋が閉鎖", JAPANESE).is_copy_of(told("港に亀裂", JAPANESE + "。"))
    assert not told("橋が閉鎖", JAPANESE).is_copy_of(told("港に亀裂", JAPANESE[20:] + JAPANESE[:3] * 20))


def test_the_earliest_of_several_copies_is_the_article() -> None:
    early, late = stored(9, told(hours=-3), 2), stored(8, told(), 3)

    assert find_copied(1, told(hours=1), [late, early], []) == early


def test_what_a_source_writes_under_everything_is_no_copy() -> None:
    there = stored(9, told(), 2)

    assert find_copied(1, told("Ours"), [there], [told("Another of ours")]) is None
    assert find_copied(1, told("Ours"), [there, stored(10, told("Another of theirs"), 2)], []) is None
    assert find_copied(1, told("Ours"), [there, stored(10, told("Older"), 1)], []) is None
    assert find_copied(1, told("Ours"), [there], [told("Another", "Quite another thing.")]) == there


def test_copies_share_a_band_and_strangers_do_not() -> None:
    copy = set(told("Detours", STORY + " With agency reports.").bands)
    other = told(text="Nobody was hurt when the old crane of the dockyard fell into the basin at noon. " * 4)

    assert copy & set(told().bands)
    assert not copy & set(other.bands)


def test_a_short_text_has_the_band_of_its_headline_only() -> None:
    assert len(told(LONG_TITLE, "Short.").bands) == 1
    assert told("Short", "Short.").bands == []


def test_most_near_identical_texts_are_found() -> None:
    base = [f"word{number}" for number in range(200)]
    missed = 0
    for place in range(100):
        near = [*base[:place], "changed", "words", *base[place + 2 :]]
        one, other = shingles(tuple(base)), shingles(tuple(near))
        assert likeness(one, other) > 0.9
        missed += not set(text_bands(one)) & set(text_bands(other))

    assert missed <= 5


@given(st.text(max_size=400))
def test_any_text_gives_words_and_bands(text: str) -> None:
    found = words(text)

    assert all(found)
    assert text_bands(shingles(found)) == text_bands(shingles(words(text)))
    assert isinstance(words_of_body(text), tuple)
