"""Telling browsers that an issue was sent; a job as those of `newsletter.jobs`."""

from datetime import datetime

import structlog

from newsletter.config import Settings
from newsletter.db import Database
from newsletter.mail.mailbox import read_mailbox
from newsletter.publication import publication_of
from newsletter.push import browsers
from newsletter.push.browsers import DueNotice
from newsletter.push.deliver import Outcome, hand_over
from newsletter.push.envelope import Envelope, NotASubscription, seal
from newsletter.push.notice import headline_of, notice

# Browsers told in one transaction's worth; the next round follows at once.
BATCH = 200

log = structlog.get_logger()


def tell_browsers(settings: Settings, database: Database, now: datetime) -> int:
    """Tell browsers of issues that were sent since they were last told; how many took it."""
    if settings.push_key is None:
        return 0
    told = 0
    while due := _take(database):
        outcome = _tell(settings, database, due, now)
        told += len(outcome.told)
        with database.write() as session:
            browsers.note(session, outcome.told, outcome.gone, outcome.failed)
    if told:
        log.info("browsers told", browsers=told)
    return told


def _take(database: Database) -> list[DueNotice]:
    with database.read() as session:
        if not browsers.any_due(session):
            return []
    with database.write() as session:
        return browsers.take_due(session, BATCH)


def _tell(settings: Settings, database: Database, due: list[DueNotice], now: datetime) -> Outcome:
    envelopes: list[tuple[int, Envelope]] = []
    unfit: list[int] = []
    with database.read() as session:
        headlines = {one.editions: headline_of(session, one.editions) for one in due}
    for one in due:
        try:
            if envelope := _sealed(settings, one, headlines[one.editions], now):
                envelopes.append((one.browser_id, envelope))
        except NotASubscription:
            unfit.append(one.browser_id)
    outcome = hand_over(envelopes, settings.fetch_allow_networks)
    outcome.gone += unfit
    return outcome


def _sealed(settings: Settings, due: DueNotice, headline: str | None, now: datetime) -> Envelope | None:
    """None where nothing of the issue is out any more."""
    if headline is None or settings.push_key is None:
        return None
    publication = publication_of(settings)
    words = notice(publication.name, headline, due.language, due.occasion, due.editions)
    contact = read_mailbox(settings.operator_address or settings.sender).address
    return seal(words, due.to, settings.push_key.get_secret_value(), f"mailto:{contact}", now)
