"""Topics of an article, with their reasons."""

from newsletter.editions.classify import Assignment, FiledSource, classify

SCIENCE = FiledSource(1, "The Example", {2: "Science", 1: "World"})
WIRE = FiledSource(2, "Example Wire", {2: "Science"})


def test_an_article_belongs_to_the_topics_of_its_source_and_says_why() -> None:
    assert classify(9, [SCIENCE]) == [
        Assignment(9, 1, "source The Example is filed under World"),
        Assignment(9, 2, "source The Example is filed under Science"),
    ]


def test_an_article_in_two_feeds_of_one_topic_belongs_to_it_once() -> None:
    assert classify(9, [WIRE, SCIENCE])[1] == Assignment(9, 2, "source Example Wire is filed under Science")


def test_an_article_of_a_source_without_topic_belongs_to_none() -> None:
    assert classify(9, [FiledSource(3, "Loose", {})]) == []
