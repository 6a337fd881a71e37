"""`newsletter machine`: the model that sums stories up, where one is set."""

from datetime import datetime

import click
from sqlalchemy import func, select

from newsletter.authoring import author_of, budget_of
from newsletter.cli.console import console
from newsletter.cli.context import Tools, fail, now_option, pass_tools
from newsletter.machine.author import Answer, Author
from newsletter.machine.budget import spent
from newsletter.machine.requests import Kind, Request
from newsletter.machine.stored import story_articles
from newsletter.models import MachineDay, MachineText

_MILLION = 1_000_000
NOT_SET = "no model is set. Set NEWSLETTER_LLM_URL and NEWSLETTER_LLM_MODEL; docs/settings.md explains them"


@click.group("machine")
def group() -> None:
    """Look at what the language model does, and try it.

    Without one stories are told in their articles' own words.
    """


@group.command("status")
@now_option
@pass_tools
def status(tools: Tools, now: datetime) -> None:
    """Show which model is asked, and what was asked and spent today (UTC)."""
    settings = tools.settings
    if author_of(settings, tools.database, lambda: now) is None:
        fail(NOT_SET)
    budget = budget_of(settings)
    with tools.database.read() as session:
        today = spent(session, now.date()) or MachineDay(
            calls=0, refused=0, tokens_in=0, tokens_out=0, millionths=0
        )
        texts = session.scalar(select(func.count()).select_from(MachineText)) or 0
    out = console
    out.print(f"{settings.llm_model} at {settings.llm_url}", markup=False, highlight=False)
    out.print(f"Asked today: {today.calls} times, {today.refused} with words that could not be printed.")
    used = today.tokens_in + today.tokens_out
    out.print(f"Tokens today: {used:,} of {budget.tokens:,}{' (spent)' if used >= budget.tokens else ''}.")
    if budget.price_read or budget.price_written or budget.money is not None:
        limit = "" if budget.money is None else f" of {budget.money / _MILLION:.2f}"
        out.print(f"Money today: {today.millionths / _MILLION:.4f}{limit}.")
    out.print(f"Texts kept: {texts:,}.")


@group.command("try")
@click.argument("story", type=int)
@click.option("--question", metavar="TEXT", help="Ask this about the story, instead of a summary.")
@now_option
@pass_tools
def try_command(tools: Tools, story: int, question: str | None, now: datetime) -> None:
    """Have the story with the number STORY summed up; show what the check refused, and why.

    STORY is the number at the end of a story's address. Nothing of the story is changed.
    """
    author = author_of(tools.settings, tools.database, lambda: now)
    if author is None:
        fail(NOT_SET)
    with tools.database.read() as session:
        told = story_articles(session, story)
    if told is None:
        fail(f"there is no story {story} in a published edition")
    kind = Kind.ANSWER if question else Kind.STORY
    _show(author, author.write(Request(kind, told.language, told.articles, question=question or ""), 60))


def _show(author: Author, answer: Answer) -> None:
    if answer.failed:
        fail(f"{author.model} wrote nothing that can be printed: {answer.failed}")
    for name, sentences in answer.sentences.items():
        click.echo(f"{name}:")
        for one in sentences:
            click.echo(f"  {one}")
    for reason in answer.refused:
        click.echo(f"refused: {reason}")
    if not answer.sentences:
        click.echo("Nothing of it passed the check: the story is told in its articles' own words.")
