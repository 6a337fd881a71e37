"""Finding the feeds behind any web address: what commands and pages ask for. Values in, values out.

Everything is fetched by the guard and read in the parse pool, like a source that is polled.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import datetime

from newsletter.ingest.discover import (
    Candidate,
    common_places,
    is_page,
    linked_candidates,
    told_candidates,
)
from newsletter.ingest.discover_page import Page, read_page
from newsletter.ingest.entries import ReadFeed
from newsletter.ingest.fetch import Fetched, FetchError, FetchPolicy, FetchRequest, fetch_page
from newsletter.ingest.found_feed import FoundFeed, found_feed, ranked
from newsletter.ingest.parse import ParseError
from newsletter.ingest.source_address import web_addresses

# Somebody waits for the answer: less patience than a poll has.
SECONDS = 10.0
STEP_SECONDS = 20.0
WORKERS = 4

FetchPage = Callable[[FetchRequest, FetchPolicy], Fetched]
Read = Callable[[bytes, str, str, datetime], ReadFeed]


@dataclass(frozen=True, slots=True)
class Discovery:
    """The feeds behind an address, the likeliest first; without any, `reason` says why in words.

    `url` is where the address led to; `is_feed` is set when it is a feed's own.
    """

    url: str
    feeds: tuple[FoundFeed, ...] = ()
    reason: str | None = None
    is_feed: bool = False


@dataclass(frozen=True, slots=True)
class DiscoveryTools:
    """How pages and feeds are fetched, what that may do, and how a feed is read."""

    policy: FetchPolicy
    read: Read
    fetch: FetchPage = fetch_page


def discover(typed: str, now: datetime, tools: DiscoveryTools) -> Discovery:
    """The feeds of whatever stands at the address somebody typed, with or without its scheme.

    Takes at most two minutes, also where every server is slow. Raises nothing for what servers do.
    """
    addresses = web_addresses(typed)
    if not addresses:
        return Discovery(
            typed[:200], reason="This is not a web address. It should look like example.com/news."
        )
    address, answer = _first_answer(addresses, tools)
    if isinstance(answer, Fetched):
        return _behind(answer, now, tools)
    if answer.status is None:
        return Discovery(address, reason=answer.reason)
    # A host that keeps its pages from programs, or has none there, may still have feeds.
    feeds = _look_for(common_places(address), now, tools)
    return Discovery(address, feeds, None if feeds else answer.reason)


def look_at(address: str, policy: FetchPolicy, fetch: FetchPage = fetch_page) -> Fetched | FetchError:
    """What stands at an address, or why nothing came within ten seconds."""
    try:
        return fetch(FetchRequest(address), replace(policy, seconds=min(policy.seconds, SECONDS), patience=0))
    except FetchError as error:
        return error


def _first_answer(addresses: Sequence[str], tools: DiscoveryTools) -> tuple[str, Fetched | FetchError]:
    """What the first of these addresses brings that is answered at all; else why the first is not."""
    first = addresses[0], look_at(addresses[0], tools.policy, tools.fetch)
    tried = first
    for address in addresses[1:]:
        if isinstance(tried[1], Fetched) or tried[1].status is not None:
            return tried
        tried = address, look_at(address, tools.policy, tools.fetch)
    return tried if isinstance(tried[1], Fetched) or tried[1].status is not None else first


def _behind(fetched: Fetched, now: datetime, tools: DiscoveryTools) -> Discovery:
    """The feed that was fetched, or those its page leads to."""
    reason = "That is a web page, and no feed was found on it or in the usual places."
    if not is_page(fetched.body):
        own = _read(fetched, Candidate(fetched.moved_to or fetched.url), now, tools)
        if isinstance(own, FoundFeed):
            return Discovery(fetched.url, (own,), is_feed=True)
        reason = f"That is neither a feed nor a page with one. {own}"
    page, url = read_page(fetched.body, fetched.content_type), fetched.url
    feeds: tuple[FoundFeed, ...] = ()
    tried: set[str] = set()
    for step in (told_candidates, linked_candidates, _usual_candidates):
        candidates = [one for one in step(page, url) if one.url not in tried]
        tried.update(one.url for one in candidates)
        feeds = tuple(ranked([*feeds, *_look_for(candidates, now, tools)]))
        if any(not feed.of_comments for feed in feeds):
            break
    return Discovery(url, feeds, None if feeds else reason)


def _usual_candidates(_page: Page, url: str) -> list[Candidate]:
    return common_places(url)


def _look_for(candidates: Sequence[Candidate], now: datetime, tools: DiscoveryTools) -> tuple[FoundFeed, ...]:
    """Those of the candidates that are feeds, in their order; who is not looked at in time is left out."""

    def look(candidate: Candidate) -> FoundFeed | None:
        answer = look_at(candidate.url, tools.policy, tools.fetch)
        if isinstance(answer, FetchError) or is_page(answer.body):
            return None
        told = replace(candidate, url=answer.moved_to or candidate.url)
        found = _read(answer, told, now, tools)
        return found if isinstance(found, FoundFeed) else None

    threads = ThreadPoolExecutor(WORKERS, thread_name_prefix="discover")
    try:
        futures = [threads.submit(look, candidate) for candidate in candidates]
        wait(futures, timeout=STEP_SECONDS)
    finally:
        # What has begun ends within its own limit; what has not is given up.
        threads.shutdown(wait=True, cancel_futures=True)
    results: Iterable[FoundFeed | None] = (one.result() for one in futures if not one.cancelled())
    return tuple(ranked(feed for feed in results if feed is not None))


def _read(fetched: Fetched, candidate: Candidate, now: datetime, tools: DiscoveryTools) -> FoundFeed | str:
    """The feed that was fetched, or why it cannot be read."""
    try:
        feed = tools.read(fetched.body, fetched.url, fetched.content_type, now)
    except ParseError as error:
        return error.reason
    return found_feed(candidate.url, candidate.title, feed, now)
