"""One look at everything an operator is told of."""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from newsletter.alerts import readers
from newsletter.alerts.editions import thin_editions
from newsletter.alerts.feeds import dead_feeds
from newsletter.alerts.habits import changed_habits
from newsletter.alerts.sending import stopped_sending
from newsletter.alerts.sign_ups import many_sign_ups
from newsletter.alerts.trouble import Trouble
from newsletter.models import Alert


def look(session: Session, now: datetime) -> list[Trouble]:
    """All that is wrong now. A few indexed queries: it is asked every minute."""
    told = bool(session.scalar(select(exists().where(Alert.cause == readers.CAUSE))))
    return [
        *stopped_sending(session, now),
        *readers.many_complaints(session, now, told),
        *many_sign_ups(session, now),
        *dead_feeds(session, now),
        *changed_habits(session, now),
        *thin_editions(session, now),
    ]
