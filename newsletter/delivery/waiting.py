"""Whether mail waits: the question every worker process asks every few seconds."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.delivery.transition import WAITING
from newsletter.models import Delivery


def mail_waits(session: Session, now: datetime) -> bool:
    """Whether any mail could be sent at `now`: one look into an index, however many wait."""
    due = select(Delivery.id).where(Delivery.state.in_(WAITING), Delivery.next_attempt_at <= now)
    return session.scalar(due.limit(1)) is not None
