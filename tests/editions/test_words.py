"""Words in any alphabet."""

from newsletter.editions.words import overlap, stems


def test_forms_of_a_word_share_a_stem_whatever_their_case() -> None:
    assert stems("Approved! APPROVES, approval?") == ["approv"] * 3


def test_vowel_signs_do_not_cut_a_word() -> None:
    assert stems("हिन्दी समाचार") == ["हिन्दी", "समाचार"]


def test_scripts_without_spaces_give_pairs_of_letters_beside_other_words() -> None:
    assert stems("東京五輪 2026 live") == ["東京", "京五", "五輪", "2026", "live"]
    assert stems("橋") == ["橋"]


def test_no_word_and_equal_sets_overlap_wholly() -> None:
    assert stems("— …!") == []
    assert overlap(set(), set()) == 1.0
    assert overlap({"a", "b"}, {"b", "c"}) == 1 / 3
