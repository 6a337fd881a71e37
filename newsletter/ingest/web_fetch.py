"""Fetching a page and sending a form by the guarded way of feeds."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from newsletter.ingest.dial import Deadline
from newsletter.ingest.fetch import (
    Fetched,
    FetchError,
    FetchPolicy,
    FetchRequest,
    NotModified,
    _client,
    _read,
    _require_web_address,
    fetch_feed,
)
from newsletter.ingest.fetch_errors import explain_failure

MAX_PAGE_BYTES = 5 * 1024 * 1024
MAX_POST_BYTES = 64 * 1024
_PAGE_ACCEPT = "text/html, application/xhtml+xml, application/xml;q=0.8, */*;q=0.5"


@dataclass(frozen=True, slots=True)
class Posted:
    """What came back for a form: the status, and the beginning of the answer's text."""

    status: int
    text: str = ""


def fetch_page(request: FetchRequest, policy: FetchPolicy) -> Fetched:
    """Fetch a web page, at most 5 MB, whatever was known of it. Raises `FetchError`."""
    narrow = replace(policy, accept=_PAGE_ACCEPT, max_bytes=min(policy.max_bytes, MAX_PAGE_BYTES))
    answer = fetch_feed(FetchRequest(request.url), narrow)
    if isinstance(answer, NotModified):
        raise FetchError("Its server says that nothing changed, which nobody asked.")
    return answer


def post_form(url: str, fields: Mapping[str, str], policy: FetchPolicy) -> Posted:
    """Send a form; the answer's status and the first 500 characters of its text. Raises `FetchError`."""
    deadline = Deadline(policy.seconds)
    try:
        _require_web_address(url)
        with _client(policy, deadline) as client:
            response = client.send(client.build_request("POST", url, data=dict(fields)), stream=True)
            try:
                body = _read(response, min(policy.max_bytes, MAX_POST_BYTES), deadline)
            finally:
                response.close()
            return Posted(response.status_code, body.decode(errors="replace")[:500])
    except FetchError:
        raise
    except Exception as error:
        raise explain_failure(error, url, policy.seconds) from error
