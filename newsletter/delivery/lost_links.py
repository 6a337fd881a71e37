"""Who lost their mail asks for their link: answered here, out of sight of who asked.

The page only notes the address, whichever it is. So its answer and its time are the same for one that
reads us and one that does not.
"""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from newsletter.attempts import note_reminder, reminders
from newsletter.delivery.notice import enqueue_notice
from newsletter.models import LinkRequest, MailKind, Subscriber, SubscriberStatus

# Of the mails that forms may send a reader in 30 days, so many may hold a link.
MOST_LINKS = 10
_READERS = (SubscriberStatus.ACTIVE, SubscriberStatus.PAUSED)


def ask_for_link(session: Session, address_key: str, now: datetime) -> None:
    """Note that somebody asked for the link of this address."""
    session.add(LinkRequest(address_key=address_key, requested_at=now))


def answer_requests(session: Session, now: datetime, domain: str, secret: str, limit: int = 1000) -> int:
    """Enter the mail with their link for readers among those who asked, once a day each; how many.

    `secret` is what addresses are hashed with where such mails are counted.
    The requests are forgotten, so that no stranger's address stays.
    """
    asked = session.execute(
        select(LinkRequest.id, LinkRequest.address_key)
        .order_by(LinkRequest.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    if not asked:
        return 0
    wanted = Subscriber.address_key.in_({key for _number, key in asked}), Subscriber.status.in_(_READERS)
    readers = session.scalars(select(Subscriber).where(*wanted).order_by(Subscriber.id)).all()
    entered = [_answer(session, reader, now, domain, secret) for reader in readers]
    session.execute(delete(LinkRequest).where(LinkRequest.id.in_([number for number, _key in asked])))
    return sum(entered)


def _answer(session: Session, reader: Subscriber, now: datetime, domain: str, secret: str) -> bool:
    if reminders(session, reader.address_key, secret, now) >= MOST_LINKS:
        return False
    entered = enqueue_notice(session, reader, MailKind.LINK, now, domain)
    if entered:
        note_reminder(session, reader.address_key, secret, now)
    return entered
