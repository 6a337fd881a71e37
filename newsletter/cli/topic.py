"""`newsletter topic`: the subjects readers can choose from."""

from datetime import datetime, time

import click
from rich.table import Table
from rich.text import Text
from sqlalchemy import select

from newsletter.cli.console import console
from newsletter.cli.context import Tools, fail, now_option, pass_tools
from newsletter.editions.assign import correct, topic_precisions, topics_of_article
from newsletter.editions.topic_model import FEWEST
from newsletter.ingest.sources import SourceError, add_topic, topics_in_order
from newsletter.models import Article, Topic


@click.group("topic")
def group() -> None:
    """Add and show topics: the subjects readers choose from.

    Every topic has sources (see: newsletter source) and gets one edition a day.
    """


@group.command("add")
@click.argument("slug")
@click.argument("name")
@click.option(
    "--cutoff", metavar="HH:MM", help="When its daily edition closes (default: the setting CUTOFF)."
)
@click.option(
    "--timezone", metavar="ZONE", help="The time zone of that time (default: the setting TIMEZONE)."
)
@click.option("--language", default="en", show_default=True, help="The language of its articles: en, de, ...")
@now_option
@pass_tools
def add(
    tools: Tools, slug: str, name: str, cutoff: str | None, timezone: str | None, language: str, now: datetime
) -> None:
    """Add a topic. SLUG is its short name in addresses, NAME is what readers see.

    Example: newsletter topic add local-news "Local news" --cutoff 05:30 --timezone Europe/Berlin
    """
    settings = tools.settings
    closes = settings.cutoff if cutoff is None else _read_time(cutoff)
    try:
        with tools.database.write() as session:
            add_topic(session, slug, name, now, closes, timezone or settings.timezone, language)
    except SourceError as error:
        fail(str(error))
    click.echo(f"Added the topic {slug}. Give it feeds with: newsletter source add URL --topic {slug}")


@group.command("list")
@pass_tools
def list_command(tools: Tools) -> None:
    """Show every topic, when its edition closes, and how many sources it has.

    Learnt says whether articles of other sources are put into the topic by their words, and how many of
    those were right when it was tried on articles kept back.
    """
    with tools.database.read() as session:
        topics = topics_in_order(session)
        learnt = topic_precisions(session)
        table = Table("Topic", "Name", "Language", "Closes", "Sources", "Learnt", box=None)
        for topic in topics:
            closes = f"{topic.cutoff:%H:%M} {topic.timezone}"
            state = "" if topic.active else " (not active)"
            knows = f"{learnt[topic.id]:.0%} right" if topic.id in learnt else "no"
            sources = str(len(topic.sources))
            cells = (topic.slug, topic.name + state, topic.language, closes, sources, knows)
            table.add_row(*(Text(cell) for cell in cells))
    if topics:
        console.print(table)
    else:
        click.echo("There are no topics yet. Add one with: newsletter topic add SLUG NAME")


@group.command("train")
@now_option
@pass_tools
def train_command(tools: Tools, now: datetime) -> None:
    """Learn now what the topics are about, from the articles of sources that have one topic each.

    The service does so by itself once a day.
    """
    from newsletter import story_jobs

    models = story_jobs.learn_here(tools.database, now)
    if models:
        click.echo("Learnt. See how well with: newsletter topic list")
    else:
        click.echo(f"There is too little to learn from yet: two topics need {FEWEST} articles each.")


@group.command("why")
@click.argument("article", type=int)
@pass_tools
def why(tools: Tools, article: int) -> None:
    """Tell why an article is, or is not, in each topic. ARTICLE is its number (newsletter edition show)."""
    with tools.database.read() as session:
        judged = topics_of_article(session, article)
    if judged is None:
        fail(f"there is no article {article}")
    if not judged:
        click.echo("No edition was closed since it came: it was not judged for any topic yet.")
    for slug, belongs, reason in judged:
        click.echo(f"{'in' if belongs else 'not in'} {slug}: {reason}")


@group.command("correct")
@click.argument("article", type=int)
@click.option("--topic", "slug", required=True, metavar="SLUG", help="The topic it belongs to.")
@click.option("--not", "apart", is_flag=True, help="It does not belong there.")
@now_option
@pass_tools
def correct_command(tools: Tools, article: int, slug: str, apart: bool, now: datetime) -> None:
    """Say that an article belongs to a topic, or with --not that it does not.

    Your word counts more than anything, from the next edition on, and is learnt from. Editions that are
    closed stay as they are.
    """
    with tools.database.write() as session:
        topic = session.scalar(select(Topic).where(Topic.slug == slug))
        if topic is None:
            fail(f"there is no topic {slug}; see: newsletter topic list")
        if session.get(Article, article) is None:
            fail(f"there is no article {article}")
        correct(session, article, topic.id, not apart, now)
    click.echo(f"Article {article} {'does not belong' if apart else 'belongs'} to {slug}.")


def _read_time(text: str) -> time:
    try:
        return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - a time of day has no zone
    except ValueError:
        raise click.BadParameter("give a time of day as 05:30", param_hint="--cutoff") from None
