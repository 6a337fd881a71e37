"""A fetch that is expected to be refused."""

import pytest

from newsletter.ingest.fetch import (
    FetchError,
    FetchPolicy,
    FetchRequest,
    fetch_feed,
)

BODY = b"<rss version='2.0'/>"


def refused(url: str, policy: FetchPolicy) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetch_feed(FetchRequest(url), policy)
    return caught.value
