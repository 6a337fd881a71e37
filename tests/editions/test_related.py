"""What is near enough to be shown below another article, and what only repeats it."""

from newsletter.editions.alike import reprints
from newsletter.editions.related import Relation, by_document, related_to
from tests.editions.newsroom import document


def test_related_documents_come_surest_first_and_from_the_group_alone() -> None:
    table = by_document([(0, 1, 0.7), (0, 2, 0.9), (0, 3, 1.0), (1, 2, 0.8)])

    assert related_to(0, [0, 1, 2], table) == [Relation(2, 0.9), Relation(1, 0.7)]
    assert related_to(9, [9, 0], table) == []


def test_copies_point_at_the_first_telling_of_one_event() -> None:
    told = [
        document(1, "Senate passes harbour bill after long debate"),
        document(2, "Senate passes harbour bill after a long debate", source=2),
        document(3, "Senate passes the harbour bill after long debate", source=3),
        document(4, "Governor vetoes the railway plan", source=4),
    ]
    sure = [(0, 1, 0.99), (1, 2, 0.99), (2, 3, 0.99)]

    assert reprints(told, sure) == {1: 0, 2: 0}
    assert reprints(told, [(0, 1, 0.5)]) == {}
