"""Mails in words: what a reader finds in them."""

import re
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from jinja2 import UndefinedError

from newsletter.mail.brand import Brand, Logo
from newsletter.mail.clock import clock_of
from newsletter.mail.fragment import render_fragment
from newsletter.mail.issue import IssueContent, Links, Rendered, StoryContent, StoryImage
from newsletter.mail.lengths import LENGTHS
from newsletter.mail.render import render_issue, render_notice
from tests.mail.outline import Outline
from tests.mail.sample import (
    CITY,
    DAY,
    ISSUE,
    LINKS,
    PUBLICATION,
    SCIENCE,
    WELCOME,
    edition,
    issue,
    related,
    story,
    without_postal_address,
)


def own_links(content: IssueContent) -> Links:
    assert content.links is not None
    return content.links


def words_of(part: str) -> str:
    """A part as a person reads it: no tags, one line."""
    return " ".join(re.sub(r"<[^>]+>", "", part).split())


def illustrated(content: StoryContent, alt: str = "Two trams") -> StoryContent:
    return replace(content, image=StoryImage("/image/0a1b.jpg", 600, 300, alt))


TRAMS = replace(CITY.stories[0], story_id=12)


def test_a_story_has_its_headline_source_age_summary_and_related_coverage() -> None:
    mail = render_issue(issue(replace(CITY, stories=(TRAMS,))))
    for part in (mail.html, mail.text):
        assert TRAMS.url in part
        words = words_of(part)
        assert TRAMS.headline in words
        assert "The Ledger, today 00:36" in words
        assert "leaves the fish market on 4 December." in words
        assert "Related" in words
        assert "Night trams are back, with a second driver on Saturdays" in words
        assert "Quay Review, today 03:48" in words
        assert "About four million a year, a third of it from parking fees." in words
        assert "and 4 more sources" in words
        assert "https://news.example.com/story/12" in part


def test_a_story_that_moved_says_so_and_what_is_new() -> None:
    mail = render_issue(issue(CITY))
    for part in (mail.html, mail.text):
        assert words_of(part).count("Updated · ") == 1 or words_of(part).count("Updated &middot; ") == 1
        assert "What is new: After nine weeks" in words_of(part)


def test_only_what_moved_is_marked_and_only_more_sources_than_shown_are_counted() -> None:
    quiet = edition("Quiet", story("A", "One", 1, others=(related("B", "Two", 1),)))
    mail = render_issue(issue(quiet))
    for words in ("Updated", "What is new", "more source"):
        assert words not in mail.html + mail.text


def test_times_are_those_of_the_readers_own_clock() -> None:
    for zone, expected in [("Europe/Berlin", "today 00:36"), ("America/New_York", "yesterday 18:36")]:
        content = replace(issue(CITY), clock=clock_of(ZoneInfo(zone), DAY))
        mail = render_issue(content)
        assert f"The Ledger, {expected}" in mail.text
        assert expected in mail.html
        assert zone not in mail.text + mail.html


def test_a_longer_length_says_more_and_headlines_say_no_more_than_that() -> None:
    story = illustrated(replace(TRAMS, long_summary=f"{TRAMS.summary} And more was said at length."))
    content = replace(CITY, stories=(story, *CITY.stories[1:]))
    headlines, standard, full = (render_issue(issue(content, length=one)).html for one in reversed(LENGTHS))

    assert len(headlines) < len(standard) < len(full)
    assert "And more was said" in full
    assert "And more was said" not in standard
    assert TRAMS.headline in headlines
    assert "The Ledger" in headlines
    for part in ("nine weeks", "Related", "Quay Review", "<img"):
        assert part not in headlines
        assert part in standard


def test_headlines_fit_one_screen_and_the_rest_is_on_the_web() -> None:
    many = [
        edition(topic, *(story(f"{topic} story {number}", "Paper", number) for number in range(1, 11)))
        for topic in ("Town", "Science", "Sport")
    ]
    mail = render_issue(issue(*many, length="headlines"))

    printed = [f"Town story {n}" for n in (1, 2, 3)]
    printed += [f"{topic} story {n}" for topic in ("Science", "Sport") for n in (1, 2)]
    assert re.findall(r"(?:Town|Science|Sport) story \d+", mail.text) == printed
    assert "23 more stories on the web:\nhttps://news.example.com/issue/2026-11-22/1-2-3\n" in mail.text
    assert "7 stories, about 1 minute" in mail.text


@pytest.mark.parametrize(("topics", "stories"), [(1, 9), (4, 6), (8, 8), (12, 12), (60, 12)])
def test_each_of_a_dozen_topics_has_its_first_headline(topics: int, stories: int) -> None:
    many = [
        edition(
            f"Topic {topic}", *(story(f"News {topic}.{number}", "Paper", number) for number in range(1, 11))
        )
        for topic in range(topics)
    ]
    mail = render_issue(issue(*many, length="headlines"))
    assert len(re.findall(r"News \d+\.\d+\n", mail.text)) == stories
    assert all(f"News {topic}.1" in mail.text for topic in range(min(topics, 12)))


def test_plain_text_is_the_standard_text_without_html() -> None:
    mail = render_issue(issue(CITY, SCIENCE, length="text"))
    assert mail == Rendered(render_issue(ISSUE).subject, render_issue(ISSUE).text, "")


def test_a_picture_keeps_its_shape_in_the_column_and_comes_from_our_own_host() -> None:
    mail = render_issue(issue(replace(CITY, stories=(illustrated(TRAMS), *CITY.stories[1:]))))
    (image,) = re.findall("<img[^>]*>", mail.html)
    for attribute in (
        'src="https://news.example.com/image/0a1b.jpg"',
        'width="520"',
        'height="260"',
        'alt="Two trams"',
        "max-width:520px",
        "width:100%",
        "height:auto",
    ):
        assert attribute in image
    small = replace(TRAMS, image=StoryImage("/image/2c3d.png", 300, 150, ""))
    (image,) = re.findall("<img[^>]*>", render_issue(issue(replace(CITY, stories=(small,)))).html)
    for attribute in ('width="280"', 'height="140"', 'alt=""', "max-width:100%"):
        assert attribute in image


def test_a_story_of_two_topics_is_printed_once_under_the_first() -> None:
    shared = replace(TRAMS, article_id=7)
    again = replace(shared, headline="The same, in other words")
    elsewhere = replace(SCIENCE, stories=(*SCIENCE.stories, again))
    mail = render_issue(issue(replace(CITY, stories=(shared,)), elsewhere))
    assert shared.headline in mail.text
    assert "The same, in other words" not in mail.text + mail.html
    assert "3 stories" in mail.text


def test_each_topic_and_the_end_offer_quick_actions() -> None:
    mail = render_issue(ISSUE)
    preferences = own_links(ISSUE).preferences
    wanted = [f"{preferences}/{action}" for action in ("less/1", "less/2", "pause", "earlier", "later")]
    links = Outline(mail.html).links
    for link in wanted:
        assert link in links
        assert link in mail.text.split()
    assert "https://news.example.com/issue/2026-11-22/1-2" in links


def test_an_issue_for_anybody_has_nothing_of_a_reader() -> None:
    mail = render_issue(replace(ISSUE, links=None, zone="Europe/Berlin"))
    for part in (mail.html, mail.text):
        assert "/preferences/" not in part
        assert "/unsubscribe/" not in part
        assert "All times are in the time zone Europe/Berlin." in words_of(part)
        assert "as its readers got it by mail" in words_of(part)


def test_the_brand_colours_everything_and_its_logo_stands_for_the_name() -> None:
    brand = Brand("#123456", "#fefefe", "#abcdef", "#010101", Logo("https://example.com/l.png", 300, 60))
    html = render_issue(replace(ISSUE, publication=replace(PUBLICATION, brand=brand))).html
    assert "brand-" not in html
    assert html.count("#123456") > 10
    assert "#98281a" not in html
    assert "#abcdef !important" in html
    assert re.search(r'<h1[^>]*><img class="logo" src="https://example.com/l.png" width="300"', html)
    assert f'alt="{PUBLICATION.name}"' in html


def test_subject_and_preheader_are_the_first_three_headlines_and_none_shouts() -> None:
    loud = edition(
        "Loud",
        story("COUNCIL VOTES TO SAVE THE OLD HARBOUR BATHS!!!", "Bell", 1),
        story("Second", "Bell", 2),
        story("Third", "Bell", 3),
        story("Fourth", "Bell", 4),
    )
    mail = render_issue(issue(loud))
    assert mail.subject == "Council votes to save the old harbour baths! | Daily Edition"
    (hidden,) = re.findall(r'<div class="preheader" style="([^"]*)">Second · Third</div>', mail.html)
    for rule in ("display:none", "max-height:0", "overflow:hidden", "mso-hide:all"):
        assert rule in hidden
    alone = render_issue(issue(edition("One", story("Only", "Bell", 1))))
    assert ">1 story, about 1 minute</div>" in alone.html


def test_an_issue_is_made_of_its_editions_in_their_order() -> None:
    mail = render_issue(ISSUE)
    assert mail.subject == (
        "Tram drivers and the city agree: night service returns in December | Daily Edition"
    )
    assert "Sunday, 22 November 2026" in mail.text
    assert "5 stories, about 1 minute" in mail.text
    assert mail.html.index("Town and harbour") < mail.html.index("Science")
    assert PUBLICATION.postal_address in mail.html
    assert PUBLICATION.postal_address in mail.text


def test_every_link_of_the_html_stands_in_the_text_too() -> None:
    mail = render_issue(ISSUE)
    links = Outline(mail.html).links
    assert {LINKS.preferences, LINKS.unsubscribe} <= set(links)
    for link in links:
        assert link in mail.text.split()


def test_a_mail_is_a_sound_document() -> None:
    outline = Outline(render_issue(ISSUE).html)
    assert outline.open == []
    assert outline.headings == "12333233"
    assert set(outline.roles) == {"presentation"}


def test_text_lines_are_short_but_addresses_stay_whole() -> None:
    lines = render_issue(ISSUE).text.splitlines()
    assert [line for line in lines if len(line) > 78 and not line.strip().startswith("https://")] == []


def test_an_issue_of_one_topic_needs_no_contents() -> None:
    text = render_issue(issue(CITY)).text
    assert text.count(CITY.stories[0].headline) == 1


def test_contents_name_a_dozen_topics_and_count_the_others() -> None:
    many = [edition(f"Topic {number}", story(f"News {number}", "Bell", 1)) for number in range(15)]
    lines = [line for line in render_issue(issue(*many)).text.splitlines() if line.startswith("* ")]
    assert lines[0] == "* Topic 0: News 0"
    assert lines[11:] == ["* Topic 11: News 11", "* and 3 more topics"]


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("length", LENGTHS)
def test_language_and_direction_stand_on_html_and_again_inside(language: str, length: str) -> None:
    html = render_issue(issue(CITY, length=length, language=language)).html
    towards = "rtl" if language == "ar" else "ltr"
    assert html.count(f'lang="{language}" dir="{towards}"') >= 3
    if language == "ar":
        assert 'lang="en"' in html, "foreign words say what language they are in"
        assert "border-left" not in html.partition("</head>")[2]


def test_a_welcome_says_what_it_is_and_when_the_next_one_comes() -> None:
    mail = render_issue(WELCOME)
    assert mail.subject.startswith("Welcome to Daily Edition: Tram drivers")
    for part in (mail.html, mail.text):
        assert "Your daily mail comes at 07:00." in " ".join(part.split())
    assert "the hour you picked" in " ".join(render_issue(replace(WELCOME, send_time="")).text.split())


def test_without_a_postal_address_there_is_no_empty_line_for_it() -> None:
    mail = render_issue(without_postal_address(ISSUE))
    assert mail.text.endswith("Daily Edition\nhttps://news.example.com\n")
    assert "<br>" not in mail.html.partition("You get this mail")[2]


def test_there_is_no_mail_about_nothing() -> None:
    for content in (replace(ISSUE, sections=()), issue(replace(CITY, stories=()))):
        with pytest.raises(ValueError, match="story"):
            render_issue(content)


def test_a_confirmation_says_what_was_asked_for_and_how_long_the_link_works() -> None:
    mail = render_notice(
        "confirm",
        PUBLICATION,
        "en",
        confirm_url="https://news.example.com/confirm/abc--def",
        topics=["Town", "<Science>"],
        send_time="07:00",
        expires_days=1,
    )
    assert mail.subject == "Please confirm your address for Daily Edition"
    assert "Town, &lt;Science&gt;" in mail.html
    assert "The link works for 1 day." in mail.html
    assert mail.html.count('href="https://news.example.com/confirm/abc--def"') == 3
    assert "Topics: Town, <Science>\n" in mail.text


def test_who_reads_us_already_gets_the_way_to_their_preferences() -> None:
    mail = render_notice(
        "already_subscribed",
        PUBLICATION,
        "en",
        preferences_url=LINKS.preferences,
        unsubscribe_url=LINKS.unsubscribe,
    )
    assert mail.subject == "You already read Daily Edition"
    assert {LINKS.preferences, LINKS.unsubscribe} <= set(mail.text.split())


def test_a_notice_with_a_value_missing_or_of_no_kind_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        render_notice("confirm", PUBLICATION, "en", topics=["Town"])
    with pytest.raises(ValueError, match="no such notice"):
        render_notice("farewell", PUBLICATION, "en")
    with pytest.raises(ValueError, match="no such length"):
        render_fragment(CITY, "en", "endless")
    with pytest.raises(ValueError, match="no such length"):
        render_fragment(CITY, "en", "text")


# Feeds are hostile
