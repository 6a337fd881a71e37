"""The recurring work of reading what comes back by mail."""

from datetime import datetime

import structlog

from newsletter.config import Settings
from newsletter.db import Database
from newsletter.delivery.mailbox import MailboxError, open_mailbox
from newsletter.leaving import Wish, leave_by_mail
from newsletter.mail.imap_url import parse_imap_url
from newsletter.publication import publication_of

# Providers count sign-ins.
EVERY_MINUTES = 5

log = structlog.get_logger()


def visit_mailbox(settings: Settings, database: Database, now: datetime) -> int:
    """Do what readers ask for by mail, every five minutes where a mailbox is set; how many unsubscribed."""
    if settings.mailbox_url is None or now.minute % EVERY_MINUTES:
        return 0
    try:
        return read_mailbox(settings, database, now)
    except MailboxError as error:
        log.warning("mailbox could not be read", reason=str(error))
        return 0


def read_mailbox(settings: Settings, database: Database, now: datetime) -> int:
    """Do what waits in the mailbox of the settings; how many unsubscribed. Raises `MailboxError`.

    Each message is done before it is marked: interrupted between the two, it is done again, to no harm.
    """
    if settings.mailbox_url is None:
        return 0
    domain, left = publication_of(settings).list_domain, 0
    with open_mailbox(parse_imap_url(settings.mailbox_url.get_secret_value())) as mailbox:
        for uid, header in mailbox.wishes():
            with database.write() as session:
                wish = leave_by_mail(session, header, settings.keys, now, domain)
            mailbox.note(uid, done=wish is not Wish.NONE)
            left += wish is Wish.DONE
    if left:
        log.info("unsubscribed by mail", readers=left)
    return left
