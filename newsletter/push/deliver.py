"""Handing notices over to push services (RFC 8030): guarded as every address that comes from outside.

An endpoint is what a visitor's browser said: only public addresses are dialled, no redirect is followed,
and no answer is read.
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from ssl import SSLContext, create_default_context

import httpcore2
import httpx2
import structlog

from newsletter.ingest.addresses import Network
from newsletter.ingest.dial import AddressRefused, Deadline, DeadlinePassed, NameUnknown, resolve_name
from newsletter.ingest.transport import GuardedTransport
from newsletter.push.envelope import Envelope

SECONDS = 10.0
AT_ONCE = 8
# RFC 8030, section 7.3: the browser has been told by its user, or its service, that this is over.
_GONE = (404, 410)
_BROKEN = (httpcore2.ProtocolError, httpcore2.NetworkError, httpcore2.TimeoutException, httpx2.HTTPError)

log = structlog.get_logger()


@dataclass(slots=True)
class Outcome:
    """Which browsers took their notice, which are no more, and which did not take it."""

    told: list[int] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)


def hand_over(
    envelopes: Iterable[tuple[int, Envelope]], allowed: Sequence[Network], seconds: float = SECONDS
) -> Outcome:
    """Post every envelope, several at a time; each by the browser's number. Raises nothing."""
    tls, outcome = create_default_context(), Outcome()
    with ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="push") as pool:
        posted = pool.map(lambda one: (one[0], _post(one[1], allowed, tls, seconds)), list(envelopes))
        for browser, status in posted:
            if 200 <= status < 300:
                outcome.told.append(browser)
            else:
                (outcome.gone if status in _GONE else outcome.failed).append(browser)
    return outcome


def _post(envelope: Envelope, allowed: Sequence[Network], tls: SSLContext, seconds: float) -> int:
    """The status of the answer; 0 without one."""
    try:
        with GuardedTransport(allowed, Deadline(seconds), resolve_name, tls) as transport:
            request = httpx2.Request("POST", envelope.url, headers=envelope.headers, content=envelope.body)
            answer = transport.handle_request(request)
            answer.close()
            return answer.status_code
    except (*_BROKEN, DeadlinePassed, AddressRefused, NameUnknown, OSError, ValueError) as error:
        log.info("push service did not answer", reason=type(error).__name__)
        return 0
