"""`newsletter subscriber`: look readers up, add them on the operator's word, erase and export them."""

import csv
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime, time
from zoneinfo import available_timezones

import click
from rich.table import Table
from rich.text import Text
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from newsletter import subscribers
from newsletter.addresses import Address, InvalidAddress, read_address
from newsletter.cli.console import console
from newsletter.cli.context import Tools, fail, now_option, pass_tools
from newsletter.models import OPERATOR, ConsentRecord, Subscriber

VOUCHED = "Added by the operator, who vouches that this person asked for it."
_BATCH = 500
_COLUMNS = ("address", "status", "topics", "send_time", "timezone", "created_at", "confirmed_at")
# What a spreadsheet would take for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@click.group("subscriber")
def group() -> None:
    """Add, show, erase and export subscribers."""


def _time(_context: click.Context, _parameter: click.Parameter, value: str) -> time:
    try:
        return datetime.strptime(value, "%H:%M").time()  # noqa: DTZ007 - a time of day, in no zone yet
    except ValueError:
        raise click.BadParameter("give a time of day as 07:00") from None


@group.command()
@click.argument("address")
@click.option(
    "--topic", "topics", multiple=True, required=True, metavar="SLUG", help="A topic; may be repeated."
)
@click.option("--time", "send_time", default="07:00", show_default=True, callback=_time, metavar="HH:MM",
              help="The hour the mail comes.")  # fmt: skip
@click.option(
    "--timezone", metavar="ZONE", help="Whose clock that is, as Europe/Berlin (default: the setting)."
)
@click.option("--consent", default=VOUCHED, show_default=True, metavar="TEXT",
              help='How they agreed, e.g. "paper form of 3 May"; kept as proof.')  # fmt: skip
@now_option
@pass_tools
def add(
    tools: Tools,
    address: str,
    topics: Sequence[str],
    send_time: time,
    timezone: str | None,
    consent: str,
    now: datetime,
) -> None:
    """Make ADDRESS a reader at once, on your word that they asked for it.

    No confirmation mail is sent; the welcome issue is. People who sign up by themselves use the page.
    """
    request = subscribers.SignUp(
        address=_address(address),
        topics=tuple(topics),
        send_time=send_time,
        timezone=_zone(timezone or tools.settings.timezone),
        wording=_consent(consent),
        language=tools.settings.publication_language,
        via="operator",
    )
    with tools.database.write() as session:
        try:
            subscriber = subscribers.admit(session, request, now)
        except subscribers.UnknownTopic as error:
            fail(f"{error}. The topics are: {_slugs(session)}")
        except subscribers.AlreadyKnown:
            fail("this address is known already; see: newsletter subscriber show ADDRESS")
    click.echo(f"Added as subscriber {subscriber.id}. The welcome issue follows within a minute.")


@group.command()
@click.argument("address")
@pass_tools
def show(tools: Tools, address: str) -> None:
    """Show what is known about ADDRESS: choices, next issue, and the proof of consent."""
    with tools.database.read() as session:
        subscriber = _find(session, address)
        table = Table(show_header=False, box=None)
        for name, value in _facts(subscriber):
            table.add_row(name, Text(value))
        console.print(table)
        records = select(ConsentRecord).where(ConsentRecord.subscriber_id == subscriber.id)
        for record in session.scalars(records.order_by(ConsentRecord.id)):
            click.echo(f"{record.at:%Y-%m-%d %H:%M} UTC  {record.kind} ({record.via}): {record.wording}")


@group.command()
@click.argument("address")
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_tools
def erase(tools: Tools, address: str, yes: bool) -> None:
    """Forget ADDRESS wholly: choices, consent and every record of mail to it. Cannot be undone."""
    with tools.database.read() as session:
        _find(session, address)
    if not yes:
        click.confirm("Erase everything about this address?", abort=True)
    with tools.database.write() as session:
        subscribers.erase(session, _find(session, address))
    click.echo("Erased.")


@group.command()
@pass_tools
def export(tools: Tools) -> None:
    """Write every subscriber to stdout as CSV, e.g. `newsletter subscriber export > readers.csv`.

    A cell that a spreadsheet would run as a formula gets a ' in front.
    """
    writer = csv.writer(sys.stdout, lineterminator="\r\n")  # RFC 4180
    writer.writerow(_COLUMNS)
    with tools.database.read() as session:
        for subscriber in _all(session):
            writer.writerow([_safe(cell) for cell in _row(subscriber)])


def _address(text: str) -> Address:
    try:
        return read_address(text)
    except InvalidAddress as error:
        fail(str(error))


def _zone(name: str) -> str:
    return name if name in available_timezones() else fail(f"there is no time zone {name}; try Europe/Berlin")


def _consent(text: str) -> str:
    return text.strip() or fail('say in --consent how they agreed, e.g. --consent "paper form of 3 May"')


def _find(session: Session, address: str) -> Subscriber:
    return subscribers.find_by_address(session, _address(address).key) or fail("nobody has this address")


def _slugs(session: Session) -> str:
    return ", ".join(topic.slug for topic in subscribers.offered_topics(session)) or "none yet"


def _all(session: Session) -> Iterator[Subscriber]:
    """Every subscriber in the order they came, a batch in memory at a time."""
    last = 0
    while True:
        readers = select(Subscriber).where(Subscriber.handle != OPERATOR)
        query = readers.where(Subscriber.id > last).order_by(Subscriber.id).limit(_BATCH)
        batch = session.scalars(query.options(selectinload(Subscriber.topics))).all()
        yield from batch
        if len(batch) < _BATCH:
            return
        last = batch[-1].id
        session.expunge_all()


def _row(subscriber: Subscriber) -> Iterator[str]:
    yield subscriber.address
    yield subscriber.status
    yield " ".join(topic.slug for topic in subscriber.topics)
    yield f"{subscriber.send_time:%H:%M}"
    yield subscriber.timezone
    yield subscriber.created_at.isoformat()
    yield subscriber.confirmed_at.isoformat() if subscriber.confirmed_at else ""


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _facts(subscriber: Subscriber) -> Iterator[tuple[str, str]]:
    due = subscriber.next_issue_at
    yield "number", str(subscriber.id)
    yield "address", subscriber.address
    yield "status", subscriber.status
    yield "topics", ", ".join(topic.slug for topic in subscriber.topics)
    yield "hour", f"{subscriber.send_time:%H:%M} {subscriber.timezone}"
    yield "next issue", f"{due:%Y-%m-%d %H:%M} UTC" if due else "none due"
    if subscriber.paused_until:
        yield "paused until", subscriber.paused_until.isoformat()
