"""`newsletter feedback`: what comes back by mail, done by whoever hands it to us."""

import sys
from datetime import datetime
from typing import NoReturn

import click
from sqlalchemy.exc import SQLAlchemyError

from newsletter import mailbox_jobs
from newsletter.cli.context import Tools, fail, now_option, pass_tools
from newsletter.config import PREFIX
from newsletter.delivery.mailbox import MailboxError
from newsletter.leaving import Wish, leave_by_mail
from newsletter.publication import publication_of

# What tells a mail server to try again (sysexits.h): it would give the message back to who wrote it.
_TRY_AGAIN = 75
# Only the header matters; a program must not be kept busy by a large message.
_MOST = 1024 * 1024


@click.group("feedback")
def group() -> None:
    """Do what readers ask for by mail: messages whose subject says unsubscribe, as our mails offer it."""


@group.command("receive")
@now_option
@pass_tools
def receive(tools: Tools, now: datetime) -> None:
    """Take one message from standard input, as a mail server hands it over.

    In Postfix's aliases: bounces: "|newsletter feedback receive". Whatever is no wish to unsubscribe
    changes nothing.
    """
    message = sys.stdin.buffer.read(_MOST)
    while sys.stdin.buffer.read(_MOST):
        pass  # who hands it over waits until it is read
    try:
        wish = _done(tools, message, now)
    except SystemExit:
        _try_again()
    except SQLAlchemyError as error:
        click.echo(f"newsletter: the database cannot be reached ({type(error).__name__})", err=True)
        _try_again()
    click.echo(f"{str(wish).capitalize()}.")


@group.command("fetch")
@now_option
@pass_tools
def fetch(tools: Tools, now: datetime) -> None:
    """Look into the mailbox of NEWSLETTER_MAILBOX_URL now; the service does every five minutes."""
    if tools.settings.mailbox_url is None:
        fail(f"no mailbox is set: give its address in {PREFIX}MAILBOX_URL, as imaps://user:password@host")
    try:
        left = mailbox_jobs.read_mailbox(tools.settings, tools.database, now)
    except MailboxError as error:
        fail(f"the mailbox cannot be read: {error}")
    click.echo(f"{left} readers unsubscribed." if left else "Nobody asked to unsubscribe.")


def _done(tools: Tools, message: bytes, now: datetime) -> Wish:
    domain = publication_of(tools.settings).list_domain
    with tools.database.write() as session:
        return leave_by_mail(session, message, tools.settings.keys, now, domain)


def _try_again() -> NoReturn:
    raise SystemExit(_TRY_AGAIN)
