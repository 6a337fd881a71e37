"""`newsletter issue`: one reader's issue, as it would stand in their inbox."""

from datetime import date, datetime
from typing import BinaryIO

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.addresses import InvalidAddress, read_address
from newsletter.branding import branded_publication
from newsletter.cli.context import Tools, fail, now_option, pass_tools
from newsletter.config import Settings
from newsletter.delivery import preview
from newsletter.delivery.compose import NothingToSay, compose
from newsletter.delivery.readers import zone_of
from newsletter.mail.issue import Publication
from newsletter.mail.outgoing import OutgoingMail
from newsletter.models import Delivery, Subscriber
from newsletter.publication import publication_of
from newsletter.sendtime import local_date


@click.group("issue")
def group() -> None:
    """Look at one reader's issue."""


@group.command()
@click.option("--to", "address", required=True, metavar="ADDRESS", help="Whose issue.")
@click.option(
    "--date",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The date of the issue in the reader's calendar, as 2026-11-22 (default: today).",
)
@click.option(
    "-o",
    "--output",
    "file",
    type=click.File("wb"),
    required=True,
    metavar="FILE.eml",
    help="Where to write it.",
)
@now_option
@pass_tools
def render(tools: Tools, address: str, day: datetime | None, file: BinaryIO, now: datetime) -> None:
    """Write the exact bytes of a reader's issue to a file, without sending or storing anything.

    That is the issue in the ledger for the date; for today, when there is none yet, the one that
    would be planned now.
    """
    publication = branded_publication(tools.settings, tools.database, lambda: now)
    with tools.database.read() as session:
        subscriber = find_subscriber(session, address)
        delivery = _delivery(session, subscriber, day and day.date(), now, tools.settings)
        file.write(_compose(session, delivery, tools.settings, publication).message)


def find_subscriber(session: Session, address: str) -> Subscriber:
    """The subscriber with this address; ends the command when there is none."""
    try:
        key = read_address(address).key
    except InvalidAddress as error:
        fail(f"{address}: {error}")
    subscriber = session.scalar(select(Subscriber).where(Subscriber.address_key == key))
    return subscriber or fail(f"nobody has subscribed with {address}")


def _delivery(
    session: Session, subscriber: Subscriber, day: date | None, now: datetime, settings: Settings
) -> Delivery:
    today = local_date(now, zone_of(subscriber.timezone))
    if found := preview.find_issue(session, subscriber, day or today):
        return found
    if day not in (None, today):
        fail(f"there is no issue of {day} for this reader; `newsletter delivery trace` lists what there is")
    domain = publication_of(settings).list_domain
    planned = preview.issue_if_planned(session, subscriber, now, settings.freshness, domain)
    return planned or fail("there is nothing new to send: no edition of this reader's topics that they lack")


def _compose(
    session: Session, delivery: Delivery, settings: Settings, publication: Publication
) -> OutgoingMail:
    try:
        return compose(session, delivery, publication, settings.keys)
    except NothingToSay as error:
        fail(f"the issue of {delivery.occasion} cannot be made: {error}")
