"""From the addresses of pictures to our own copies, side by side, within a time that nothing exceeds."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore

import structlog

from newsletter.images.reencode import ImageCopy, ImageRefused, reencode
from newsletter.ingest.dial import Deadline, DeadlinePassed
from newsletter.ingest.fetch import FetchError, FetchPolicy
from newsletter.ingest.fetch_image import fetch_image

# Waiting for servers costs nothing; decoding costs memory and a processor.
FETCHERS = 8
DECODERS = 2

log = structlog.get_logger()

Reencode = Callable[[bytes], ImageCopy]


def gather(urls: Sequence[str], policy: FetchPolicy, seconds: float) -> dict[str, ImageCopy]:
    """Our copies of the pictures at `urls`, by address: those that could be had within `seconds`.

    Whatever a server or a picture does costs that picture only.
    """
    deadline = Deadline(seconds)
    decoders = BoundedSemaphore(DECODERS)

    def copy(url: str) -> ImageCopy | None:
        try:
            return _copy(url, policy, deadline, decoders)
        except (FetchError, ImageRefused) as error:
            # As with feeds that fail: a newsroom's pictures are not the operator's business.
            log.debug("no picture", reason=error.reason)
        except DeadlinePassed:
            log.debug("no picture", reason="No time was left for it.")
        except Exception:
            log.exception("picture failed unexpectedly")
        return None

    distinct = list(dict.fromkeys(urls))
    with ThreadPoolExecutor(FETCHERS, thread_name_prefix="image") as threads:
        found = zip(distinct, threads.map(copy, distinct), strict=True)
        return {url: one for url, one in found if one is not None}


def _copy(url: str, policy: FetchPolicy, deadline: Deadline, decoders: BoundedSemaphore) -> ImageCopy:
    body = fetch_image(url, policy, deadline.left())
    if not decoders.acquire(timeout=deadline.left()):
        raise DeadlinePassed
    try:
        return reencode(body, seconds=deadline.left())
    finally:
        decoders.release()
