"""Pages of articles: fetched from a real server, read in a child, kept with the article, never printed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from newsletter.child import ChildFailed
from newsletter.db import Database
from newsletter.ingest.fetch import Fetched, FetchPolicy, FetchRequest
from newsletter.ingest.full_text import fetch_html, read_full_texts, robots_of
from newsletter.ingest.page import MAX_TEXT, Page, RawPage, read_apart, read_page
from newsletter.models import Article, ArticleSighting, Source
from tests.ingest.builders import entry
from tests.ingest.polling import HOUR, add, articles, count
from tests.ingest.server import FeedServer
from tests.ingest.test_near import STORY
from tests.ingest.test_store import store

MINUTE = timedelta(minutes=1)


def html(*paragraphs: str, head: str = "") -> bytes:
    text = "".join(f"<p>{one}</p>" for one in paragraphs)
    return (
        f"<html><head><title>News</title>{head}</head><body><nav><a href='/'>Home</a> Menu</nav>"
        f"<article><h1>News</h1>{text}</article><footer>Imprint and cookies</footer></body></html>"
    ).encode()


def read_here(pages: Sequence[RawPage]) -> list[Page]:
    return [read_page(one) for one in pages]


def teasing(db: Database, now: datetime, name: str = "feed") -> int:
    number = add(db, f"https://example.com/{name}", now)
    with db.write() as session:
        session.get_one(Source, number).full_text = True
    return number


def read(db: Database, policy: FetchPolicy, now: datetime) -> int:
    return read_full_texts(db, now, policy, robots_of(policy), read=read_here)


def stand(db: Database, source: int, now: datetime, *urls: str, title: str = "News") -> None:
    store(db, source, [replace(entry(url, title), published_at=now) for url in urls], now)


def asked_for(server: FeedServer) -> list[str]:
    return [one.path for one in server.requests if one.path != "/robots.txt"]


def test_the_text_of_a_page_is_kept_without_what_stands_around_it(
    any_db: Database, server: FeedServer, policy: FetchPolicy, now: datetime
) -> None:
    url = server.serve("/1", html(STORY, STORY[::-1]), Content_Type="text/html")
    stand(any_db, teasing(any_db, now), now, url)

    assert read_full_texts(any_db, now, policy, robots_of(policy)) == 1

    (article,) = articles(any_db)
    assert article.full_text == f"{STORY}\n{STORY[::-1]}"
    assert article.full_text_at == now


def test_pages_are_read_only_where_the_operator_wants_it(
    db: Database, server: FeedServer, policy: FetchPolicy, now: datetime
) -> None:
    stand(db, add(db, "https://example.com/feed", now), now, server.serve("/1", html(STORY)))

    assert read(db, policy, now) == 0
    assert server.requests == []


def test_only_news_is_read(db: Database, server: FeedServer, policy: FetchPolicy, now: datetime) -> None:
    source = teasing(db, now)
    store(db, source, [replace(entry(server.url("/old")), published_at=now - timedelta(days=3))], now)
    stand(db, source, now - HOUR * 4, server.url("/late"))

    read(db, policy, now)

    assert server.requests == []


def test_robots_are_obeyed_where_a_redirect_leads_too(
    db: Database, server: FeedServer, policy: FetchPolicy, now: datetime
) -> None:
    server.serve("/robots.txt", b"User-agent: *\nDisallow: /members/\n")
    members = server.serve("/members/1", html(STORY))
    source = teasing(db, now)
    stand(db, source, now, members, server.serve("/go", status=302, Location="/members/1"))

    assert read(db, policy, now) == 0
    assert [one.full_text for one in articles(db)] == ["", ""]
    assert asked_for(server).count("/go") == 1


def test_a_page_is_tried_twice_and_no_more(
    any_db: Database, server: FeedServer, policy: FetchPolicy, now: datetime
) -> None:
    stand(any_db, teasing(any_db, now), now, server.serve("/1", status=503))
    for minutes in range(0, 300, 10):
        assert read(any_db, policy, now + MINUTE * minutes) == 0

    assert asked_for(server) == ["/1", "/1"]


def test_a_host_is_asked_for_a_few_pages_a_minute(
    db: Database, server: FeedServer, policy: FetchPolicy, now: datetime
) -> None:
    urls = [server.serve(f"/{number}", html(STORY)) for number in range(6)]
    stand(db, teasing(db, now), now, *urls)

    assert read(db, policy, now) == 4
    assert read(db, policy, now + MINUTE) == 2
    assert sorted(asked_for(server)) == [f"/{number}" for number in range(6)]


@pytest.mark.parametrize("body", [b"", b"\x00\xff", b"<p>", b"{}"])
def test_what_is_no_page_gives_no_text(
    db: Database, server: FeedServer, policy: FetchPolicy, now: datetime, body: bytes
) -> None:
    stand(db, teasing(db, now), now, server.serve("/1", body))

    assert read(db, policy, now) == 0


def test_pictures_and_programs_are_not_read(
    db: Database, server: FeedServer, policy: FetchPolicy, now: datetime
) -> None:
    stand(db, teasing(db, now), now, server.serve("/1", html(STORY), Content_Type="application/pdf"))

    assert read(db, policy, now) == 0


def test_a_long_page_is_cut() -> None:
    assert (
        len(
            read_page(
                RawPage("https://example.com/1", html(*(f"{number}. {STORY}" for number in range(100))))
            ).text
        )
        == MAX_TEXT
    )


@pytest.mark.parametrize(
    ("link", "canonical"),
    [
        ("/news/1#top", "https://example.com/news/1"),
        ("https://example.com/news/1?utm_source=x", "https://example.com/news/1"),
        ("https://example.org/news/1", None),
        ("https://example.com/", None),
        ("javascript:alert(1)", None),
    ],
    ids=["relative", "tracked", "foreign", "front", "script"],
)
def test_a_page_tells_its_address_on_its_own_host(link: str, canonical: str | None) -> None:
    body = html(STORY, head=f"<link rel='Canonical' href='{link}'>")

    assert read_page(RawPage("https://example.com/1?x=2", body)).canonical_url == canonical


def test_a_page_that_harms_its_reader_costs_the_others_nothing() -> None:
    good, bad = RawPage("https://example.com/1", html(STORY)), RawPage("https://example.com/2", b"harm")

    def run(_function: object, pages: list[RawPage], seconds: float) -> list[Page]:
        if bad in pages:
            raise ChildFailed(f"took longer than {seconds:.0f} s and was stopped")
        return read_here(pages)

    first, second, third = read_apart([good, bad, good], run)

    assert first.text == third.text != ""
    assert second == Page()


def serve_canonical(server: FeedServer, path: str) -> str:
    link = f"<link rel='canonical' href='{server.url('/news/1')}'>"
    return server.serve(path, html(STORY, head=link))


def test_the_pages_own_address_is_what_the_article_is_known_by(
    any_db: Database, server: FeedServer, policy: FetchPolicy, now: datetime
) -> None:
    url = serve_canonical(server, "/go?id=1")
    source = teasing(any_db, now)
    stand(any_db, source, now, url)
    read(any_db, policy, now)

    (article,) = articles(any_db)
    assert (article.url, article.canonical_url) == (url, server.url("/news/1"))
    again = store(any_db, source, [replace(entry(url), published_at=now)], now)
    assert (len(again.seen), again.changed, again.new) == (1, (), ())
    other = add(any_db, "https://example.com/other", now)
    assert len(store(any_db, other, [entry(server.url("/news/1"))], now).seen) == 1


def test_two_articles_with_one_page_become_one(
    any_db: Database, server: FeedServer, policy: FetchPolicy, now: datetime
) -> None:
    plain = add(any_db, "https://example.com/other", now)
    stand(any_db, plain, now, server.url("/news/1"))
    stand(any_db, teasing(any_db, now), now, serve_canonical(server, "/go"))
    assert count(any_db, Article) == 2

    read(any_db, policy, now)

    (article,) = articles(any_db)
    assert (article.source_id, article.full_text) == (plain, STORY)
    assert count(any_db, ArticleSighting) == 2


def test_an_overview_does_not_swallow_its_articles(
    db: Database, server: FeedServer, policy: FetchPolicy, now: datetime
) -> None:
    stand(db, add(db, "https://example.com/o", now), now, server.url("/news/1"), title="All of the harbour")
    stand(db, teasing(db, now), now, serve_canonical(server, "/go"), title="Crane saved at night")

    read(db, policy, now)

    assert count(db, Article) == 2


def test_a_fault_in_fetching_ends_at_its_page(
    db: Database, server: FeedServer, policy: FetchPolicy, now: datetime
) -> None:
    stand(db, teasing(db, now), now, server.serve("/1", html(STORY)), server.url("/2"))

    def fetch(request: FetchRequest, policy: FetchPolicy) -> Fetched:
        if request.url.endswith("/2"):
            raise LookupError("nobody foresaw this")
        return fetch_html(request, policy)

    assert read_full_texts(db, now, policy, robots_of(policy), fetch=fetch, read=read_here) == 1


def test_an_edit_leaves_the_text_of_the_page(
    db: Database, server: FeedServer, policy: FetchPolicy, now: datetime
) -> None:
    source = teasing(db, now)
    stand(db, source, now, server.serve("/1", html(STORY)))
    read(db, policy, now)
    with db.write() as session:
        session.execute(update(Article).values(content_hash="another"))

    stand(db, source, now, server.url("/1"))

    assert articles(db)[0].full_text == STORY
