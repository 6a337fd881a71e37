"""Fetching a picture: the same guarded way as a feed's, with less patience."""

from dataclasses import replace

from newsletter.ingest.fetch import Fetched, FetchError, FetchPolicy, FetchRequest, fetch_feed

MAX_BYTES = 5 * 1024 * 1024
SECONDS = 10.0
_ACCEPT = "image/avif, image/webp, image/jpeg, image/png, image/gif"


def fetch_image(url: str, policy: FetchPolicy, seconds: float = SECONDS) -> bytes:
    """What stands at `url`, at most 5 MB, fetched within `seconds`; any bytes. Raises `FetchError`."""
    narrow = replace(policy, accept=_ACCEPT, max_bytes=MAX_BYTES, seconds=min(seconds, SECONDS), patience=0)
    answer = fetch_feed(FetchRequest(url), narrow)
    if not isinstance(answer, Fetched):
        raise FetchError("Its server says that nothing changed, which nobody asked.")
    return answer.body
