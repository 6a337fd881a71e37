"""What a story's reports say, each thing once; and how long a report takes to read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.editions.key_points import key_points, reading_seconds
from newsletter.editions.sentences import sentence_ends, sentences
from tests.editions.newsroom import document

BRIDGE = "The harbour bridge was closed on Monday after a crack was found."
CRACK = "Engineers found a crack of two metres in the northern beam on Sunday night."
CRACK_AGAIN = "A crack of two metres in the northern beam was found on Sunday night by engineers."
FERRY = "Ferries carry walkers for nothing until the bridge is open again."


def test_points_are_what_several_reports_say_and_none_says_it_twice() -> None:
    told = [
        document(1, "Bridge closed", f"{BRIDGE} {CRACK}"),
        document(2, "Crack closes bridge", f"{CRACK_AGAIN} {FERRY}", source=2),
    ]
    points = key_points(told, [BRIDGE])
    assert len(points) == 2
    assert points[1] == FERRY
    assert points[0] in (CRACK, CRACK_AGAIN)


def test_what_headline_or_summary_say_is_no_point() -> None:
    told = [document(1, "Bridge closed", BRIDGE)]
    assert key_points(told, [BRIDGE]) == []
    assert key_points(told, []) == [BRIDGE]
    assert key_points([], []) == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Dr. Weber kam am 3. Oktober nach Bonn. Er blieb, z. B. wegen der Kur, bis Nov. in der Stadt.", 2),
        ("Rund 5 Mio. Euro fehlen. Der Rat tagt.", 2),
        ("M. Dupont est venu. Il est reparti.", 2),
        ("La Sra. Gómez viajó a EE. UU. en mayo. Volvió ayer.", 2),
        ("Збитки сягнули 3 млн. Це вул. Франка, де м. Київ росте.", 1),
        ("أُغلق الجسر. هل يُفتح غدًا؟ نعم.", 3),
        ("橋が閉鎖された。再開は未定。", 2),
        ("No end here", 0),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, count: int) -> None:
    assert len(sentences(text)) == count


@given(st.text(max_size=300))
def test_sentences_never_lose_or_invent_a_letter(text: str) -> None:
    ends = sentence_ends(text)
    assert ends == sorted(set(ends))
    assert "".join("".join(sentences(text)).split()) == "".join(text[: ends[-1] if ends else 0].split())


def test_reading_time_counts_words_and_signs() -> None:
    assert reading_seconds("word " * 220) == 60
    assert reading_seconds("橋" * 500) == 60
    assert reading_seconds("") == 0
