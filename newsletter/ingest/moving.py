"""A source whose server says that its feed has moved for good (301, 308: RFC 9110, section 15.4).

One answer may be a mistake of an afternoon, or a hotel's network; three in a row that agree are not.
"""

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.ingest.source_address import source_address
from newsletter.models import Source

AGREEING_ANSWERS = 3
NAME_LENGTH = 200

log = structlog.get_logger()


def heed_move(session: Session, source: Source, told: str | None) -> bool:
    """Count what an answer told of the feed's new address, and move the source once enough agree.

    `told` is None where the feed was found at its own address: then nothing is left of earlier words.
    A source whose new address is another's already stays as it is; `newsletter source list --sick` says so.
    """
    target = source_address(told) if told else None
    if target is None or target == source.url:
        source.moved_to, source.moved_times = None, 0
        return False
    agreeing = source.moved_times + 1 if source.moved_to == target else 1
    source.moved_to, source.moved_times = target, min(agreeing, AGREEING_ANSWERS)
    if agreeing < AGREEING_ANSWERS or holder_of(session, target) is not None:
        return False
    # The address may hold a password: no log gets it.
    log.info("source moved", source=source.id)
    if source.name == source.url[:NAME_LENGTH]:
        source.name = target[:NAME_LENGTH]
    source.url, source.moved_to, source.moved_times = target, None, 0
    return True


def holder_of(session: Session, address: str) -> Source | None:
    """The source that has this address."""
    return session.scalar(select(Source).where(Source.url == address))
