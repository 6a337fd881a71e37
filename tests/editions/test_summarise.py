"""Summaries: whole sentences of the articles' own, never a feed's trimmings."""

from hypothesis import given
from hypothesis import strategies as st

from newsletter.editions.summarise import LETTERS, clean, shorten, summarise
from tests.editions.newsroom import document

FIRST = "The city shut the bridge on Saturday after Dr. Amara Vos found a crack 3.5 metres long."
SECOND = "Repairs will take three weeks, the mayor said."
THIRD = "Ferries run every ten minutes until then, free of charge for everybody who lives on the island."
FOURTH = "A fourth sentence is one too many."


def test_at_most_three_sentences_are_kept() -> None:
    lead = document(1, "Bridge shut", " ".join([FIRST, SECOND, THIRD, FOURTH]))
    assert summarise(lead, []) == " ".join([FIRST, SECOND, THIRD])


def test_a_summary_ends_where_its_last_whole_sentence_does() -> None:
    long = "X" * 250
    assert summarise(document(1, "T", f"{FIRST} {SECOND} {long}."), []) == f"{FIRST} {SECOND}"


def test_one_endless_sentence_is_cut_between_words() -> None:
    summary = summarise(document(1, "T", "word " * 200), [])
    assert summary.endswith("word…")
    assert len(summary) <= LETTERS


def test_a_lead_without_an_excerpt_is_told_by_what_its_related_articles_share() -> None:
    closed = "The harbour bridge in Port Elden was closed after a crack was found in a girder."
    again = "A crack in a girder was found, and the harbour bridge in Port Elden was closed."
    ferries = "Ferries run every ten minutes until the bridge in Port Elden is open again."
    joke = "Our reporter had soup for lunch, which was rather cold this time."
    related = [
        document(2, "Bridge", f"{joke} {closed}", source=2),
        document(3, "Bridge closed", f"{again} {ferries}", source=3),
    ]
    told = summarise(document(1, "Crossing shut"), related, sentences=2)
    assert told in (f"{closed} {ferries}", f"{again} {ferries}")
    assert summarise(document(1, "Crossing shut"), []) == ""


def test_a_lead_without_an_excerpt_is_told_by_a_related_article() -> None:
    related = [document(2, "Bridge"), document(3, "Bridge closed", f"{SECOND} Really.", source=3)]
    assert summarise(document(1, "Bridge shut"), related) == f"{SECOND} Really."


def test_an_excerpt_that_only_says_the_title_again_tells_nothing() -> None:
    lead = document(1, "Bridge shut after crack is found", "Bridge shut after crack is found.")
    assert summarise(lead, [document(2, "Bridge", SECOND, source=2)]) == SECOND
    assert summarise(lead, []) == ""


def test_a_short_exclamation_is_no_summary() -> None:
    assert shorten("Wow! " + "word " * 40, 60).endswith("word…")


def test_what_feeds_append_is_taken_off() -> None:
    for tail in (
        " [...]",
        " […]",
        " Continue reading...",
        " Read more →",
        " The post Bridge shut appeared first on The Example.",
    ):
        assert clean(SECOND + tail) == SECOND
    assert clean("People want\n to  read more") == "People want to read more"


def test_sentences_of_other_scripts_are_found() -> None:
    assert (
        shorten("橋は閉鎖された。修理は三週間かかる。" + "あ" * 60, 40)
        == "橋は閉鎖された。修理は三週間かかる。"
    )
    assert shorten("पुल बंद है। मरम्मत तीन हफ्ते चलेगी और लोग नाव से जाएँगे, मेयर ने कहा। " + "क" * 90, 80).endswith("।")


texts = st.text(max_size=600) | st.text(alphabet="ab .!?…–。\u05d0\n", max_size=60)


@given(texts, st.integers(20, 400), st.integers(1, 3))
def test_a_shortened_text_is_never_longer_than_allowed_and_invents_nothing(
    text: str, letters: int, sentences: int
) -> None:
    whole = clean(text)
    short = shorten(whole, letters, sentences)
    assert len(short) <= letters
    assert whole.startswith(short.removesuffix("…"))


def test_a_text_that_fits_stays_whole_when_its_first_sentence_says_too_little() -> None:
    text = "We looked into it. The hub of a clever home decides what the lamps may do, and when."
    assert shorten(text, 160, sentences=1) == text
