"""Nothing printed comes again, unless it moved."""

from datetime import date, timedelta

from newsletter.editions.documents import Document, PrintedStory
from newsletter.editions.follow import follow
from newsletter.editions.repeats import keep_news
from tests.editions.newsroom import DAY, MORNING, document, documents

YESTERDAY = MORNING - timedelta(hours=24)
BRIDGE = [one for one, told in zip(documents(DAY), DAY, strict=True) if told.event == "bridge"]


def printed(*told: Document, story_id: int = 7, day: date = date(2026, 11, 21)) -> PrintedStory:
    return PrintedStory(story_id, day, told)


def kept(groups: list[list[Document]], *stories: PrintedStory) -> list[tuple[list[int], int | None]]:
    follows = follow(groups, stories)
    news = keep_news(groups, follows, YESTERDAY if stories else None)
    return [([one.article_id for one in group.documents], group.continues) for group in news]


def test_before_the_first_edition_everything_is_news() -> None:
    old = document(1, "Harbour closes", hours_ago=35)
    assert kept([[old]]) == [([1], None)]


def test_yesterdays_article_is_not_printed_again() -> None:
    assert kept([[BRIDGE[0]]], printed(BRIDGE[0])) == []


def test_a_late_copy_under_a_similar_title_is_not_news() -> None:
    copy = document(90, "Harbour Bridge in Port Elden Closed After Crack is Found", source=9, hours_ago=2)
    assert kept([[copy]], printed(BRIDGE[0])) == []


def test_a_late_report_of_before_the_last_edition_does_not_move_a_story() -> None:
    late = document(91, BRIDGE[1].title, BRIDGE[1].excerpt, source=2, hours_ago=30)
    assert kept([[late]], printed(BRIDGE[0], BRIDGE[2])) == []


def test_a_story_that_moved_is_kept_with_its_new_articles_only() -> None:
    moved = document(
        92,
        "Port Elden bridge gets temporary steel brace",
        "Buses may cross the harbour bridge again from Tuesday. Divers found the girder's foundation sound, "
        "and lorries stay banned until spring.",
        hours_ago=3,
    )
    assert kept([[BRIDGE[0], moved]], printed(BRIDGE[0], BRIDGE[1])) == [([92], 7)]


def test_a_development_told_without_the_old_article_still_continues_the_story() -> None:
    moved = document(
        93,
        "Cracked harbour bridge: Port Elden orders a new girder",
        "The city council approved nine million for the bridge. Engineers expect the girder by March.",
        hours_ago=3,
    )
    assert kept([[moved]], printed(*BRIDGE)) == [([93], 7)]


def test_two_groups_that_follow_one_story_become_one() -> None:
    first = document(
        94, "Port Elden bridge: divers find foundation sound", "Tests went on all night.", hours_ago=3
    )
    second = document(
        95,
        "Ferry fares waived while Port Elden bridge is shut",
        "Commuters cheered: it saves them 12 crowns.",
        source=2,
        hours_ago=2,
    )
    story = printed(*BRIDGE)
    news = keep_news([[first], [second]], [story, story], YESTERDAY)
    assert [(len(group.documents), group.continues) for group in news] == [(2, 7)]


def test_another_event_of_the_same_kind_is_a_story_of_its_own() -> None:
    other = next(one for one, told in zip(documents(DAY), DAY, strict=True) if told.event == "other bridge")
    assert kept([[other]], printed(*BRIDGE)) == [([other.article_id], None)]


def test_what_was_not_printed_yesterday_had_its_chance() -> None:
    leftover = document(96, "Museum returns carved drum", hours_ago=30)
    fresh = document(97, "Night trains return to the coast", hours_ago=3)
    assert kept([[leftover], [fresh]], printed(*BRIDGE)) == [([97], None)]


def test_a_story_continues_its_newest_edition() -> None:
    moved = document(98, "Cracked Port Elden harbour bridge: girder ordered", "Repairs cost nine million.")
    earlier = printed(*BRIDGE, story_id=3, day=date(2026, 11, 20))
    later = printed(*BRIDGE[1:], story_id=8, day=date(2026, 11, 21))
    assert [story.story_id for story in follow([[moved]], [earlier, later]) if story] == [8]


def test_new_addresses_and_a_polished_title_do_not_bring_a_text_back() -> None:
    again = document(
        900, "Crack found: Port Elden's harbour bridge is closed", BRIDGE[0].excerpt, source=1, hours_ago=2
    )
    assert kept([[again]], printed(BRIDGE[0])) == []


def test_a_text_comes_back_neither_after_three_weeks() -> None:
    again = document(901, "The closing of a bridge", BRIDGE[0].excerpt, source=1, hours_ago=2)
    recent = printed(document(5, "Comet over Tromso"), story_id=9)
    assert kept([[again]], recent, printed(BRIDGE[0], day=date(2026, 10, 31))) == []


def test_other_words_for_the_same_do_not_move_a_story() -> None:
    retold = document(
        902,
        "Port Elden's bridge shut over cracked girder",
        "The harbour bridge was closed after inspectors discovered a crack in a girder, and drivers must "
        "take another way for three weeks while engineers repair it.",
        source=7,
        hours_ago=2,
    )
    assert kept([[retold]], printed(*BRIDGE)) == []


def test_an_updated_story_says_what_is_new_in_the_articles_own_sentences() -> None:
    moved = document(
        903,
        "Port Elden bridge: contract for new girder",
        "The harbour bridge has been closed since a crack was found. Steelworks Halvorsen will deliver a "
        "new girder for 9 million by March. Nobody was hurt.",
        hours_ago=3,
    )
    story = printed(*BRIDGE)
    (group,) = keep_news([[moved]], [story], YESTERDAY)
    assert group.news == "Steelworks Halvorsen will deliver a new girder for 9 million by March."


def test_where_a_script_has_no_capitals_new_words_decide() -> None:
    before = document(904, "橋の亀裂で港が閉鎖された", "技術者が三週間かけて修理する。", language="ja")
    moved = document(
        905, "橋の亀裂で港が閉鎖、新しい桁を発注", "市議会は九百万の予算を承認した。", source=2, hours_ago=2
    )
    assert kept([[moved]], printed(before)) == [([905], 7)]
