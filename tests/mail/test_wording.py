"""Foreign words made fit to print."""

import re
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from newsletter.mail.wording import calm, cut, cut_headline, level, one_line, safe_url


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("short enough", 12, "short enough"),
        ("cut at the end of a word", 16, "cut at the end…"),
        ("not after a comma, though", 19, "not after a comma…"),
        ("Donaudampfschifffahrtsgesellschaft", 10, "Donaudamp…"),
        ("a Donaudampfschifffahrtsgesellschaft", 10, "a Donauda…"),
        ("family 👩‍👩‍👧‍👦", 10, "family…"),
        ("cafe\u0301s in town", 5, "caf…"),
    ],
)
def test_a_line_is_cut_where_a_reader_would_cut_it(text: str, limit: int, expected: str) -> None:
    assert cut(text, limit) == expected


@given(st.text(st.characters(exclude_categories=())), st.integers(8, 80))
def test_any_text_becomes_one_line_of_visible_characters(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit
    assert line == re.sub(r"\s\s+|[^\S\u00a0\u2007\u202f]", " ", line).strip()
    assert not {unicodedata.category(letter) for letter in line} & {"Cc", "Cs", "Cn", "Zl", "Zp"}
    line.encode("utf-8")


@given(st.text(st.characters(categories=["L", "N", "P"])), st.integers(10, 80))
def test_what_is_fit_to_print_is_left_alone(text: str, limit: int) -> None:
    assume(
        not re.search(
            "<font>|(?i:http)|www|%0|[A-Za-z0-9]{24}", text + "".join(map(unicodedata.decomposition, text))
        )
    )
    assert one_line(text[:limit], limit) == text[:limit]


@pytest.mark.parametrize(
    ("told", "printed"),
    [
        ("see https://example.org/a, HTTP://example.net", "see example.org/a, example.net"),
        ("http://https://http:/\\/example.org", "example.org"),
        ("hthttp://tp://example.org", "example.org"),
        ("http:bank@192.0.2.1 www.bank@example.net", "bank@192.0.2.1 bank@example.net"),
        ("/%09/example.org%0d%0aBcc: 20%", "//example.orgBcc: 20%"),
        ("www.example.org, ask@example.org", "www.example.org, ask@example.org"),
        ("What stands after https:// and why", "What stands after https:// and why"),
    ],
)
def test_an_address_in_foreign_words_is_words(told: str, printed: str) -> None:
    assert one_line(told, 80) == printed


@pytest.mark.parametrize(
    ("told", "printed"),
    [
        ("𝐓𝐡𝐞 𝕢𝕦𝕚𝕔𝕜 𝓯𝓸𝔁 𝟙𝟚", "The quick fox 12"),
        ("ＮＨＫ①½ ﷺ ﬁ ½ 表ポ", "ＮＨＫ①½ ﷺ ﬁ ½ 表ポ"),
    ],
)
def test_letters_dressed_up_as_mathematics_are_plain_others_as_they_were(told: str, printed: str) -> None:
    assert one_line(told, 80) == printed


@pytest.mark.parametrize(
    ("told", "printed"),
    [
        ("commit 3f2a9c41d07be58812aa90cc in main", "commit 3f2a9c41d07b… in main"),
        ("1" * 39, "1" * 12 + "…"),
        (
            "Rindfleischetikettierungsueberwachungsgesetz 2026",
            "Rindfleischetikettierungsueberwachungsgesetz 2026",
        ),
        ("U-21-Europameisterschaftsqualifikation", "U-21-Europameisterschaftsqualifikation"),
    ],
)
def test_a_number_nobody_reads_is_shortened(told: str, printed: str) -> None:
    assert one_line(told, 80) == printed


@pytest.mark.parametrize(
    ("told", "printed"),
    [
        ("Qui\u202f? Lui\u00a0: «\u00a0oui\u00a0»", "Qui\u202f? Lui\u00a0: «\u00a0oui\u00a0»"),
        ("wide\u00a0\u00a0 apart\u3000and\u2028so", "wide apart and so"),
        ("\u00a0edges\u00a0", "edges"),
    ],
)
def test_a_space_that_ties_words_together_stays(told: str, printed: str) -> None:
    assert one_line(told, 80) == printed


def test_nothing_is_left_hanging_where_a_line_is_cut() -> None:
    assert cut("Une question\u202f: longue", 15) == "Une question…"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.org/a?b=c&d=%20e#f", "https://example.org/a?b=c&d=%20e#f"),
        (" https://example.org/with space ", "https://example.org/with%20space"),
        ('https://example.org/"><script>', "https://example.org/%22%3E%3Cscript%3E"),
        ("https://example.org/größe", "https://example.org/gr%C3%B6%C3%9Fe"),
        ("https://example.org/a\r\nb", "https://example.org/ab"),
        ("java\nscript:alert(1)", ""),
        ("https://[::1", ""),
        ("https://example.org/\ud800", "https://example.org/"),
        ("https://example.org/" + "a" * 3000, ""),
    ],
)
def test_only_addresses_of_the_web_become_links(url: str, expected: str) -> None:
    assert safe_url(url) == expected


@given(st.text())
def test_a_link_is_ascii_without_anything_that_could_end_it(text: str) -> None:
    assert not set(safe_url(f"https://example.org/{text}")) & set('"<> \r\n\t\\`{}|^')


@pytest.mark.parametrize(
    ("shouted", "calm_words"),
    [
        ("COUNCIL VOTES TO SAVE THE BATHS", "Council votes to save the baths"),
        ("“COUNCIL VOTES TO SAVE THE BATHS”", "“Council votes to save the baths”"),
        ("ARD UND ZDF STREITEN", "Ard und zdf streiten"),
        ("NASA, IBM", "NASA, IBM"),
        ("The UN votes!!! Really?!", "The UN votes! Really?"),
        ("РАДА УХВАЛИЛА НОВИЙ БЮДЖЕТ", "Рада ухвалила новий бюджет"),
        ("2026: 12 000", "2026: 12 000"),
        ("市議会が浴場を救う 可決 本日", "市議会が浴場を救う 可決 本日"),
    ],
)
def test_headlines_do_not_shout(shouted: str, calm_words: str) -> None:
    assert calm(shouted) == calm_words


@pytest.mark.parametrize(
    ("headline", "expected"),
    [
        ("Short enough", "Short enough"),
        ("Tram drivers and the city agree: night service returns", "Tram drivers and the city agree…"),
        ("Tram drivers and the city agree that service returns", "Tram drivers and the city agree that…"),
        ("Agreed: tram drivers and the city settle their dispute", "Agreed: tram drivers and the city…"),
    ],
)
def test_a_headline_is_cut_after_a_clause_or_a_word(headline: str, expected: str) -> None:
    assert cut_headline(headline, 40) == expected


@pytest.mark.parametrize(
    ("subject", "sent"),
    [
        ("Stop! Who goes there? | Daily Edition", "Stop Who goes there? | Daily Edition"),
        ("Arrêtez ! Qui va là ? | Yahoo!", "Arrêtez Qui va là ? | Yahoo"),
        ("Stop! The swans are back", "Stop! The swans are back"),
        ("¿Quién va? ¡Alto!", "¿Quién va? Alto"),
    ],
)
def test_no_subject_both_asks_and_exclaims(subject: str, sent: str) -> None:
    assert level(subject) == sent


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("<x 1='1'onxxx=1", "x 1='1'onxxx=1"),
        ("<b>closed</b> and vector<int", "<b>closed</b> and vector<int"),
        ("3 < 4, <3", "3 < 4, <3"),
    ],
)
def test_no_tag_stays_open_in_a_line(text: str, line: str) -> None:
    assert one_line(text, 80) == line
