"""`newsletter edition`: close, look at, hold back and let go the editions of topics."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import click
from rich.table import Table
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter import jobs
from newsletter.branding import branded_publication
from newsletter.cli.console import console
from newsletter.cli.context import Tools, fail, now_option, pass_tools
from newsletter.cli.factors import factor_table
from newsletter.cli.preview import made_up, serve_preview
from newsletter.editions import build, review
from newsletter.editions.content import edition_content
from newsletter.editions.due import cutoff_of, newest_cutoff
from newsletter.mail.issue import EditionContent, Publication, StoryContent
from newsletter.mail.lengths import STANDARD
from newsletter.mail.proof import proof_issue
from newsletter.meaning import meaning_of
from newsletter.models import Edition, Story, Topic
from newsletter.publication import publication_of

_DAY = click.DateTime(["%Y-%m-%d"])
_day_argument = click.argument("day", metavar="[DATE]", required=False, type=_DAY)
_topic_argument = click.argument("slug", metavar="TOPIC")


@click.group("edition")
def group() -> None:
    """Make and review editions: one topic's stories of one date.

    Editions close by themselves at their topic's cut-off while the service runs. TOPIC is a topic's
    short name, as `newsletter topic list` shows it; DATE is written 2026-11-22 and means the newest
    edition when left out.
    """


@group.command()
@click.option("--topic", "slug", required=True, metavar="SLUG", help="The topic's short name.")
@click.option(
    "--date", "day", type=_DAY, metavar="DATE", help="The edition's date (default: the newest due)."
)
@now_option
@pass_tools
def close(tools: Tools, slug: str, day: datetime | None, now: datetime) -> None:
    """Make a topic's edition now, when its cut-off has passed.

    Groups the topic's articles into stories, leaves out what earlier editions printed, and publishes
    the result. An edition that exists already is never changed.
    """
    with tools.database.read() as session:
        due = _due(_topic(session, slug), day.date() if day else None, now)
        existing = build.find_edition(session, due.topic_id, due.date)
        if existing is not None:
            click.echo(f"The edition of {slug} of {due.date} exists already; it stays as it is.")
            return
        window = timedelta(hours=tools.settings.story_window_hours)
        meaning = meaning_of(tools.settings, now.date())
        plan = build.plan_edition(session, due.topic_id, due.date, due.cutoff, now, window, meaning=meaning)
    with tools.database.write() as session:
        edition = build.store_edition(session, plan, now)
        if edition is None:
            click.echo(f"Nothing new to say about {slug} on {due.date}: no edition was made.")
            return
    jobs.render_edition(tools.database, edition.id)
    click.echo(f"Closed the edition of {slug} of {due.date}: {_stories(len(plan.stories))}.")


@group.command("list")
@click.option("--topic", "slug", metavar="SLUG", help="Only this topic's editions.")
@click.option("--limit", default=30, show_default=True, type=click.IntRange(1, 1000), help="At most so many.")
@pass_tools
def list_editions(tools: Tools, slug: str | None, limit: int) -> None:
    """List editions, the newest first."""
    with tools.database.read() as session:
        query = (
            select(Edition, Topic.slug, func.count(Story.id))
            .join(Topic, Topic.id == Edition.topic_id)
            .outerjoin(Story, Story.edition_id == Edition.id)
            .group_by(Edition.id, Topic.slug, Topic.position)
            .order_by(Edition.date.desc(), Topic.position, Topic.slug)
        )
        if slug is not None:
            query = query.where(Edition.topic_id == _topic(session, slug).id)
        rows = session.execute(query.limit(limit)).all()
        if not rows:
            click.echo("There is no edition yet. Editions close at their topic's cut-off.")
            return
        table = Table("Date", "Topic", "Stories", "Status", "Closed (UTC)", box=None)
        for edition, topic, stories in rows:
            table.add_row(str(edition.date), topic, str(stories), edition.status, _minute(edition.closed_at))
        console.print(table)


@group.command()
@_topic_argument
@_day_argument
@pass_tools
def show(tools: Tools, slug: str, day: datetime | None) -> None:
    """Show an edition's stories with their related coverage, and what put them in their order.

    The table at the end says what each factor added to a story's score: how many sources tell it in
    their own words, how fresh it is at the cut-off, its sources' record, how it fits the topic, how
    fast it grows, picture and text, that it continues a printed story, and (taken off) how near it is
    to a better story.
    """
    with tools.database.read() as session:
        edition = _edition(session, slug, day)
        content = edition_content(session, edition)
        closed = f"closed {_minute(edition.closed_at)} UTC"
        click.echo(f"{content.topic_name}, {content.date} ({edition.status}, {closed})")
        for number, story in enumerate(content.stories, 1):
            click.echo(_described(number, story, content))
        click.echo()
        console.print(factor_table(edition.stories))


@group.command()
@click.option("--html", "form", flag_value="html", help="Print the HTML part instead.")
@click.option("--text", "form", flag_value="text", help="Print the text part instead.")
@click.argument("slug", metavar="[TOPIC]", required=False)
@_day_argument
@pass_tools
def preview(tools: Tools, form: str | None, slug: str | None, day: datetime | None) -> None:
    """Show an issue of an edition in the browser, in every shape: wide, on a phone, dark, as text.

    The page follows what you change in templates/email. Without TOPIC, or while the topic has no
    edition, the news in it are made up. With --html or --text the edition is printed as mails carry it.
    """
    if form is None:
        _show_preview(tools, slug, day)
        return
    if slug is None:
        raise click.UsageError("Say which TOPIC's edition is to be printed.")
    with tools.database.read() as session:
        edition = _edition(session, slug, day)
        proof = proof_issue(
            _publication(tools), [edition_content(session, edition)], edition.language, STANDARD
        )
        click.echo(proof.rendered.html if form == "html" else proof.rendered.text)


def _show_preview(tools: Tools, slug: str | None, day: datetime | None) -> None:
    if slug is None or not _any_edition(tools, slug, day):
        serve_preview(_publication(tools), "Made-up news", made_up(tools.settings))
        return

    def load(_language: str) -> list[EditionContent]:
        with tools.database.read() as session:
            return [edition_content(session, _edition(session, slug, day))]

    (content,) = load("en")
    serve_preview(_publication(tools), f"{content.topic_name}, {content.date}", load)


def _publication(tools: Tools) -> Publication:
    """The publication as mails show it; the database is only asked for a logo, if there is one."""
    if tools.settings.logo is None:
        return publication_of(tools.settings)
    return branded_publication(tools.settings, tools.database, lambda: datetime.now(UTC))


def _any_edition(tools: Tools, slug: str, day: datetime | None) -> bool:
    """Whether the topic has the edition asked for; a date without one ends the command."""
    with tools.database.read() as session:
        topic = _topic(session, slug)
        if day is None and session.scalar(select(Edition.id).where(Edition.topic_id == topic.id)) is None:
            click.echo(f"There is no edition of {slug} yet: the news in this preview are made up.")
            return False
        _edition(session, slug, day)
        return True


@group.command()
@_topic_argument
@_day_argument
@now_option
@pass_tools
def publish(tools: Tools, slug: str, day: datetime | None, now: datetime) -> None:
    """Let an edition that was held back go out; readers get it with their next issue."""
    with tools.database.write() as session:
        edition = _edition(session, slug, day)
        changed = review.publish(session, edition, now)
        click.echo(f"The edition of {slug} of {edition.date} is {'now' if changed else 'already'} published.")


@group.command()
@_topic_argument
@_day_argument
@pass_tools
def hold(tools: Tools, slug: str, day: datetime | None) -> None:
    """Keep an edition from going out until you publish it. Too late once a mail with it was sent."""
    with tools.database.write() as session:
        edition = _edition(session, slug, day)
        try:
            changed = review.hold(session, edition)
        except review.CannotHold as error:
            fail(f"{error}; it can no longer be held back")
        click.echo(f"The edition of {slug} of {edition.date} is {'now' if changed else 'already'} held back.")


def _topic(session: Session, slug: str) -> Topic:
    topic = session.scalar(select(Topic).where(Topic.slug == slug))
    if topic is None:
        fail(f"there is no topic {slug!r}; see: newsletter topic list")
    return topic


def _edition(session: Session, slug: str, day: datetime | None) -> Edition:
    topic = _topic(session, slug)
    query = select(Edition).where(Edition.topic_id == topic.id).order_by(Edition.date.desc())
    edition = session.scalar((query.where(Edition.date == day.date()) if day else query).limit(1))
    if edition is None:
        which = f"of {day.date()}" if day else "yet"
        fail(f"there is no edition of {slug} {which}; see: newsletter edition list --topic {slug}")
    return edition


def _due(topic: Topic, day: date | None, now: datetime) -> build.DueEdition:
    """The edition asked for, when its cut-off has passed; else the command ends with the reason."""
    if day is None:
        newest = newest_cutoff(topic, now)
        if newest is None:
            fail(f"no cut-off of {topic.slug} has passed in the last 24 hours; give --date")
        return newest
    cutoff = cutoff_of(topic, day)
    if cutoff is None:
        fail(f"{day} never was in the time zone {topic.timezone}")
    if cutoff > now:
        local = cutoff.astimezone(ZoneInfo(topic.timezone))
        fail(
            f"the edition of {day} closes at {local:%H:%M} ({topic.timezone}), which is to come; "
            "to rehearse it, give a later moment with --now"
        )
    return build.DueEdition(topic.id, day, cutoff)


def _described(number: int, story: StoryContent, content: EditionContent) -> str:
    zone = ZoneInfo(content.zone)
    lines = [
        "",
        f"{number}. {'Updated: ' if story.updated else ''}{story.headline}",
        f"   {story.source}, {story.published_at.astimezone(zone):%a %H:%M}, {_sources(story.source_count)}",
        f"   {story.url}",
    ]
    lines += [f"   New: {story.news}"] if story.news else []
    lines += [f"   {story.summary}"] if story.summary else []
    lines += [f"   + {one.source}: {one.title}" for one in story.related]
    lines += [f"   Earlier, {one.date}: {one.headline}" for one in story.earlier]
    return "\n".join(lines)


def _stories(count: int) -> str:
    return "1 story" if count == 1 else f"{count} stories"


def _sources(count: int) -> str:
    return "1 source" if count == 1 else f"{count} sources"


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"
