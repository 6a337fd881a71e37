"""Grouping by event: precision first, every alphabet, and ten thousand documents in one go."""

import random
import time
from itertools import chain

from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.demo.marks import bcubed_f1
from newsletter.demo.world import load_entries
from newsletter.editions.cluster import cluster
from newsletter.editions.documents import Document
from tests.editions.newsroom import DAY, document, documents


def test_one_event_told_by_several_newsrooms_is_one_group_and_nothing_else_joins() -> None:
    groups = cluster(documents(DAY))
    told = [sorted({DAY[index].event for index in group}) for group in groups]
    assert told == [[event] for event in dict.fromkeys(one.event for one in DAY)]


def test_events_told_in_other_alphabets_are_found_too() -> None:
    pairs = [
        (
            "Мост через залив закрыт после обнаружения трещины",
            "Трещина в балке: мост через залив закрыт для машин",
        ),
        ("पुल में दरार मिलने के बाद बंदरगाह बंद", "बंदरगाह का पुल दरार के कारण बंद किया गया"),
        ("港の橋で亀裂が見つかり通行止め", "亀裂発見で港の橋が通行止めに"),
        ("إغلاق جسر الميناء بعد اكتشاف شرخ", "شرخ في جسر الميناء يؤدي إلى إغلاق الجسر"),
    ]
    told = [
        document(number, title, source=number) for number, title in enumerate(chain.from_iterable(pairs), 1)
    ]
    assert cluster(told) == [[0, 1], [2, 3], [4, 5], [6, 7]]


def test_the_same_words_days_apart_are_two_events() -> None:
    title = "Storm cuts power to the northern islands"
    assert cluster([document(1, title), document(2, title, hours_ago=80)]) == [[0], [1]]


def test_documents_without_a_single_word_stay_alone() -> None:
    assert cluster([document(1, "…"), document(2, "!!!"), document(3, "")]) == [[0], [1], [2]]
    assert cluster([]) == []


def test_articles_of_the_demo_are_grouped_as_their_author_marked_them() -> None:
    for day in (0, 1, 2):
        entries = [entry for entry in load_entries() if entry.day == day]
        told = [
            document(
                number,
                entry.title,
                entry.summary or entry.body,
                source=sum(map(ord, entry.source)),
                hours_ago=entry.age.total_seconds() / 3600,
                language=entry.language,
            )
            for number, entry in enumerate(entries, 1)
        ]
        groups = [[told[index].url for index in group] for group in cluster(told)]
        marks = {one.url: entry.event for one, entry in zip(told, entries, strict=True)}
        assert bcubed_f1(groups, marks) >= 0.95


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(max_size=40), max_size=12))
def test_any_titles_at_all_can_be_grouped(titles: list[str]) -> None:
    told = [document(number, title) for number, title in enumerate(titles, 1)]
    assert sorted(index for group in cluster(told) for index in group) == list(range(len(titles)))


def test_ten_thousand_documents_are_grouped_in_seconds() -> None:
    told = _many(10_000)
    cluster(told[:10])  # loads the library, which takes its own time
    start = time.perf_counter()
    groups = cluster(told)
    assert time.perf_counter() - start < 20
    assert sum(map(len, groups)) == 10_000


def _many(count: int) -> list[Document]:
    """Documents about events of four tellings each, in words drawn as unevenly as language does."""
    chance = random.Random(7)
    words = ["".join(chance.choices("abdefgiklmnoprstu", k=chance.randint(3, 9))) for _ in range(20_000)]
    weights = [1 / rank for rank in range(1, len(words) + 1)]
    events = [chance.choices(words, weights, k=14) + chance.choices(words, k=6) for _ in range(count // 4)]
    told = []
    for number in range(count):
        event = events[number % len(events)]
        title = chance.sample(event, 7)
        excerpt = chance.sample(event, 12) + chance.choices(words, weights, k=18)
        told.append(
            document(
                number + 1, " ".join(title), " ".join(excerpt), source=number % 60, hours_ago=number % 36
            )
        )
    return told
