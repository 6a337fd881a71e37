"""How fast mail leaves, read from the latest events alone: a day's send writes millions of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter.models import DeliveryEvent, DeliveryState

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
# Events are numbered in the order they were written. At full speed so many reach back about a minute.
_LATEST = 200_000


@dataclass(frozen=True, slots=True)
class Pace:
    """Mails sent in the last `minute` and in the last `hour`.

    Each may look back less far than its name when very much was written since: `minute_seconds` and
    `hour_seconds` say how far.
    """

    minute: int
    hour: int
    minute_seconds: float
    hour_seconds: float

    @property
    def a_second(self) -> float:
        """Mails a second over the last minute."""
        return self.minute / self.minute_seconds


def read_pace(session: Session, now: datetime, latest: int = _LATEST) -> Pace:
    """How many mails were sent lately, looking at no more than the `latest` events."""
    first = (session.scalar(select(func.max(DeliveryEvent.id))) or 0) - latest
    reach = now - HOUR
    if first > 0:
        oldest = select(DeliveryEvent.at).where(DeliveryEvent.id > first).order_by(DeliveryEvent.id).limit(1)
        reach = max(reach, session.scalars(oldest).one())
    sent = (DeliveryEvent.id > first, DeliveryEvent.kind == DeliveryState.SENT, DeliveryEvent.at <= now)
    since_minute = max(reach, now - MINUTE)
    minute = func.count().filter(DeliveryEvent.at > since_minute)
    hour, lately = session.execute(select(func.count(), minute).where(*sent, DeliveryEvent.at > reach)).one()
    return Pace(lately, hour, _seconds(now - since_minute), _seconds(now - reach))


def _seconds(span: timedelta) -> float:
    return max(span.total_seconds(), 1.0)
