"""Saying to hubs what is to be said: asking to be told, again before the lease ends, and taking leave."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from newsletter.db import Database
from newsletter.ingest.fetch import FetchError, FetchPolicy, Posted, post_form
from newsletter.ingest.plain_text import clean_line
from newsletter.models import SourceHub
from newsletter.websub.plan import HubRequest, claim_requests, take_leave_of_gone

BATCH = 100
WORKERS = 8
LEASE_SECONDS = 10 * 24 * 3600
REFUSED_FOR = timedelta(days=7)
# Answers that another try may change (RFC 9110, section 15.5).
_PASSING = frozenset((408, 425, 429))

log = structlog.get_logger()

Post = Callable[[str, Mapping[str, str], FetchPolicy], Posted]


@dataclass(frozen=True, slots=True)
class HubTools:
    """How a form is sent, what that may do, and the address of this installation."""

    base_url: str
    policy: FetchPolicy
    post: Post = post_form


def tend_hubs(db: Database, now: datetime, tools: HubTools) -> int:
    """Say to every hub what is due, side by side; how many were spoken to. Raises database errors only."""
    with db.write() as session:
        take_leave_of_gone(session)
        requests = claim_requests(session, now, BATCH)
    # Claimed before: a hub may verify while it still answers.
    with ThreadPoolExecutor(WORKERS, thread_name_prefix="hub") as threads:
        answers = list(threads.map(lambda request: _say(request, tools), requests))
    _note(db, requests, answers, now)
    return len(requests)


def callback_of(base_url: str, key: str) -> str:
    """Where the hub reaches us."""
    return f"{base_url.rstrip('/')}/hub/{key}"


def _say(request: HubRequest, tools: HubTools) -> Posted | FetchError:
    fields = {
        "hub.mode": request.mode,
        "hub.topic": request.topic,
        "hub.callback": callback_of(tools.base_url, request.key),
        # Hubs from before the Recommendation (PubSubHubbub 0.3) demand it; others ignore it.
        "hub.verify": "async",
    }
    if request.mode == "subscribe":
        fields |= {"hub.lease_seconds": str(LEASE_SECONDS), "hub.secret": request.secret}
    try:
        return tools.post(request.hub, fields, tools.policy)
    except FetchError as error:
        return error
    except Exception as error:
        log.exception("hub could not be asked")
        return FetchError(f"It could not be asked ({type(error).__name__}); the log has the details.")


def _note(
    db: Database, requests: Sequence[HubRequest], answers: Sequence[Posted | FetchError], now: datetime
) -> None:
    troubles = [
        (request, answer)
        for request, answer in zip(requests, answers, strict=True)
        if request.mode == "subscribe" and not _accepts(answer)
    ]
    if troubles:
        with db.write() as session:
            for request, answer in troubles:
                _note_trouble(session, request, answer, now)


def _accepts(answer: Posted | FetchError) -> bool:
    return isinstance(answer, Posted) and 200 <= answer.status < 300


def _note_trouble(session: Session, request: HubRequest, answer: Posted | FetchError, now: datetime) -> None:
    """What a hub refused, or why it was not reached; a lease that still runs goes on to its end."""
    row = session.get(SourceHub, request.source_id)
    if row is None or row.key != request.key or row.state == "refused":
        return
    row.failure = _in_words(answer)
    if row.state == "asked" and isinstance(answer, Posted) and _is_final(answer.status):
        row.state, row.lease_until = "refused", now + REFUSED_FOR


def _is_final(status: int) -> bool:
    return 300 <= status < 500 and status not in _PASSING


def _in_words(answer: Posted | FetchError) -> str:
    if isinstance(answer, FetchError):
        return f"The hub could not be asked. {answer.reason}"
    said = clean_line(answer.text)[:200]
    return f"The hub answered {answer.status}{f': {said}' if said else '.'}"
