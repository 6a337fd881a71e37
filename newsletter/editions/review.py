"""The operator's hand on an edition: hold it back before anybody got it, and let it go."""

from datetime import datetime

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from newsletter.models import Delivery, DeliveryState, Edition, EditionStatus, MailKind


class CannotHold(Exception):
    """The edition is in mails already: holding it back would change nothing for those readers."""


def publish(session: Session, edition: Edition, now: datetime) -> bool:
    """Let a held edition go out; whether anything changed.

    Its `closed_at` becomes `now`: readers whose issue passed while it was held find it in the next.
    """
    if edition.status == EditionStatus.PUBLISHED:
        return False
    edition.status = EditionStatus.PUBLISHED
    edition.published_at = edition.closed_at = now
    session.flush()
    return True


def hold(session: Session, edition: Edition) -> bool:
    """Keep a published edition from going out; whether anything changed.

    Raises `CannotHold` when a mail with it was sent or is on its way.
    """
    if edition.status == EditionStatus.HELD:
        return False
    if _is_in_mails(session, edition):
        raise CannotHold(f"the edition of {edition.date} is in mails that were sent or are being sent")
    edition.status = EditionStatus.HELD
    edition.published_at = None
    session.flush()
    return True


def _is_in_mails(session: Session, edition: Edition) -> bool:
    """Whether an issue with this edition left or may have left (`editions` is a list with commas)."""
    untouched = (DeliveryState.QUEUED, DeliveryState.SKIPPED, DeliveryState.EXPIRED, DeliveryState.FAILED)
    listed = literal(",").concat(Delivery.editions).concat(",").contains(f",{edition.id},")
    found = select(Delivery.id).where(
        Delivery.kind == MailKind.ISSUE,
        Delivery.created_at >= edition.closed_at,
        Delivery.state.not_in(untouched),
        listed,
    )
    return bool(session.scalar(select(found.exists())))
