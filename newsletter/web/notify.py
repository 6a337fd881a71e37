"""The mails that follow from what readers do on pages; entered with it, in one transaction."""

from sqlalchemy.orm import Session

from newsletter import subscribers
from newsletter.delivery import notice
from newsletter.models import MailKind, Subscriber, SubscriberStatus
from newsletter.web.shared import shared


def tell_pause(session: Session, reader: Subscriber) -> None:
    """Say until when a reader has paused."""
    if reader.status == SubscriberStatus.PAUSED:
        notice.enqueue_paused(session, reader, shared().clock(), _domain())


def tell_return(session: Session, reader: Subscriber) -> None:
    """Say that mail goes on; to be told before the pause ends, as nobody else comes back."""
    if reader.status == SubscriberStatus.PAUSED:
        notice.enqueue_notice(session, reader, MailKind.RESUMED, shared().clock(), _domain())


def ask_both_addresses(session: Session, asked: subscribers.Asked) -> None:
    """Ask the old and the new address; who reads us at the new one already is told that instead."""
    if asked.number == 0:
        return
    now, reader = shared().clock(), asked.subscriber
    change = notice.Change(asked.change.handle, asked.change.address, asked.number)
    notice.enqueue_change(session, reader, MailKind.ADDRESS_OLD, change, now, _domain())
    if asked.quiet:
        return
    if asked.owner is None:
        notice.enqueue_change(session, reader, MailKind.ADDRESS_NEW, change, now, _domain())
    else:
        notice.enqueue_notice(session, asked.owner, MailKind.ALREADY, now, _domain())


def _domain() -> str:
    return shared().publication.list_domain
