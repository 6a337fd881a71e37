"""Articles that share an address, told apart; and the same article twice, which is not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from newsletter.ingest.apart import tell_apart
from newsletter.ingest.dedupe import collapse
from newsletter.ingest.entries import NormalisedEntry
from newsletter.ingest.read import read_feed
from tests.ingest.builders import entry

FRONT = "https://example.com/"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def kept(*entries: NormalisedEntry) -> list[str]:
    return [one.guid for one in collapse(tell_apart(entries, {FRONT}))]


def test_episodes_that_all_link_to_the_front_page_are_different_articles() -> None:
    assert kept(*(entry(FRONT, f"Episode {n}", f"episode-{n}") for n in range(2))) == [
        "episode-0",
        "episode-1",
    ]


def test_so_are_three_that_share_any_other_page_but_not_two() -> None:
    shared = [entry("https://example.com/all", f"Part {n}", f"part-{n}") for n in range(3)]

    assert len(kept(*shared)) == 3
    assert kept(*shared[:2]) == ["part-0"]
    assert len(kept(*(replace(one, title="The same") for one in shared))) == 1


def test_notes_on_one_page_are_known_by_their_fragment_if_their_guids_differ() -> None:
    notes = [entry(f"https://example.com/day#{n}", "Note", f"note-{n}") for n in range(2)]

    assert kept(*notes) == ["note-0", "note-1"]
    assert kept(*(replace(one, guid="same") for one in notes)) == ["same"]
    assert tell_apart(notes[:1], {FRONT}) == (notes[0],)


def test_an_article_keeps_its_name_from_poll_to_poll() -> None:
    one, two = (entry(FRONT, f"Episode {n}", f"episode-{n}") for n in range(2))

    assert tell_apart([one, two], {FRONT})[1] == tell_apart([two], {FRONT})[0]


def test_a_show_without_pages_is_read_whole(feed_file: Callable[[str], bytes]) -> None:
    feed = read_feed(feed_file("episodes.rss.xml"), "https://feeds.example.com/x", "", NOW)
    told = {one.guid: one for one in feed.entries}

    assert len(collapse(feed.entries)) == len(feed.entries)
    assert feed.title == "Quayside, the show"
    assert (feed.asked_interval, feed.site_url) == (21_600, "https://show.example.com/")
    assert told["episode-3"].published_at == datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
    assert told["episode-3"].author == "Mira Okonjo"
    assert told["episode-2"].published_at == datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
    assert told["episode-2"].author == "Quayside"
    assert (told["episode-1"].dated, told["episode-1"].published_at) == (False, NOW)
