"""`newsletter source show` and `full-text`: all there is to know of one source, and its one switch."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import click
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter.cli.context import Tools, fail, now_option, pass_tools
from newsletter.cli.plain import plain
from newsletter.cli.source_list import ago, state_of
from newsletter.ingest.diagnosis import spoken
from newsletter.ingest.interval import LONGEST
from newsletter.ingest.shares import Share, shares_of
from newsletter.ingest.source_address import source_address
from newsletter.ingest.wellbeing import Wellbeing, wellbeing
from newsletter.models import Source, SourceHub, SourceStatus

_SHOWN_DAYS = 7


@click.command("show")
@click.argument("url")
@now_option
@pass_tools
def show_command(tools: Tools, url: str, now: datetime) -> None:
    """Show all there is to know of the source at URL: its polls, its habits, its share of the editions.

    In place of its address its name will do, as newsletter source list shows it.
    """
    with tools.database.read() as session:
        source = named_source(session, url)
        (being,) = wellbeing(session, [source], now)
        lines = [
            *_identity(being),
            *_polls(being, now),
            *_habits(being),
            *_shares(shares_of(session, source.id)),
            ("Hub", _hub(session.get(SourceHub, source.id))),
            ("Full text", "its articles' pages are read" if source.full_text else "off"),
        ]
    for name, value in lines:
        click.echo(f"{name and f'{name}:':<18}{plain(value)}")


@click.command("full-text")
@click.argument("url")
@click.option("--on/--off", "wanted", required=True, help="Read the pages of its articles, or do so no more.")
@pass_tools
def full_text_command(tools: Tools, url: str, wanted: bool) -> None:
    """Have the pages of a source's articles read, where its feed gives only teasers.

    What stands there helps to group and to sum up; it is not printed. A site's robots.txt is obeyed.
    """
    with tools.database.write() as session:
        source = named_source(session, url)
        source.full_text = wanted
        name = source.name
    click.echo(f"{plain(name)}: full text is {'on' if wanted else 'off'}.")


def named_source(session: Session, url: str) -> Source:
    """The source of this address, or else of this name; ends the command when there is none."""
    found = session.scalar(select(Source).where(Source.url.in_([url, source_address(url) or url])))
    if found is not None:
        return found
    named = session.scalars(select(Source).where(func.lower(Source.name) == url.lower())).all()
    if len(named) > 1:
        fail(f"{len(named)} sources are called {url}. Give the address of one.")
    return named[0] if named else fail(f"There is no source {url}. See: newsletter source list")


_Lines = Iterator[tuple[str, str]]


def _identity(being: Wellbeing) -> _Lines:
    source = being.source
    yield "Source", source.name
    yield "Address", source.url
    yield "Site", source.site_url or "unknown"
    yield "Topics", ", ".join(topic.slug for topic in source.topics) or "none"
    yield "State", state_of(being)
    if being.diagnosis:
        yield "", being.diagnosis.why
        yield "What to do", being.diagnosis.remedy
    if source.moved_to:
        yield "Moved", f"to {source.moved_to}, as {source.moved_times} answers in a row said"


def _polls(being: Wellbeing, now: datetime) -> _Lines:
    source = being.source
    for name, moment in (
        ("Last try", source.last_polled_at),
        ("Last success", source.last_success_at),
        ("Last new article", source.last_new_at),
    ):
        yield name, f"{spoken(moment)}, {ago(moment, now)} ago" if moment else "never"
    if source.failure:
        yield "Failures", f"{source.failures} in a row. {source.failure}"
    gone = source.status == SourceStatus.GONE
    yield "Next try", "none" if gone else spoken(source.next_poll_at)
    yield "Interval", f"{_duration(source.interval)}, {_why(source)}"


def _habits(being: Wellbeing) -> _Lines:
    habits = being.habits
    yield "New a day", f"{_number(habits.lately)} in the last week, usually {_number(habits.usual)}"
    week = being.days[-_SHOWN_DAYS:]
    yield "By day", ", ".join(f"{day.date:%d.%m.}: {day.new}" for day in week) or "nothing yet"
    yield "Undated", f"{_share(habits.undated)} of the entries of the last week"
    yield "Other guids", f"{_share(habits.churned)} of them came under another guid than before"


def _shares(shares: list[Share]) -> _Lines:
    for number, share in enumerate(shares):
        part = f"{share.own} of {share.articles} articles"
        percent = f" ({share.own / share.articles:.0%})" if share.articles else ""
        yield (
            "" if number else "In editions",
            f"{share.topic}: {part}{percent} of the last {share.editions} editions",
        )


def _hub(hub: SourceHub | None) -> str:
    if hub is None:
        return "none; it is polled"
    until = f" until {spoken(hub.lease_until)}" if hub.lease_until else ""
    told = f", last word {spoken(hub.told_at)}" if hub.told_at else ""
    return f"{hub.hub} ({hub.state}{until}{told}){'. ' + hub.failure if hub.failure else ''}"


def _why(source: Source) -> str:
    if source.last_success_at is None:
        return "until it has been read"
    if source.asked_interval and source.interval <= source.asked_interval:
        return "as its feed or its server asks"
    if source.interval >= LONGEST.total_seconds():
        return "the longest there is, for it publishes rarely"
    return "learnt from how often it publishes"


def _duration(seconds: int) -> str:
    hours, minutes = divmod(timedelta(seconds=seconds) // timedelta(minutes=1), 60)
    return " ".join(part for part in (f"{hours} h" * bool(hours), f"{minutes} min" * bool(minutes)) if part)


def _number(daily: float | None) -> str:
    return "unknown yet" if daily is None else f"{daily:.1f}"


def _share(share: float | None) -> str:
    return "none" if not share else f"{share:.0%}"
