"""Which stories are printed, led by whom, with which related coverage."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.editions.coverage import choose_related, count_copies
from newsletter.editions.documents import Document, Group
from newsletter.editions.rank import Limits, choose_lead, floor, rank
from newsletter.editions.related import CROWD, SHOWN, SHOWN_IN_A_CROWD
from newsletter.editions.score import Standing, factors_of, independent_sources
from tests.editions.newsroom import DAY, MORNING, document, documents

LONG = "The council voted late on Saturday to close the old harbour for a year, after eleven hours of debate."
FISHERMEN = "Thirty boats blocked the harbour of Port Elden at dawn; their owners want the council to pay."


def by_event(event: str) -> list[Document]:
    return [one for one, told in zip(documents(DAY), DAY, strict=True) if told.event == event]


def test_three_newsrooms_make_one_story_with_the_other_two_related() -> None:
    (story,) = rank([Group(tuple(by_event("bridge")))], MORNING)
    assert story.lead.title == "Harbour bridge in Port Elden closed after crack is found"
    assert {one.source_id for one in story.related} == {2, 3}
    assert story.source_count == 3


def test_the_lead_is_the_earliest_that_tells_enough() -> None:
    flash = document(1, "Harbour closes", "Breaking.", hours_ago=9)
    report = document(2, "Council closes harbour", LONG, source=2, hours_ago=8)
    late = document(3, "Harbour to close, council says", LONG, source=3, hours_ago=2)
    assert choose_lead([late, flash, report]) == report


def test_without_an_excerpt_anywhere_the_earliest_leads() -> None:
    later, earlier = document(1, "One", hours_ago=1), document(2, "Two", hours_ago=3)
    assert choose_lead([later, earlier]) == earlier


def test_more_sources_come_first_and_among_equals_the_fresher() -> None:
    old_pair = Group((document(1, "A", source=1, hours_ago=30), document(2, "B", source=2, hours_ago=30)))
    fresh_single = Group((document(3, "C", source=3, hours_ago=0),))
    stale_single = Group((document(4, "D", source=4, hours_ago=20),))
    stories = rank([stale_single, fresh_single, old_pair], MORNING)
    assert [story.lead.article_id for story in stories] == [1, 3, 4]


def test_copies_of_one_agency_text_count_as_one_source() -> None:
    copies = [document(number, "Council closes harbour", LONG, source=number) for number in (1, 2, 3)]
    own = document(4, "Why the old harbour had to go", "A chronicle of a decision long in coming.", source=4)
    assert independent_sources([*copies, own]) == 2


def test_near_identical_titles_are_shown_once() -> None:
    lead = document(1, "Council closes the old harbour", LONG)
    same = document(2, "Council Closes the Old Harbour!", LONG, source=2)
    other = document(3, "Fishermen protest against the closing of the harbour", FISHERMEN, source=3)
    assert choose_related(lead, [lead, same, other], 3) == (other,)


def test_a_source_is_heard_again_only_when_no_other_is_left() -> None:
    lead = document(1, "Council closes the old harbour", LONG)
    first = document(2, "Fishermen protest against closing", FISHERMEN, source=2, hours_ago=1)
    again = document(3, "Questions about the harbour", "What the council did not say.", source=2, hours_ago=2)
    other = document(4, "Mayor defends harbour vote", "Ines Okoro said the council was right.", source=3)
    told, scores = [lead, first, again, other], {1: {3: 0.99, 4: 0.99}}
    assert choose_related(lead, told, 2, scores) == (first, other)
    assert choose_related(lead, told, 3, scores) == (first, other, again)


@pytest.mark.parametrize(("score", "shown"), [(SHOWN, True), (SHOWN - 0.01, False)])
def test_a_bare_headline_is_shown_when_its_score_is_sure(score: float, shown: bool) -> None:
    lead = document(1, "Council closes the old harbour", LONG)
    bare = document(2, "Harbour of Port Elden shut after eleven hours", source=2)
    (story,) = rank([Group((lead, bare))], MORNING, scores={1: {2: score}, 2: {1: score}})
    assert story.related == ((bare,) if shown else ())


@pytest.mark.parametrize(("size", "shown"), [(CROWD, True), (CROWD - 1, False)])
def test_a_headline_among_many_needs_less_certainty_than_one_of_few(size: int, shown: bool) -> None:
    lead = document(1, "Council closes the old harbour", LONG)
    bare = document(2, "Harbour of Port Elden shut after eleven hours", source=2)
    crowd = [document(10 + n, f"Harbour telling {n}", source=10 + n) for n in range(size - 2)]
    scores = {1: {2: SHOWN_IN_A_CROWD}}
    assert choose_related(lead, [lead, bare, *crowd], 3, scores) == ((bare,) if shown else ())


def test_one_source_leads_at_most_two_stories_where_there_are_many() -> None:
    crowd = [Group((document(number, f"Story {number}", source=1),)) for number in range(1, 9)]
    others = [Group((document(10 + number, f"Other {number}", source=number),)) for number in range(2, 7)]
    leads = [story.lead.source_id for story in rank(crowd + others, MORNING)]
    assert leads.count(1) == 2
    assert len(leads) == 7


def test_a_lone_source_fills_its_edition_alone() -> None:
    groups = [Group((document(number, f"Story {number}"),)) for number in range(1, 15)]
    assert len(rank(groups, MORNING)) == 10
    assert len(rank(groups, MORNING, Limits(stories=4))) == 4


def test_a_copy_under_another_title_is_counted_and_not_listed() -> None:
    lead = document(1, "Council closes the old harbour", LONG)
    copy = document(2, "Eleven hours, then a decision: port shut for good", LONG, source=2)
    other = document(3, "Fishermen protest against closing", FISHERMEN, source=3)
    (story,) = rank([Group((lead, copy, other))], MORNING)
    assert story.related == (other,)
    assert (story.copies, story.source_count) == (1, 3)
    assert count_copies([lead, other]) == 0


def test_a_telling_that_adds_nothing_is_not_shown() -> None:
    lead = document(1, "Harbour of Port Elden closes for a year", LONG)
    less = document(2, "Council closes old harbour", "The council voted late on Saturday.", source=2)
    assert choose_related(lead, [lead, less], 3) == ()


def test_what_only_came_along_in_a_group_is_not_shown() -> None:
    lead = document(1, "Council closes the old harbour", LONG)
    stray = document(2, "Teacher discovers comet", "It may be seen in January over Tromso.", source=2)
    assert choose_related(lead, [lead, stray], 3) == ()


def test_factors_add_up_to_the_score_and_are_kept() -> None:
    (story,) = rank([Group(tuple(by_event("bridge")))], MORNING)
    assert sum(story.factors.values()) == pytest.approx(story.score, abs=0.002)
    assert {"sources", "freshness", "fit", "weight", "text"} <= story.factors.keys()


def test_a_picture_a_trusted_source_and_fit_speak_for_a_story() -> None:
    group = Group((document(1, "Harbour closes", LONG),))
    plain = factors_of(group, MORNING)
    better = factors_of(group, MORNING, Standing({1: 0.9}, {1: 1.0}, frozenset({1})))
    worse = factors_of(group, MORNING, Standing({1: 0.1}, {1: 0.4}))
    assert better["image"] > 0
    assert "image" not in plain
    assert better["weight"] > plain["weight"] > worse["weight"]
    assert plain["fit"] > worse["fit"]


def test_a_story_that_newsrooms_take_up_right_now_grows() -> None:
    now = [document(number, "Harbour closes", source=number, hours_ago=1) for number in (1, 2, 3)]
    long_ago = [document(number, "Harbour closes", source=number, hours_ago=20) for number in (1, 2, 3)]
    assert factors_of(Group(tuple(now)), MORNING)["growth"] > 0
    assert "growth" not in factors_of(Group(tuple(long_ago)), MORNING)


def test_a_quiet_day_of_many_sources_makes_a_short_edition() -> None:
    stale = [
        Group((document(number, f"Small news {number}", source=number, hours_ago=20),))
        for number in range(1, 26)
    ]
    event = Group(tuple(document(100 + n, "Harbour closes", LONG, source=n, hours_ago=9) for n in (1, 2, 3)))
    own = replace(event.documents[1], title="Okoro explains", excerpt=FISHERMEN)
    event = Group((event.documents[0], own, event.documents[2]))
    assert [story.lead.article_id for story in rank([*stale, event], MORNING)] == [101]
    assert len(rank(stale[:3], MORNING)) == 3
    assert floor(stale) > floor(stale[:3])


def test_an_article_that_hardly_fits_the_topic_is_left_out() -> None:
    group = Group((document(1, "Harbour closes", hours_ago=30),))
    assert len(rank([group], MORNING)) == 1
    assert rank([group], MORNING, standing=Standing(fits={1: 0.1})) == []


def test_stories_on_nearly_the_same_are_spread() -> None:
    first = Group(
        (document(1, "Election in Marland: Lindqvist leads polls", "Voters want lower rent.", hours_ago=1),)
    )
    near = Group(
        (
            document(
                2, "Election in Marland: Lindqvist speaks", "Voters want lower rent.", source=2, hours_ago=1.1
            ),
        )
    )
    far = Group(
        (document(3, "Teacher discovers comet", "It may be seen in January.", source=3, hours_ago=4),)
    )
    stories = rank([first, near, far], MORNING)
    assert [story.lead.article_id for story in stories] == [1, 3, 2]
    assert stories[2].factors["near"] < 0


_documents = st.lists(
    st.builds(
        lambda source, hours, title, excerpt: (source, hours, title, excerpt),
        st.integers(1, 5),
        st.integers(0, 36),
        st.sampled_from(
            ["Harbour closes for good", "Bridge opens", "Rates stay", "Comet is found by teacher"]
        ),
        st.sampled_from(["", "Short.", LONG]),
    ),
    min_size=1,
    max_size=20,
)


@given(_documents, st.integers(1, 5))
def test_no_article_is_printed_twice_and_no_source_is_related_to_itself(
    drawn: list[tuple[int, int, str, str]], size: int
) -> None:
    told = [
        document(number, title, excerpt, source=source, hours_ago=hours)
        for number, (source, hours, title, excerpt) in enumerate(drawn, 1)
    ]
    groups = [Group(tuple(told[at : at + size])) for at in range(0, len(told), size)]
    stories = rank(groups, MORNING)
    printed = [one.article_id for story in stories for one in (story.lead, *story.related)]
    assert len(printed) == len(set(printed))
    for story in stories:
        assert len(story.related) <= 3
        assert all(one.source_id != story.lead.source_id for one in story.related)
        assert 1 <= story.source_count <= 5
    assert stories == rank(groups, MORNING)
