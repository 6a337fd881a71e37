"""The language of a feed: declared, or told from its words in a process of its own."""

import subprocess
import sys
from dataclasses import replace

import pytest

from newsletter.ingest.entries import ReadFeed
from newsletter.ingest.language import sample, with_language
from newsletter.ingest.language_child import LanguageChild
from tests.ingest.builders import entry

ENGLISH = "The boats run again from noon, the harbour master said on Saturday"
GERMAN = "Die Boote fahren ab Mittag wieder, sagte der Hafenmeister am Samstag"


def feed(*titles: str, language: str | None = None) -> ReadFeed:
    entries = tuple(entry(f"https://example.com/{n}", title) for n, title in enumerate(titles))
    return ReadFeed(entries=entries, language=language)


def test_what_most_entries_declare_is_the_feeds_language() -> None:
    told = feed("a", "b", "c")
    entries = [replace(one, language=tag) for one, tag in zip(told.entries, ("pt", "pt", None), strict=True)]

    assert [one.language for one in with_language(replace(told, entries=tuple(entries))).entries] == [
        "pt"
    ] * 3


def test_only_words_enough_of_no_declared_language_are_looked_at() -> None:
    assert ENGLISH in sample(feed(ENGLISH, ENGLISH))
    assert sample(feed("Ferry")) == sample(feed()) == sample(feed(ENGLISH, ENGLISH, language="en")) == ""


def test_a_child_tells_languages_and_the_parent_never_loads_the_model() -> None:
    with LanguageChild() as child:
        assert [child.detect(sample(feed(words, words))) for words in (ENGLISH, GERMAN)] == ["en", "de"]
        assert child.detect("3 4 5 6 7") is None
    command = "import newsletter.ingest.poll, sys; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", command], check=False).returncode == 0


def test_a_child_that_cannot_answer_leaves_the_feed_without_a_language(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("newsletter.ingest.language_child.SECONDS", 0.001)
    with LanguageChild() as child:
        assert child.detect(ENGLISH) is None
