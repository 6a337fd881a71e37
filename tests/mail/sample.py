"""The cast of the mail tests: a publication, its editions of one Sunday, and a reader's links."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from newsletter.mail.clock import clock_of
from newsletter.mail.fragment import render_fragment
from newsletter.mail.issue import (
    EditionContent,
    IssueContent,
    Links,
    Publication,
    RelatedContent,
    Section,
    StoryContent,
)
from newsletter.mail.lengths import STANDARD, lengths_for

DAY = date(2026, 11, 22)
BERLIN = clock_of(ZoneInfo("Europe/Berlin"), DAY)
DAWN = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)

PUBLICATION = Publication(
    name="Daily Edition",
    base_url="https://news.example.com",
    sender="Daily Edition <news@example.com>",
    reply_to="editor@example.com",
    bounce_address="bounces@example.com",
    postal_address="Daily Edition, Mill Lane 4, 12345 Port Ostrel",
    list_domain="news.example.com",
)

LINKS = Links(
    preferences="https://news.example.com/preferences/ImhhbmRsZSI.aSGZ4A.tN6c",
    unsubscribe="https://news.example.com/unsubscribe/ImhhbmRsZSI.aSGZ4A.uQ2x",
    one_click="https://news.example.com/unsubscribe/one-click/ImhhbmRsZSI.aSGZ4A.uQ2x",
    unsubscribe_mail="unsubscribe+ImhhbmRsZSI.aSGZ4A.uQ2x@example.com",
)


def hours_ago(hours: float) -> datetime:
    """A moment before dawn of the sample's Sunday."""
    return DAWN - timedelta(hours=hours)


def related(title: str, source: str, hours: float, excerpt: str = "") -> RelatedContent:
    """Another source's article, its address made from its title."""
    return RelatedContent(title, _address(source, title), source, hours_ago(hours), excerpt)


def story(
    headline: str,
    source: str,
    hours: float,
    summary: str = "",
    others: tuple[RelatedContent, ...] = (),
    sources: int = 0,
    updated: bool = False,
) -> StoryContent:
    """A story, its address made from its headline."""
    return StoryContent(
        headline=headline,
        url=_address(source, headline),
        source=source,
        published_at=hours_ago(hours),
        summary=summary,
        updated=updated,
        source_count=sources or 1 + len(others),
        related=others,
    )


def edition(name: str, *stories: StoryContent, zone: str = "Europe/Berlin") -> EditionContent:
    """An edition of the sample's Sunday."""
    return EditionContent(
        topic_slug=name.lower().replace(" ", "-"),
        topic_name=name,
        date=DAY,
        zone=zone,
        language="en",
        stories=stories,
    )


def section(
    content: EditionContent, length: str = STANDARD, language: str = "en", edition_id: int = 1
) -> Section:
    """An edition as it stands in an issue of this length."""
    fragments = (render_fragment(content, language, one) for one in lengths_for(length))
    return Section(edition_id, content.topic_name, tuple(fragments))


def issue(
    *editions: EditionContent, welcome: bool = False, length: str = STANDARD, language: str = "en"
) -> IssueContent:
    """A reader's issue of these editions; they live in Berlin."""
    return IssueContent(
        publication=PUBLICATION,
        links=LINKS,
        date=DAY,
        language=language,
        sections=tuple(section(one, length, language, n) for n, one in enumerate(editions, start=1)),
        clock=BERLIN,
        length=length,
        welcome=welcome,
        send_time="07:00" if welcome else "",
    )


def without_postal_address(content: IssueContent) -> IssueContent:
    """The same issue from an operator who has not set the address."""
    return replace(content, publication=replace(content.publication, postal_address=""))


def _address(source: str, title: str) -> str:
    words = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in title.lower())
    return f"https://{source.lower().replace(' ', '-')}.example.org/{words.strip('-')}"


CITY = edition(
    "Town and harbour",
    story(
        "Tram drivers and the city agree: night service returns in December",
        "The Ledger",
        4.4,
        "After nine weeks without night trams, drivers and the city have settled. Shifts after midnight"
        " shrink to six hours, and every line gets a second driver on Saturdays. The first night tram leaves"
        " the fish market on 4 December.",
        (
            related(
                "Night trams are back, with a second driver on Saturdays",
                "Harbour Radio",
                3.9,
                "The union calls it “the first roster in ten years that lets people sleep”.",
            ),
            related(
                "What the tram settlement costs, and who pays for it",
                "Quay Review",
                1.2,
                "About four million a year, a third of it from parking fees.",
            ),
        ),
        sources=7,
        updated=True,
    ),
    story(
        "The bakery that fed three strikes closes its doors",
        "Harbour Radio",
        9.8,
        "For sixty years the ovens of Wex & Daughters burned through every dispute in the yards."
        " On Saturday the last loaves were given away.",
    ),
    story(
        "Swans block the ring road for an hour",
        "The Ledger",
        30,
        "Nobody was hurt. The swans left when the rain did.",
        (related("Feathered sit-in stops traffic at the east gate", "Evening Bell", 29.5),),
    ),
)

SCIENCE = edition(
    "Science",
    story(
        "A comet nobody ordered brightens faster than forecast",
        "Orbit Weekly",
        6.1,
        "Observers on three continents report the visitor two magnitudes brighter than predicted."
        " It may be seen without a telescope from Thursday, low in the south-west after dusk.",
        (
            related(
                "How to find the new comet this week",
                "Night Sky Notes",
                5.0,
                "Start at the brightest star above the horizon and go a hand's breadth left.",
            ),
        ),
    ),
    story(
        "Study of 4,000 naps finds the second one is rarely worth it",
        "Bulletin of Small Results",
        14.5,
        "Volunteers slept in a former cinema. The authors recommend one nap, before three.",
    ),
)

ISSUE = issue(CITY, SCIENCE)
WELCOME = issue(CITY, SCIENCE, welcome=True)
