"""More sign-ups than the limit of all together lets in."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from newsletter.alerts.trouble import Trouble
from newsletter.attempts import was_full
from newsletter.joining import FORM
from newsletter.mail.alert import AlertKind

CAUSE = "sign_ups"


def many_sign_ups(session: Session, now: datetime) -> Iterator[Trouble]:
    """That sign-ups reached their limit in this hour or the one before; over when two hours did not."""
    full = was_full(session, FORM, now)
    if full is not None:
        since, limit = full
        yield Trouble(AlertKind.SIGN_UPS, CAUSE, {"since": since.isoformat(), "limit": limit})
