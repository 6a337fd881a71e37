"""The archive's months and editions, its search page, and what a visitor is shown of them."""

from datetime import date, timedelta
from urllib.parse import quote

import pytest
from lxml import html
from sqlalchemy import select

from newsletter import jobs
from newsletter.mail.languages import LANGUAGES
from newsletter.models import Edition, Topic
from newsletter.web.months import Month, read_month
from tests.web.builders import add_edition, add_source
from tests.web.conftest import Site
from tests.web.strings import shared_strings
from tests.web.test_hostile_input import scripts
from tests.web.test_story_page import text_of


@pytest.fixture
def months(site: Site) -> Site:
    """Editions of the world in September and November, two of each."""
    with site.database.write() as session:
        world = session.scalars(select(Topic).where(Topic.slug == "world")).one()
        herald = add_source(session, "Night Herald")
        for day in (date(2026, 9, 1), date(2026, 9, 30), date(2026, 11, 1)):
            add_edition(session, world, day, [[(herald, f"News of {day}")]])
    jobs.index_stories(site.database)
    return site


def links(site: Site, path: str, xpath: str) -> list[str]:
    return list(html.fromstring(site.client().get(path).text).xpath(f"{xpath}/@href"))


def test_the_archive_opens_with_the_newest_month_and_turns_to_those_with_editions(months: Site) -> None:
    page = months.client().get("/archive")
    assert text_of(page, "//caption") == ["November 2026"]
    assert links(months, "/archive", "//nav[@class='turn']/a") == ["/archive/2026-09"]
    assert links(months, "/archive/2026-09", "//nav[@class='turn']/a") == ["/archive/2026-11"]
    assert links(months, "/archive/2026-09", "//table//a") == ["#day-2026-09-01", "#day-2026-09-30"]
    assert text_of(months.client().get("/archive/2026-09"), "//section//li") == [
        "World News of 2026-09-30",
        "World News of 2026-09-01",
    ]


def test_a_topics_days_lead_to_its_editions(months: Site) -> None:
    assert links(months, "/archive/world", "//table//a") == [
        "/archive/world/2026-11-01",
        "/archive/world/2026-11-22",
    ]
    assert links(months, "/archive/world/2026-09", "//section//li/a") == [
        "/archive/world/2026-09-30",
        "/archive/world/2026-09-01",
    ]
    assert links(months, "/archive/science", "//nav[@class='turn']/a") == []


def test_an_edition_leads_to_the_one_before_and_the_one_after(months: Site) -> None:
    assert links(months, "/archive/world/2026-11-01", "//nav[@class='turn']/a") == [
        "/archive/world/2026-09-30",
        "/archive/world/2026-11-22",
    ]


def test_what_is_withheld_stands_nowhere(months: Site) -> None:
    with months.database.write() as session:
        for edition in session.scalars(select(Edition).where(Edition.date < date(2026, 11, 1))):
            edition.status = "held"
    client = months.client()
    assert client.get("/archive/2026-09").status_code == 404
    assert client.get("/archive/world/2026-09-30").status_code == 404
    assert client.get("/archive/world/2026-09-30/share.png").status_code == 404
    for path in ("/archive", "/feed.atom", "/feed.json", "/sitemap.xml", "/search?q=news"):
        assert "2026-09" not in client.get(path).text, path


@pytest.mark.parametrize(
    "path", ["2026-13", "2026-00", "0000-01", "1899-12", "2026-10", "9999-12", "nothing"]
)
def test_a_month_that_is_none_or_had_no_edition_is_no_page(months: Site, path: str) -> None:
    assert months.client().get(f"/archive/{path}").status_code == 404
    assert months.client().get(f"/archive/world/{path}").status_code == 404


def test_a_topic_without_an_edition_says_so(site: Site) -> None:
    page = site.client().get("/archive/sport")
    assert page.status_code == 200
    assert "There are no editions here yet." in page.text


@pytest.mark.parametrize(("language", "first"), [("en", "Mo"), ("de", "Mo"), ("ar", "سبت")])
def test_weeks_begin_as_the_language_has_it(site: Site, language: str, first: str) -> None:
    page = site.client().get("/archive", headers={"Accept-Language": language})
    assert text_of(page, "//table//th")[0].startswith(first)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_day_of_a_month_stands_in_its_weeks_once(language: str) -> None:
    for number in range(1, 13):
        month = Month(date(2026, number, 1))
        days = [day for week in month.weeks(language) for day in week if day]
        assert days == [month.first + timedelta(days=i) for i in range((month.after - month.first).days)]
        assert all(len(week) == 7 for week in month.weeks(language))
        assert read_month(str(month)) == month


def test_a_search_shows_headline_source_date_topic_and_the_words_marked(months: Site) -> None:
    page = months.client().get("/search?q=Storm")
    (result,) = html.fromstring(page.text).xpath("//article")
    assert [mark.text for mark in result.xpath(".//mark")] == ["Storm", "storm"]
    assert " ".join(result.text_content().split()) == (
        "Storm closes the northern ports for a second day Harbour Herald · Sunday, 22 November 2026 · World "
        "What is known so far about this: storm closes the northern ports for a second day."
    )
    assert text_of(page, "//p[@role='status']") == ["One story"]


def test_a_report_below_the_lead_is_shown_where_only_it_says_what_was_asked(months: Site) -> None:
    page = months.client().get("/search?q=simpler")
    assert text_of(page, "//article/h2") == ["Signing in gets simpler"]


def test_a_search_can_be_narrowed_to_a_topic_and_put_in_order_by_date(months: Site) -> None:
    client = months.client()
    assert len(text_of(client.get("/search?q=news"), "//article")) == 3
    assert text_of(client.get("/search?q=news&topic=science"), "//article") == []
    newest = text_of(client.get("/search?q=news&order=newest"), "//article/h2")
    assert newest == ["News of 2026-11-01", "News of 2026-09-30", "News of 2026-09-01"]
    assert links(months, "/search?q=news&order=newest", "//nav//li/a[@aria-current]") == [
        "/search?q=news&order=newest",
        "/search?q=news&order=newest",
    ]


def test_many_results_come_a_page_at_a_time(months: Site) -> None:
    with months.database.write() as session:
        world = session.scalars(select(Topic).where(Topic.slug == "world")).one()
        source = add_source(session, "Ticker")
        add_edition(session, world, date(2026, 8, 1), [[(source, f"Bulletin {n}")] for n in range(45)])
    jobs.index_stories(months.database)
    seen: list[str] = []
    path: str | None = "/search?q=bulletin"
    while path:
        seen += text_of(months.client().get(path), "//article/h2")
        path = next(iter(links(months, path, "//a[@rel='next']")), None)
    assert len(seen) == len(set(seen)) == 45
    assert links(months, "/search?q=bulletin&page=2", "//a[@rel='prev']") == ["/search?q=bulletin"]


def test_no_question_brings_an_error_or_runs(months: Site) -> None:
    client = months.client()
    odd = [
        "",
        " ",
        '"',
        "a\0b",
        "x" * 10_000,
        '" OR 1=1 --',
        "<script>alert(1)</script>",
        "{{7*7}}",
        "-",
        "%",
    ]
    for text in (*odd, *shared_strings()[::5]):
        answer = client.get(f"/search?q={quote(text.encode('utf-8', 'replace'))}")
        assert answer.status_code == 200, text
        assert scripts(answer.data) == [], text
        assert "49" not in answer.text or "49" in text
    for wrong in ("0", "51", "-1", "x", "1e9", "9" * 50, ""):
        assert client.get(f"/search?q=news&page={wrong}").status_code == 404


def test_a_search_says_how_to_ask_when_nothing_is_found(site: Site) -> None:
    assert "Nothing was found." in site.client().get("/search?q=zebra").text
    assert "There is no word in that to look for." in site.client().get("/search?q=%21%21").text
    assert site.client().get("/search?q=zebra").headers["X-Robots-Tag"] == "noindex"
