"""Pieces: kept and read again, filled with what is the reader's, chosen once, told without the muted."""

from dataclasses import replace
from datetime import UTC, date, datetime

from newsletter.mail.choice import choose
from newsletter.mail.fragment import render_fragment
from newsletter.mail.inline import Styles
from newsletter.mail.issue import EarlierContent, RelatedContent, Section, StoryContent
from newsletter.mail.lengths import LENGTHS
from newsletter.mail.marks import BASE, fill_html, fill_text, filling, moment_mark
from newsletter.mail.muted import without_sources
from newsletter.mail.packing import pack, unpack
from newsletter.mail.templates import source_of
from tests.mail.sample import CITY, SCIENCE, edition, section

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
FILL = filling("https://news.example.com", "#123456", lambda moment: f"at {moment:%H:%M}")


def a_story(*articles: int, url: str = "") -> StoryContent:
    """A story of these articles; an article's source has ten times its number."""
    lead, *others = articles
    related = tuple(
        RelatedContent(f"R{n}", f"https://example.org/{n}", f"S{n}", NOON, "", f"Told by {n}", n, n * 10)
        for n in others
    )
    return StoryContent(
        headline=f"H{lead}",
        url=url or f"https://example.org/{lead}",
        source=f"S{lead}",
        published_at=NOON,
        summary="Told by the lead",
        source_count=len(articles) + 2,
        related=related,
        article_id=lead,
        source_id=lead * 10,
    )


def chosen(*editions: list[StoryContent]) -> list[list[str]]:
    """The headlines that an issue of these editions prints, by section."""
    sections = [section(edition(f"T{n}", *stories)) for n, stories in enumerate(editions)]
    found: list[list[str]] = [[] for _ in editions]
    for one in choose(sections):
        assert one.place == len(found[one.section])
        found[one.section].append(one.pieces[0].headline)
    return found


def test_a_fragment_comes_back_as_it_was_kept_and_takes_little_room() -> None:
    for length in LENGTHS:
        fragment = render_fragment(CITY, "en", length)
        assert unpack(pack(fragment)) == fragment
    assert len(pack(render_fragment(CITY, "en", "full"))) < 4000


def test_marks_are_filled_and_only_then_are_lines_wrapped() -> None:
    html = f'<a href="{BASE}/story/1">{moment_mark(NOON)}</a>'
    assert fill_html(html, FILL) == '<a href="https://news.example.com/story/1">at 12:00</a>'
    line = f"    {'Paper ' * 11}paper, {moment_mark(NOON)}"
    assert fill_text(f"untouched   line\n{line}", FILL).splitlines() == [
        "untouched   line",
        "    " + "Paper " * 11 + "paper,",
        "    at 12:00",
    ]


def test_no_foreign_word_can_pass_for_a_mark() -> None:
    words = f"{BASE} {moment_mark(NOON)}"
    (piece,) = render_fragment(edition("T", a_story(1)), "en", "standard").pieces
    spoilt = replace(
        a_story(1), headline=words, summary=words, source=words, url=f"https://x.example.org/{words}"
    )
    (bad,) = render_fragment(edition("T", spoilt), "en", "standard").pieces
    assert bad.top.html.count("\x1f") == piece.top.html.count("\x1f")
    assert bad.top.text.count("\x1f") == piece.top.text.count("\x1f")


def test_a_story_is_printed_under_the_first_of_its_topics() -> None:
    assert chosen([a_story(1, 2), a_story(3)], [a_story(4), a_story(2)]) == [["H1", "H3"], ["H4"]]
    assert chosen([a_story(1)], [a_story(5, 1)]) == [["H1"], []]
    assert chosen([a_story(1, url="https://example.org/x")], [a_story(2, url="https://example.org/x")]) == [
        ["H1"],
        [],
    ]


def test_stories_of_one_topic_are_all_printed_and_stories_without_numbers_are_not_alike() -> None:
    assert chosen([a_story(1, 2), a_story(3, 2)]) == [["H1", "H3"]]
    unknown = [replace(a_story(n), article_id=0) for n in (1, 2)]
    assert chosen([unknown[0]], [unknown[1]]) == [["H1"], ["H2"]]


def test_without_a_muted_source_the_next_article_leads() -> None:
    content = edition("T", a_story(1, 2, 3), a_story(4), a_story(5, 6))

    first, last = without_sources(content, {10, 40, 60}).stories

    assert (first.headline, first.url, first.source) == ("R2", "https://example.org/2", "S2")
    assert (first.summary, first.article_id, first.source_id) == ("Told by 2", 2, 20)
    assert [one.title for one in first.related] == ["R3"]
    assert first.source_count == 4
    assert (last.headline, last.related, last.source_count) == ("H5", (), 3)
    assert without_sources(content, set()) == content


def test_every_rule_of_the_style_sheet_names_one_class() -> None:
    """`inline.Styles` looks styles up by an element's classes: nothing else may decide them."""
    sheet = source_of("base/styles.css")
    selectors = [rule.partition("{")[0].strip() for rule in sheet.split("}") if rule.strip()]
    assert [
        one for one in selectors if one != "body" and not one.removeprefix(".").replace("-", "").isalnum()
    ] == []


def test_rows_are_styled_as_their_classes_say_the_later_rule_winning() -> None:
    styles = Styles(".a { color: red; } .b { color: blue; font-family: 'X Y', serif; }")
    rows = (
        '<tr><td class="b a">x</td></tr>\n'
        '   <tr><td class="c"><a class="a" href="slot-1-slot">y</a></td></tr>'
    )
    assert styles.inlined(rows) == (
        '<tr><td class="b a" style="color:blue; font-family:\'X Y\', serif">x</td></tr>\n'
        '<tr><td class="c"><a class="a" style="color:red" href="slot-1-slot">y</a></td></tr>'
    )


def test_sections_of_an_issue_hold_the_same_stories_at_every_length() -> None:
    one = section(SCIENCE, "full")
    assert isinstance(one, Section)
    assert {tuple(piece.headline for piece in fragment.pieces) for fragment in one.fragments} == {
        tuple(story.headline for story in SCIENCE.stories)
    }


def test_an_updated_story_says_what_is_new_in_place_of_its_summary() -> None:
    told = replace(a_story(1), updated=True, news="Divers found 3 cracks.", long_summary="All of it.")
    for length, shown in (("standard", False), ("full", True)):
        top = render_fragment(edition("T", told), "en", length).pieces[0].top
        for words in (top.html, top.text):
            assert "What is new:" in words
            assert "Divers found 3 cracks." in words
            assert ("All of it." in words) is shown
            assert "Told by the lead" not in words
    assert "Divers" not in render_fragment(edition("T", told), "en", "headlines").pieces[0].top.text


def test_a_story_that_goes_on_names_what_was_printed_of_it_last() -> None:
    before = (
        EarlierContent(date(2026, 11, 21), "Bridge <closed>", 7, 30),
        EarlierContent(date(2026, 11, 20), "Crack found", 6, 40),
    )
    told = replace(a_story(1, 2), earlier=before)
    for length in ("standard", "full"):
        for end in render_fragment(edition("T", told), "en", length).pieces[0].ends:
            assert "Earlier: Sat 21 Nov, Bridge <closed>" in end.text
            assert "Bridge &lt;closed&gt;</a>" in end.html
            assert f'href="{BASE}/story/7"' in end.html
            assert "Crack found" not in end.text
    assert "Earlier" not in render_fragment(edition("T", told), "en", "headlines").pieces[0].ends[0].text


def test_without_a_muted_source_nothing_of_it_is_quoted_as_new_or_named_as_earlier() -> None:
    before = (EarlierContent(date(2026, 11, 21), "Bridge closed", 7, 20),)
    told = edition("T", replace(a_story(1, 2), updated=True, news="Two said so.", earlier=before))
    (story,) = without_sources(told, {20}).stories
    assert (story.news, story.earlier) == ("", ())
    (same,) = without_sources(told, {90}).stories
    assert (same.news, same.earlier) == ("Two said so.", before)


def test_news_that_the_summary_tells_already_is_not_told_twice() -> None:
    said = "A second crack was found on Sunday."
    moved = replace(a_story(1), updated=True, news=said, summary=f"{said} Repairs take eleven weeks.")
    (piece,) = render_fragment(edition("T", moved), "en", "standard").pieces
    for words in (piece.top.html, piece.top.text):
        assert words.count("second crack") == 1
        assert words.count("What is new:") == 1
