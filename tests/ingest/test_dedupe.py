"""Which entries are new, changed, or known."""

from hypothesis import given
from hypothesis import strategies as st

from newsletter.ingest.dedupe import KnownArticle, Match, plan_changes
from newsletter.ingest.entries import NormalisedEntry
from tests.ingest.builders import entry


def known(number: int, stored: NormalisedEntry, guid: str | None = None, own: bool = True) -> KnownArticle:
    return KnownArticle(number, stored.url, stored.canonical_url, stored.content_hash, guid, own)


def test_an_unknown_entry_is_new() -> None:
    assert plan_changes([entry()], []).new == (entry(),)


def test_an_entry_we_have_is_only_seen() -> None:
    changes = plan_changes([entry(guid="g")], [known(7, entry(), "g")])

    assert changes.seen == (Match(7, entry(guid="g")),)
    assert not changes.new
    assert not changes.changed


def test_an_edited_entry_changes_its_article() -> None:
    edited = entry(title="News, corrected", guid="g")

    assert plan_changes([edited], [known(7, entry(), "g")]).changed == (Match(7, edited),)


def test_the_same_guid_is_the_same_article_at_a_new_address() -> None:
    moved = entry("https://example.com/moved", guid="g")

    assert plan_changes([moved], [known(7, entry(), "g")]).changed == (Match(7, moved),)


def test_an_edited_entry_does_not_take_another_articles_address() -> None:
    there = [known(7, entry("https://example.com/7"), "g"), known(8, entry("https://example.com/8"))]
    edited = entry("https://example.com/8", title="Edited", guid="g")

    (match,) = plan_changes([edited], there).changed

    assert (match.article_id, match.entry.title) == (7, "Edited")
    assert match.entry.canonical_url == "https://example.com/7"


def test_another_sources_article_is_seen_here_too_but_never_changed_from_here() -> None:
    theirs = known(7, entry(), guid=None, own=False)

    changes = plan_changes([entry(title="Our own words for it", guid="ours")], [theirs])

    assert [match.article_id for match in changes.seen] == [7]
    assert not changes.changed


def test_duplicates_inside_a_feed_collapse_to_the_first() -> None:
    first = entry("https://example.com/1", "Newest", "g1")
    same_url = entry("https://example.com/1#comments", "Older", "g2")
    same_guid = entry("https://example.com/2", "Newest", "g1")

    assert plan_changes([first, same_url, same_guid], []).new == (first,)


def test_two_entries_with_one_guid_but_other_addresses_and_titles_are_two() -> None:
    first, second = entry("https://example.com/1", "Ferry", "g"), entry("https://example.com/2", "Comet", "g")

    assert [one.title for one in plan_changes([first, second], []).new] == ["Ferry", "Comet"]
    stored = [known(7, first, "g")]
    assert [one.title for one in plan_changes([first, second], stored).new] == ["Comet"]


def test_a_guid_that_is_on_everything_names_nothing() -> None:
    entries = [entry(f"https://example.com/{n}", f"News {n}", "same") for n in range(4)]

    changes = plan_changes(entries, [])

    assert [new.canonical_url for new in changes.new] == [e.canonical_url for e in entries]
    assert len({new.guid for new in changes.new}) == 4


ENTRIES = st.builds(
    entry,
    st.integers(1, 5).map(lambda n: f"https://example.com/{n}"),
    st.sampled_from(["A", "B"]),
    st.sampled_from(["g1", "g2", "g3", "g4"]),
)


@given(st.lists(ENTRIES, max_size=8), st.lists(ENTRIES, max_size=8))
def test_whatever_comes_addresses_and_guids_stay_unique(
    first: list[NormalisedEntry], second: list[NormalisedEntry]
) -> None:
    stored = dict(enumerate(plan_changes(first, []).new))
    changes = plan_changes(second, [known(n, old, old.guid) for n, old in stored.items()])
    for match in (*changes.changed, *changes.seen):
        stored[match.article_id] = match.entry
    after = [*stored.values(), *changes.new]

    assert len({article.canonical_url for article in after}) == len(after)
    assert len({article.guid for article in after}) == len(after)
    assert not plan_changes(after, [known(n, old, old.guid) for n, old in enumerate(after)]).new
