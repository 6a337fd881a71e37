"""Searching the archive, on both databases: what is found, what is not, and that nothing breaks it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from newsletter import jobs
from newsletter.db import Database
from newsletter.editions.search import search
from newsletter.editions.search_words import Asked, Term, folded, read_question
from newsletter.models import Edition, Story, StoryWords
from tests.web.builders import add_edition, add_news, add_source, add_topic
from tests.web.strings import shared_strings

TODAY = datetime(2026, 11, 22, tzinfo=UTC).date()


@pytest.fixture
def news(any_db: Database) -> Database:
    """The small newsroom's day, written down for the search."""
    with any_db.write() as session:
        add_news(session, TODAY)
        source = add_source(session, "Le Journal")
        add_edition(
            session,
            add_topic(session, "abroad"),
            TODAY - timedelta(days=9),
            [
                [(source, "L’été à Genève: déjà la canicule")],
                [(source, "Überschwemmung an der Straße")],
                [(source, "أخبار المدينة: العاصفةُ تصل")],
                [(source, "東京で洪水の警報")],
                [(source, "Старі потяги їдуть знову")],
            ],
        )
    assert jobs.index_stories(any_db) == 13
    return any_db


def found(database: Database, question: str, newest: bool = False) -> list[str]:
    with database.read() as session:
        stories = search(session, read_question(question), None, newest, 0, 50).stories
        return [story.articles[0].title for story in stories]


@pytest.mark.parametrize(
    ("question", "headline"),
    [
        ("storm", "Storm closes the northern ports for a second day"),
        ("ports STORM", "Storm closes the northern ports for a second day"),
        ("keystroke", "A chip that sleeps between keystrokes"),
        ('"river treaty"', "Talks on the river treaty resume after eleven years"),
        ("wire capital -storm", None),
        ("courier capital", "Island votes to move its capital inland"),
        ("ete geneve", "L’été à Genève: déjà la canicule"),
        ("l'été", "L’été à Genève: déjà la canicule"),
        ("uberschwemmung strasse", "Überschwemmung an der Straße"),
        ("العاصفة", "أخبار المدينة: العاصفةُ تصل"),
        ("洪水", "東京で洪水の警報"),
        ("потяги ЇДУТЬ", "Старі потяги їдуть знову"),
        ('"treaty river"', None),
        ("水洪", None),
        ("the", "Storm closes the northern ports for a second day"),
    ],
)
def test_what_is_asked_for_is_found(news: Database, question: str, headline: str | None) -> None:
    titles = found(news, question)
    assert headline in titles if headline else titles == []


def test_a_headline_counts_more_than_what_stands_below_it(news: Database) -> None:
    with news.write() as session:
        source, topic = add_source(session, "Paper"), add_topic(session, "later")
        told = [[(source, "Other things"), (source, "Landmarks of the year")]]
        add_edition(session, topic, TODAY + timedelta(days=1), told)
    jobs.index_stories(news)
    bees = "Bees count landmarks on the way home, a study finds"
    assert found(news, "landmarks") == [bees, "Other things"]
    assert found(news, "landmarks", newest=True) == ["Other things", bees]


def test_a_minus_leaves_out(news: Database) -> None:
    assert found(news, "wire storm") == ["Storm closes the northern ports for a second day"]
    assert set(found(news, "wire -storm -browser -sign")) == {
        "Night trains return to the southern line",
        "Talks on the river treaty resume after eleven years",
    }


def test_what_is_withheld_is_never_found(news: Database) -> None:
    with news.write() as session:
        for edition in session.scalars(select(Edition)):
            edition.status = "held"
    assert found(news, "storm") == []


def test_a_story_that_goes_is_found_no_more_and_one_that_changes_by_its_new_words(news: Database) -> None:
    with news.write() as session:
        words = session.scalars(select(StoryWords).where(StoryWords.headline.startswith("storm"))).one()
        session.delete(session.get_one(Story, words.story_id))
        other = session.scalars(select(StoryWords).where(StoryWords.headline.startswith("bees"))).one()
        other.headline = other.words = "wasps"
    assert found(news, "storm") == []
    assert found(news, "bees") == []
    assert found(news, "wasps") == ["Bees count landmarks on the way home, a study finds"]


def test_the_index_is_used(any_db: Database) -> None:
    if any_db.is_sqlite:
        pytest.skip("FTS5 has no other way")
    with any_db.read() as session:
        session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = session.scalars(
            text(
                "EXPLAIN SELECT story_id FROM story_words WHERE (setweight(to_tsvector('simple', "
                "story_words.headline), 'A') || setweight(to_tsvector('simple', story_words.words), 'B')) "
                "@@ to_tsquery('simple', 'storm')"
            )
        ).all()
    assert "story_words_index" in "\n".join(plan)


def test_no_question_breaks_it_and_none_is_taken_for_a_query(news: Database) -> None:
    odd = ['"', "'", "a OR", "NOT", "-", '-"', "a*", "headline:x", "NEAR(a b)", "\0storm", "{a}^2", "a & | !"]
    odd += ["x" * 10_000, '"' * 10_000, "a " * 5_000, "-storm", "%", "\\", "😀", "'; DROP TABLE story; --"]
    for question in (*odd, *shared_strings()[::3]):
        found(news, question)
    assert found(news, "\0storm") == found(news, "storm") != []


def test_a_question_is_read_as_words_phrases_and_what_to_leave_out() -> None:
    assert read_question('Storm "river Treaty" -old a') == Asked(
        (Term(("storm",), True), Term(("river", "treaty")), Term(("a",))), (Term(("old",)),)
    )
    assert read_question("-storm") == Asked((), (Term(("storm",), True),))
    assert read_question(" ,.; ") == Asked()


def test_folding_leaves_letters_and_digits_alone() -> None:
    assert folded("Ça va? L’eau: 42 ½ km²!") == ["ca", "va", "l", "eau", "42", "1", "2", "km2"]
    assert folded("") == []
