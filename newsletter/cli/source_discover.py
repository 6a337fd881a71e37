"""`newsletter source discover`, and looking at an address before it becomes a source's."""

import json
from datetime import datetime
from typing import Any, NoReturn

import click

from newsletter.cli.context import Tools, fail, now_option, pass_tools
from newsletter.cli.plain import plain
from newsletter.ingest.discover import is_page
from newsletter.ingest.discovery import Discovery, DiscoveryTools, discover, look_at
from newsletter.ingest.fetch import Fetched, FetchPolicy
from newsletter.ingest.found_feed import FoundFeed
from newsletter.ingest.parse_pool import ParsePool
from newsletter.ingest.source_address import source_address, web_addresses


@click.command("discover")
@click.argument("url")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@now_option
@pass_tools
def discover_command(tools: Tools, url: str, as_json: bool, now: datetime) -> None:
    """Find the feeds of the web page at URL: what each is called, its last entry, how busy it is.

    Any page will do, https:// may be left out, and a feed's own address is fine, too.

    Example: newsletter source discover example.com
    """
    found = _find(tools, url, now)
    if as_json:
        click.echo(json.dumps(_as_json(found), ensure_ascii=False, indent=2))
    elif found.feeds:
        click.echo("\n\n".join(_in_words(feed) for feed in found.feeds))
        click.echo(f"\nAdd one with: {_add(found.feeds[0])}")
    if not found.feeds:
        fail(f"no feed found at {plain(found.url)}. {plain(found.reason or '')}")


def require_feed(tools: Tools, url: str, now: datetime) -> str | None:
    """Look at an address before it becomes a source's: what kept us from looking, in words, or None.

    Ends the command where a web page stands, naming the feeds behind it.
    """
    address = source_address(url)
    if address is None:
        # Perhaps without its scheme; what is no address at all, adding refuses in its own words.
        return _name_feeds(url, _find(tools, url, now)) if web_addresses(url) else None
    answer = look_at(address, policy_of(tools))
    if not isinstance(answer, Fetched):
        return answer.reason
    return _name_feeds(url, _find(tools, url, now)) if is_page(answer.body) else None


def policy_of(tools: Tools) -> FetchPolicy:
    """What the settings say about fetching."""
    return FetchPolicy(base_url=tools.settings.base_url, allow_networks=tools.settings.fetch_allow_networks)


def _find(tools: Tools, url: str, now: datetime) -> Discovery:
    with ParsePool() as pool:
        return discover(url, now, DiscoveryTools(policy_of(tools), pool.read))


def _name_feeds(url: str, found: Discovery) -> NoReturn:
    if not found.feeds:
        fail(f"{plain(url)} was not added. {plain(found.reason or '')}")
    what = (
        "is not the whole address of its feed. Add it with:"
        if found.is_feed
        else "is a web page, not a feed. These are its feeds; add one with:"
    )
    fail(
        "\n  ".join(
            [f"{plain(url)} {what}", *(f"{_add(feed)}    {plain(feed.title)}" for feed in found.feeds)]
        )
    )


def _add(feed: FoundFeed) -> str:
    return f"newsletter source add {plain(feed.url)} --topic SLUG"


def _in_words(feed: FoundFeed) -> str:
    kind = " (what readers say, not news)" if feed.of_comments else ""
    last = f"last entry {feed.last_entry:%Y-%m-%d %H:%M}" if feed.last_entry else "entries without dates"
    busy = "" if feed.a_week is None else f", {_rate(feed.a_week)} a week"
    pace = f"{last}{busy}" if feed.entries else "no entries"
    return "\n".join([f"{plain(feed.title)}{kind}", f"  {plain(feed.url)}", f"  {pace}", *_samples(feed)])


def _samples(feed: FoundFeed) -> list[str]:
    return [f"  - {plain(title)[:100]}" for title in feed.sample if title]


def _rate(a_week: float) -> str:
    return f"about {a_week:.0f}" if a_week >= 1 else "less than 1"


def _as_json(found: Discovery) -> dict[str, Any]:
    feeds = [
        {
            "url": feed.url,
            "title": feed.title,
            "language": feed.language,
            "last_entry": feed.last_entry.isoformat() if feed.last_entry else None,
            "entries_a_week": None if feed.a_week is None else round(feed.a_week, 2),
            "entries": feed.entries,
            "sample": list(feed.sample),
            "comments": feed.of_comments,
        }
        for feed in found.feeds
    ]
    return {"url": found.url, "is_feed": found.is_feed, "feeds": feeds, "reason": found.reason}
