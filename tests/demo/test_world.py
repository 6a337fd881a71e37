"""The made-up news: enough of it, alive for three days, and as odd as real life."""

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from difflib import SequenceMatcher

from hypothesis import given
from hypothesis import strategies as st

from newsletter.demo.world import DemoEntry, load_entries, load_sources, load_topics

moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


def by_event() -> dict[str, list[DemoEntry]]:
    events = defaultdict(list)
    for entry in load_entries():
        events[entry.event].append(entry)
    return events


def test_there_are_enough_topics_sources_and_entries_for_an_impression() -> None:
    topics = {topic.slug for topic in load_topics()}
    assert len(topics) == 4
    assert {source.topic for source in load_sources()} == topics
    assert len(load_sources()) >= 8
    assert 120 <= len(load_entries()) <= 170
    assert {source.format for source in load_sources()} == {"rss2", "atom", "rdf"}


def test_every_topic_has_shared_and_fresh_news_on_every_day() -> None:
    topic_of = {source.slug: source.topic for source in load_sources()}
    days = {(topic_of[entry.source], entry.day) for entry in load_entries()}
    assert len(days) == 4 * 3
    newest = {topic: min(e.age for e in load_entries() if topic_of[e.source] == topic) for topic, _ in days}
    assert all(age < timedelta(hours=1) for age in newest.values()), newest


def test_many_events_are_told_by_three_sources_and_more() -> None:
    widely_told = [event for event, entries in by_event().items() if len({e.source for e in entries}) >= 3]
    assert len(widely_told) >= 12


def test_an_event_stays_within_one_topic() -> None:
    topic_of = {source.slug: source.topic for source in load_sources()}
    for event, entries in by_event().items():
        assert len({topic_of[entry.source] for entry in entries}) == 1, event


def test_several_events_develop_from_day_to_day() -> None:
    lasting = {event: {entry.day for entry in entries} for event, entries in by_event().items()}
    assert sum(len(days) >= 2 for days in lasting.values()) >= 5
    assert sum(len(days) == 3 for days in lasting.values()) >= 3


def test_sources_tell_the_same_event_in_their_own_words_but_for_two_agency_copies() -> None:
    copies = set()
    for event, entries in by_event().items():
        for index, one in enumerate(entries):
            for other in entries[index + 1 :]:
                if SequenceMatcher(None, one.summary, other.summary, autojunk=False).ratio() > 0.8:
                    copies.add(event)
    assert copies == {"interest-rate", "sunday-libraries"}


def test_addresses_of_articles_are_unique() -> None:
    assert max(Counter(entry.path for entry in load_entries()).values()) == 1


def test_some_entries_are_as_odd_as_real_life() -> None:
    entries = load_entries()
    text = "".join(entry.title for entry in entries)
    guids = Counter((entry.source, entry.guid) for entry in entries if entry.guid)
    assert sum(not entry.dated for entry in entries) >= 2, "no date"
    assert any(entry.dated_ahead for entry in entries), "dated in the future"
    assert any("<strong>" in entry.title and "&ndash;" in entry.title for entry in entries), "HTML in a title"
    assert any(len(entry.body.encode()) >= 200_000 for entry in entries), "huge"
    assert any(entry.title == "" for entry in entries), "no title"
    assert any(entry.guid == "" for entry in entries), "no guid"
    assert max(guids.values()) == 2, "a guid used twice"
    assert {"relative", "tracked", "javascript"} < {entry.link for entry in entries}
    for letter, script in {
        "ц": "Cyrillic",
        "ش": "Arabic",
        "苔": "Japanese",
        "λ": "Greek",
        "🪿": "a goose",
    }.items():
        assert letter in text, script


@given(now=moments)
def test_every_entry_appears_within_the_three_days_before_any_now(now: datetime) -> None:
    for entry in load_entries():
        assert now - timedelta(hours=72) < entry.appears_at(now) <= now
        date = entry.printed_date(now)
        assert date is None or abs(date - now) <= timedelta(hours=72)


@given(now=moments, back=st.integers(0, 80))
def test_a_feed_never_shows_what_has_not_happened_yet(now: datetime, back: int) -> None:
    as_of = now - timedelta(hours=back)
    for source in load_sources():
        shown = source.visible(now, as_of)
        assert all(entry.appears_at(now) <= as_of for entry in shown)
        assert len(shown) == sum(entry.age >= timedelta(hours=back) for entry in source.entries)
