"""The pages of articles whose sources give only a teaser, where the operator switched that on.

What is read helps to group and to sum up; it is never printed whole. A page is tried at most twice,
apart from polling, a few a minute from each host.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from newsletter.db import Database
from newsletter.ingest.fetch import Fetched, FetchError, FetchPolicy, FetchRequest, fetch_page
from newsletter.ingest.page import Page, RawPage, read_apart
from newsletter.ingest.robots import Robots
from newsletter.ingest.same_page import keep_canonical
from newsletter.models import Article, Source

log = structlog.get_logger()

PAGES = 40
PAGES_A_HOST = 4
WORKERS = 4
# Only news: what was published lately, and came to us just now.
PUBLISHED_WITHIN = timedelta(hours=48)
SEEN_WITHIN = timedelta(hours=3)
RETRY_AFTER = timedelta(hours=1)
MAX_BYTES = 3 * 1024 * 1024
SECONDS = 15.0
_LOOKED_AT = 1_000

FetchPage = Callable[[FetchRequest, FetchPolicy], Fetched]
ReadPages = Callable[[Sequence[RawPage]], list[Page]]


@dataclass(frozen=True, slots=True)
class WantedPage:
    """An article whose page is to be read."""

    article_id: int
    url: str


def fetch_html(request: FetchRequest, policy: FetchPolicy) -> Fetched:
    """A page, as far as anybody would read it. Raises `FetchError`."""
    return fetch_page(request, replace(policy, max_bytes=MAX_BYTES, seconds=min(policy.seconds, SECONDS)))


def robots_of(policy: FetchPolicy, fetch: FetchPage = fetch_html) -> Robots:
    """What sites allow, asked by the same guard. Whoever reads pages keeps it: it remembers for a day."""
    return Robots(lambda url: fetch(FetchRequest(url), replace(policy, seconds=SECONDS)))


def read_full_texts(
    db: Database,
    now: datetime,
    policy: FetchPolicy,
    robots: Robots,
    *,
    fetch: FetchPage = fetch_html,
    read: ReadPages = read_apart,
) -> int:
    """Fetch and read the pages that are wanted now; of how many there is a text. Raises database errors."""
    with db.write() as session:
        wanted = claim_pages(session, now)
    found = _fetch_all(wanted, now, policy, robots, fetch)
    pages = dict(zip(found, read(list(found.values())), strict=True))
    with_text = {number: page for number, page in pages.items() if page.text}
    for number, page in with_text.items():
        with db.write() as session:
            store_page(session, number, page)
    if wanted:
        log.info("pages read", wanted=len(wanted), fetched=len(found), with_text=len(with_text))
    return len(with_text)


def claim_pages(session: Session, now: datetime) -> list[WantedPage]:
    """The pages to be tried now, at most 4 a host and 40 in all, newest first; noted as tried at once."""
    waiting = (
        select(Article.id, Article.url, Article.first_seen_at, Article.full_text_at)
        .join(Source, Source.id == Article.source_id)
        .where(Source.full_text, Article.full_text == "", Article.published_at > now - PUBLISHED_WITHIN)
        .where(Article.first_seen_at > now - SEEN_WITHIN)
        .where(or_(Article.full_text_at.is_(None), Article.full_text_at <= now - RETRY_AFTER))
        .order_by(Article.published_at.desc(), Article.id.desc())
        .limit(_LOOKED_AT)
    )
    untried = (
        WantedPage(row.id, row.url)
        for row in session.execute(waiting)
        if row.full_text_at is None or row.full_text_at - row.first_seen_at < RETRY_AFTER
    )
    wanted = _few_of_each_host(untried)
    if wanted:
        tried = update(Article).where(Article.id.in_([one.article_id for one in wanted]))
        session.execute(tried.values(full_text_at=now), execution_options={"synchronize_session": False})
    return wanted


def store_page(session: Session, article_id: int, page: Page) -> None:
    """Keep what a page says with its article, if that is still there."""
    article = session.get(Article, article_id)
    if article is None:
        return
    first, _, rest = page.text.partition("\n")
    article.full_text = rest if first.casefold() == article.title.casefold() else page.text
    session.flush()
    if page.canonical_url and page.canonical_url != article.canonical_url:
        keep_canonical(session, article, page.canonical_url)


def _few_of_each_host(pages: Iterable[WantedPage]) -> list[WantedPage]:
    hosts: Counter[str] = Counter()
    chosen: list[WantedPage] = []
    for page in pages:
        host = _host(page.url)
        if len(chosen) < PAGES and hosts[host] < PAGES_A_HOST:
            hosts[host] += 1
            chosen.append(page)
    return chosen


def _fetch_all(
    wanted: Sequence[WantedPage], now: datetime, policy: FetchPolicy, robots: Robots, fetch: FetchPage
) -> dict[int, RawPage]:
    """The pages that came, by article; hosts side by side, each asked for one page after the other."""
    hosts: dict[str, list[WantedPage]] = defaultdict(list)
    for page in wanted:
        hosts[_host(page.url)].append(page)

    def fetch_of_host(pages: list[WantedPage]) -> list[tuple[int, RawPage]]:
        found = ((page.article_id, _fetch_one(page.url, now, policy, robots, fetch)) for page in pages)
        return [(number, raw) for number, raw in found if raw is not None]

    if not hosts:
        return {}
    with ThreadPoolExecutor(WORKERS, thread_name_prefix="page") as threads:
        return dict(pair for pairs in threads.map(fetch_of_host, hosts.values()) for pair in pairs)


def _fetch_one(
    url: str, now: datetime, policy: FetchPolicy, robots: Robots, fetch: FetchPage
) -> RawPage | None:
    """The page at `url`; None where it is forbidden, no page, or cannot be had."""
    try:
        if not robots.allow(url, now):
            return None
        page = fetch(FetchRequest(url), policy)
        if "html" not in (page.content_type or "html").lower():
            return None
        # A redirect may have led to where we are not wanted.
        return RawPage(page.url, page.body) if page.url == url or robots.allow(page.url, now) else None
    except FetchError as error:
        log.debug("page not fetched", reason=error.reason)
    except Exception:
        log.exception("page failed unexpectedly")
    return None


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""
