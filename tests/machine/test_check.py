"""A model's sentence is printed only if the reports bear it out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.editions.sentences import sentences
from newsletter.machine.check import problems
from newsletter.machine.check_translation import translation_problems
from newsletter.machine.told import Report, told_by

ENGLISH = [
    Report(
        "Port Elden bridge closes after storm. Mayor Ines Okoro said 12 people were injured and 40 homes "
        "damaged. “We will rebuild it,” she said. The repair costs $3.5 million.",
        "en",
    ),
    Report(
        "Harbour bridge shut: twelve hurt. The bridge, built in 1962, carries 1,200 cars a day, said the "
        "engineer Tom Vale. Two ferries run instead.",
        "en",
    ),
]
GERMAN = [
    Report(
        "Die Hafenbrücke in Elden bleibt drei Wochen gesperrt. Bürgermeisterin Ines Okoro sprach von einer "
        "Warnung; 1.200 Autos nutzen die Brücke am Tag.",
        "de",
    )
]
ARABIC = [Report("أعلنت البلدية إغلاق الجسر بعد العاصفة. وقال المهندس إن الإصلاح يستغرق ثلاثة أسابيع.", "ar")]


def refused(sentence: str, reports: list[Report], language: str = "en") -> str:
    return "; ".join(problems(sentence, told_by(reports), language))


@pytest.mark.parametrize(
    "sentence",
    [
        "The bridge in Port Elden is closed after a storm that injured 12 people.",
        "A storm injured twelve people, said Mayor Ines Okoro.",
        "Ines Okoro, the mayor, said that the bridge will be rebuilt.",
        "The repairs cost 3.5 million dollars.",
        "Repairs cost $3.5 million.",
        "The bridge carries 1200 cars a day, and was built in 1962.",
        "“We will rebuild it”, Okoro said.",
        "Some 40 homes were damaged, and 2 ferries run.",
        "Engineer Tom Vale said the bridge was built in 1962.",
    ],
)
def test_what_the_reports_tell_may_be_printed(sentence: str) -> None:
    assert refused(sentence, ENGLISH) == ""


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("The bridge in Port Elden closed after 14 people were injured.", "number 14"),
        ("The storm injured 40 people.", "says so of the number 40"),
        ("Some 12 homes were damaged by the storm.", "says so of the number 12"),
        ("The repair of the bridge costs 3.5 billion dollars.", "number 3.5e+09"),
        ("The repair of the bridge costs €3.5 million.", "€"),
        ("About 40 percent of the homes were damaged.", "per cent"),
        ("Three ferries run instead of the bridge.", "number 3"),
        ("The bridge in Port Elden was built in 1926.", "number 1926"),
        ("Mayor Tom Okoro said the bridge is shut.", "Tom Okoro"),
        ("Mayor Ines Vale said 12 people were injured.", "Ines Vale"),
        ("The bridge in Bergen is shut after a storm.", "Bergen"),
        ("Oslo closes the bridge after the storm.", "Oslo"),
        ("“We will never rebuild it,” the mayor said.", "quotation"),
        ("The mayor called the bridge 'a national disgrace'.", "quotation"),
        ("Read more at https://evil.example.com about the bridge.", "plain prose"),
        ("The **bridge** is shut after the storm.", "plain prose"),
        ("<b>The bridge</b> is shut after the storm.", "plain prose"),
        ("As an AI I think the bridge is shut after the storm.", "of itself"),
        ("Cosmic turtles dance beneath green lanterns every evening.", "most of its words"),
        ("", "nothing was said"),
    ],
)
def test_what_they_do_not_tell_is_refused(sentence: str, reason: str) -> None:
    assert reason in refused(sentence, ENGLISH)


def test_german_nouns_count_as_names() -> None:
    assert refused("Die Hafenbrücke in Elden ist drei Wochen gesperrt.", GERMAN, "de") == ""
    assert refused("Am Tag nutzen 1200 Autos die Brücke.", GERMAN, "de") == ""
    assert "Hamburg" in refused("Die Brücke in Hamburg bleibt drei Wochen gesperrt.", GERMAN, "de")
    assert "number 4" in refused("Die Brücke bleibt vier Wochen gesperrt.", GERMAN, "de")


def test_where_capitals_tell_no_names_every_word_has_to_be_known() -> None:
    assert refused("أعلنت البلدية إغلاق الجسر", ARABIC, "ar") == ""
    assert refused("إغلاق جسر بعد العاصفة", ARABIC, "ar") == ""
    assert "no report has the word" in refused("أعلنت برلين إغلاق الجسر", ARABIC, "ar")
    assert "number 4" in refused("الإصلاح يستغرق أربعة أسابيع", ARABIC, "ar")


@pytest.mark.parametrize("reports", [ENGLISH, GERMAN])
def test_the_reports_own_sentences_pass(reports: list[Report]) -> None:
    language = reports[0].language
    for report in reports:
        for sentence in sentences(report.text):
            assert refused(sentence, reports, language) == "", sentence


@given(st.text(max_size=300), st.text(max_size=300), st.sampled_from(["en", "de", "uk", "ar", "zh"]))
def test_any_text_can_be_judged(sentence: str, report: str, language: str) -> None:
    assert isinstance(refused(sentence, [Report(report, language)], language), str)


@given(st.integers(2, 10**9))
def test_no_number_comes_from_nowhere(number: int) -> None:
    told = {12, 40, 3_500_000, 1962, 1200, 2}
    assert ("number" in refused(f"The bridge has {number} {'cars'}.", ENGLISH)) or number in told


@pytest.mark.parametrize(
    ("sentence", "language", "reason"),
    [
        ("Die Brücke in Port Elden wurde 1962 gebaut und kostet 3,5 Millionen Dollar.", "de", ""),
        ("Le pont de Port Elden, construit en 1962, coûte 3,5 millions de dollars.", "fr", ""),
        ("Міст у Порт-Елдені збудовано 1962 року, він коштує 3,5 млн доларів.", "uk", ""),
        ("Die Brücke in Port Elden wurde 1926 gebaut und kostet 3,5 Millionen Dollar.", "de", "numbers"),
        ("Die Brücke in Port Elden wurde 1962 gebaut und kostet 3,5 Milliarden Dollar.", "de", "numbers"),
        ("Le pont de Bergen, construit en 1962, coûte 3,5 millions de dollars.", "fr", "Bergen"),
        ("Le pont, construit en 1962, coûte 3,5 millions de dollars : https://x.example.com", "fr", "prose"),
        ("Pont 1962 3,5 millions", "fr", "shorter"),
    ],
)
def test_a_translation_keeps_numbers_and_names(sentence: str, language: str, reason: str) -> None:
    original = "The bridge in Port Elden was built in 1962 and costs $3.5 million."
    found = "; ".join(translation_problems(sentence, original, language, "en"))
    assert reason in found if reason else found == ""
