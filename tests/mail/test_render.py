"""Mails in words: what a reader finds in them, and that no feed can spoil them."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from jinja2 import UndefinedError

from newsletter.mail import slots
from newsletter.mail.issue import Fragment, IssueContent, Section, StoryContent
from newsletter.mail.fragment import render_fragment
from newsletter.mail.render import render_issue, render_notice
from tests.mail.sample import (
    CITY,
    ISSUE,
    LINKS,
    PUBLICATION,
    SCIENCE,
    WELCOME,
    edition,
    issue,
    related,
    section,
    story,
    without_postal_address,
)

RTL = "\u202e"
HOSTILE = {
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>\"'</td></table><style>*{}</style>",
    "a comment": "<!-- --> --> <![endif]--> <!--[if mso]>",
    "a template": "{{ 7 * 7 }} {% include '/etc/passwd' %} {# hidden #} %(name)s ${x}",
    "a mark": "slot-0-slot slot-1-slot slot-99-slot",
    "line breaks": "one\r\nBcc: all@example.net\r\n\r\nSubject: two\u2028three\x85four\x0bfive",
    "reordering": f"{RTL}gnp.exe\u2066\u2067 end",
    "controls": "bell\x07 escape\x1b[31m nul\0 half\ud800 not\uffff",
    "emoji": "👩‍👩‍👧‍👦🇫🇷👍🏽" * 40,
    "marks": "Z" + "\u0335\u0300" * 500,
    "length": "endless " * 1250,
    "one word": "W" * 10_000,
}


class Outline(HTMLParser):
    """A document's tags that must not be there, its links, headings, tables and nesting."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.roles: list[str | None] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not [name for name, _value in attrs if name.startswith("on")]
        if tag == "a":
            self.links.append(dict(attrs)["href"] or "")
        if tag == "table":
            self.roles.append(dict(attrs).get("role"))
        if tag not in ("meta", "br", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    @property
    def headings(self) -> str:
        return "".join(tag[1] for tag in self.tags if re.fullmatch("h[1-6]", tag))


def shape(html: str) -> list[str]:
    return Outline(html).tags


def test_a_story_has_its_headline_source_age_summary_and_related_coverage() -> None:
    fragment = render_fragment(CITY)
    lead = CITY.stories[0]
    for part in (fragment.html, fragment.text):
        words = " ".join(part.split())
        assert lead.headline in words
        assert lead.url in words
        assert "today 00:36" in words
        assert "leaves the fish market on 4 December." in words
        assert "Related coverage" in words
        assert "Night trams are back, with a second driver on Saturdays" in words
        assert "Quay Review" in words
        assert "Updated" in words
        assert "7 sources" in words


def test_only_what_moved_is_marked_and_only_more_sources_than_shown_are_counted() -> None:
    quiet = render_fragment(edition("Quiet", story("A", "One", 1, others=(related("B", "Two", 1),))))
    assert "Updated" not in quiet.html + quiet.text
    assert "sources" not in quiet.html + quiet.text


def test_an_issue_is_made_of_its_editions_in_their_order() -> None:
    mail = render_issue(ISSUE)
    assert mail.subject == (
        "Tram drivers and the city agree: night service returns in December | Daily Edition"
    )
    assert "Sunday, 22 November 2026" in mail.text
    assert "5 stories, about 1 minute" in mail.text
    assert mail.html.index("Town and harbour") < mail.html.index("Science")
    assert "All times are in the time zone Europe/Berlin." in mail.html
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


def test_an_issue_names_every_zone_its_times_are_in() -> None:
    mail = render_issue(issue(CITY, replace(SCIENCE, zone="America/New_York")))
    assert "Times are in the time zones Town and harbour: Europe/Berlin, Science: America/New York." in (
        " ".join(mail.text.split())
    )


def test_a_section_without_a_zone_has_the_issues() -> None:
    plain = replace(section(CITY), zone="")
    assert "time zone Asia/Tokyo" in render_issue(replace(ISSUE, sections=(plain,), zone="Asia/Tokyo")).text


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
    empty = Section("town", "Town", (), Fragment("", ""))
    for content in (replace(ISSUE, sections=()), replace(ISSUE, sections=(empty,))):
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
        render_fragment(CITY, "endless")


# Feeds are hostile


def spoilt(words: str) -> IssueContent:
    """An issue whose every foreign word is `words`."""
    bad = StoryContent(
        headline=words,
        url="https://example.org/",
        source=words,
        published_at=CITY.stories[0].published_at,
        summary=words,
        related=(replace(CITY.stories[0].related[0], title=words, source=words, excerpt=words),),
    )
    return issue(replace(CITY, topic_name=words, stories=(bad,)), replace(SCIENCE, stories=(bad,)))


@pytest.mark.parametrize("kind", HOSTILE)
def test_no_words_of_a_feed_change_the_shape_of_a_mail(kind: str) -> None:
    mail = render_issue(spoilt(HOSTILE[kind]))
    assert shape(mail.html) == shape(render_issue(spoilt("Nothing bad")).html)
    assert len(mail.html) < 60_000
    assert max(map(len, mail.text.splitlines())) <= 100


@pytest.mark.parametrize("kind", HOSTILE)
def test_no_words_of_a_feed_spoil_the_subject(kind: str) -> None:
    subject = render_issue(spoilt(HOSTILE[kind])).subject
    assert subject.endswith(" | Daily Edition")
    assert 16 < len(subject) <= 70 + len(" | Daily Edition")
    assert subject == " ".join(subject.split())
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", subject)


def test_what_looks_like_a_template_or_a_mark_is_printed_as_it_stands() -> None:
    words = "{{ 7 * 7 }} slot-0-slot %(name)s"
    mail = render_issue(spoilt(words))
    assert mail.subject == f"{words} | Daily Edition"
    assert mail.html.count(words) == mail.html.count("slot-0-slot") > 8


def test_nothing_of_a_feed_meets_the_inliner() -> None:
    slots._body_parts.cache_clear()
    first = render_fragment(edition("A", story("Mild", "S", 1)))
    misses = slots._body_parts.cache_info().misses
    second = render_fragment(
        edition("B", story('<link rel="stylesheet" href="http://127.0.0.1:9/">', "S", 1))
    )
    assert slots._body_parts.cache_info().misses == misses
    assert shape(first.html) == shape(second.html)


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "//example.org/", "", "http://", "mailto:a@example.org", "x"],
)
def test_a_headline_that_leads_nowhere_safe_is_no_link(url: str) -> None:
    bad = replace(CITY.stories[1], url=url, related=(replace(CITY.stories[0].related[0], url=url),))
    fragment = render_fragment(replace(CITY, stories=(bad,)))
    assert Outline(fragment.html).links == []
    assert bad.headline in fragment.html
