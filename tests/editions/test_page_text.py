"""The text of an article's page: it groups and sums up, and is never printed whole."""

from datetime import timedelta

from newsletter.db import Database
from newsletter.editions.build import close_edition
from newsletter.editions.content import edition_content, render_all
from newsletter.editions.score import all_sources, independent_sources
from newsletter.editions.similarity import similar_pairs
from newsletter.editions.summarise import LETTERS, summarise
from newsletter.models import Source
from tests.editions.catalogue import WINDOW, add_article, add_topic
from tests.editions.newsroom import MORNING, document

TEXT = " ".join(
    f"Sentence {number} tells more about the crack in the girder of the bridge." for number in range(40)
)
SHUT = "Engineers shut the Port Elden harbour bridge after a crack was found in a main girder."


def test_articles_with_bare_headlines_are_alike_by_their_pages() -> None:
    one = document(1, "Weeks of detours ahead", page_text=SHUT)
    other = document(2, "Port Elden braces itself", page_text=SHUT + " Ferries run.", source=2)
    third = document(3, "Night trains return to the coast", source=3)

    assert [pair[:2] for pair in similar_pairs([one, other, third], 0.1, WINDOW)] == [(0, 1)]


def test_a_page_sums_up_an_article_without_an_excerpt_in_few_sentences() -> None:
    told = summarise(document(1, "Bridge shut", page_text=TEXT), [], letters=900, sentences=7)

    assert told.startswith("Sentence 0 tells more")
    assert told.count("Sentence") == 3
    assert len(told) <= LETTERS


def test_an_excerpt_goes_before_the_page() -> None:
    assert summarise(document(1, "Bridge shut", SHUT, page_text=TEXT), []) == SHUT


def test_no_mail_or_page_prints_the_text_of_a_page(any_db: Database) -> None:
    with any_db.write() as session:
        topic = add_topic(session)
        teaser = add_article(session, topic.sources[0], "Harbour bridge in Port Elden closed", SHUT)
        bare = add_article(session, topic.sources[1], "Night trains return to the coast")
        teaser.full_text = bare.full_text = TEXT
        session.flush()
        now = MORNING + timedelta(seconds=40)
        edition = close_edition(session, topic.id, MORNING.date(), MORNING, now, WINDOW)
        assert edition is not None
        content = edition_content(session, edition)
        printed = [story.articles[0].excerpt + story.articles[0].summary for story in edition.stories]

    everything = [repr(fragment) for _language, _length, fragment in render_all(content)]
    everything += [repr(content), *printed]
    assert any("Sentence 2 tells" in one for one in everything), "it does sum up"
    for number in range(3, 40):
        assert not any(f"Sentence {number} tells" in one for one in everything)


def test_a_story_counts_every_source_its_articles_stand_in(any_db: Database) -> None:
    with any_db.write() as session:
        topic = add_topic(session)
        other: Source = topic.sources[1]
        add_article(session, topic.sources[0], "Harbour bridge closed", SHUT, also_in=other)
        now = MORNING + timedelta(seconds=40)
        edition = close_edition(session, topic.id, MORNING.date(), MORNING, now, WINDOW)
        assert edition is not None
        (story,) = edition_content(session, edition).stories

    assert story.source_count == 2


def test_copies_count_as_sources_but_not_as_tellings_of_their_own() -> None:
    copied = document(1, "Harbour bridge closed", SHUT, also_in=frozenset({2, 3}))
    own = document(2, "Why the bridge had to close", "A chronicle.", source=3)

    assert all_sources([copied, own]) == {1, 2, 3}
    assert independent_sources([copied]) == 1
