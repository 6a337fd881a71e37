"""What stands behind a summary goes, whoever wrote it; words of the summary stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.ingest.boilerplate import _BOILERPLATE, _SIGNS, without_boilerplate


@pytest.mark.parametrize(
    "ending",
    [
        " The post Rain ahead appeared first on The Example.",
        " L’ARTICLE Pluie est apparu en premier sur L’Exemple.",
        " [Continue reading...]",
        " Read the full story at The Example",
        " WEITERLESEN",
    ],
)
def test_an_ending_of_blog_software_goes(ending: str) -> None:
    assert without_boilerplate(f"It rained.{ending}") == "It rained."


@given(
    st.lists(st.sampled_from([*_SIGNS, "It rained", "appeared first on", "[", ".", "Read MORE"]), max_size=6)
)
def test_texts_without_a_sign_are_passed_over_only_where_nothing_would_go(words: list[str]) -> None:
    text = " ".join(words)
    assert without_boilerplate(text) == _BOILERPLATE.sub("", text).strip()
