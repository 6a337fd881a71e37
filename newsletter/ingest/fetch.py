"""The one way anything is fetched: http and https, to public addresses, within bounds of size and time.

Redirects are followed by hand, so that each hop goes through the same checks and no redirect's body
is ever read. Nothing of the environment (proxies, .netrc) has a say.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urldefrag

import httpx2

from newsletter.ingest.answer_headers import links, max_age, repeatable
from newsletter.ingest.dial import Deadline
from newsletter.ingest.exchange import exchange, open_client, read_body, require_web_address
from newsletter.ingest.fetch_errors import FetchError, explain_failure, refuse_status
from newsletter.ingest.fetched import Fetched, FetchPolicy, FetchRequest, NotModified, Posted

MAX_PAGE_BYTES = 5 * 1024 * 1024
MAX_POST_BYTES = 64 * 1024
MAX_POST_TEXT = 500
_PAGE_ACCEPT = "text/html, application/xhtml+xml, application/xml;q=0.8, */*;q=0.5"
_PERMANENT = frozenset({301, 308})
_REDIRECTS = _PERMANENT | {302, 303, 307}

__all__ = [
    "FetchError",
    "FetchPolicy",
    "FetchRequest",
    "Fetched",
    "NotModified",
    "Posted",
    "fetch_feed",
    "fetch_page",
    "post_form",
]


@dataclass(frozen=True, slots=True)
class _Redirect:
    url: str
    permanent: bool


def fetch_feed(request: FetchRequest, policy: FetchPolicy) -> Fetched | NotModified:
    """Fetch a feed, conditionally when `request` knows an ETag or Last-Modified.

    Raises `FetchError`, and nothing else, whatever a server does.
    """
    deadline = Deadline(policy.seconds, policy.work)
    url, moved_to, permanent = request.url, None, True
    try:
        with open_client(policy, deadline) as client:
            for _hop in range(policy.max_redirects + 1):
                answer = _ask(client, url, request, policy, deadline)
                if not isinstance(answer, _Redirect):
                    return replace(answer, moved_to=moved_to)
                url, permanent = answer.url, permanent and answer.permanent
                moved_to = urldefrag(url).url if permanent else None
    except FetchError:
        raise
    except Exception as error:
        raise explain_failure(error, url, policy.seconds) from error
    raise FetchError(f"It redirects more than {policy.max_redirects} times, perhaps in a circle.")


def fetch_page(request: FetchRequest, policy: FetchPolicy) -> Fetched:
    """Fetch a web page, at most 5 MB, whatever was known of it. Raises `FetchError`."""
    narrow = replace(policy, accept=_PAGE_ACCEPT, max_bytes=min(policy.max_bytes, MAX_PAGE_BYTES))
    answer = fetch_feed(FetchRequest(request.url), narrow)
    if isinstance(answer, NotModified):
        raise FetchError("Its server says that nothing changed, which nobody asked.")
    return answer


def post_form(url: str, fields: Mapping[str, str], policy: FetchPolicy) -> Posted:
    """Send a form; the answer's status, whatever it is, and the first 500 characters of its text.

    Redirects are not followed. Raises `FetchError` where no answer came, or one beyond 64 KB.
    """
    deadline = Deadline(policy.seconds, policy.work)
    try:
        require_web_address(url)
        with open_client(replace(policy, accept="*/*"), deadline) as client:
            asked = client.build_request("POST", url, data=dict(fields))
            with exchange(client, asked, policy, deadline) as response:
                body = read_body(response, min(policy.max_bytes, MAX_POST_BYTES), deadline)
                return Posted(response.status_code, body.decode(errors="replace")[:MAX_POST_TEXT])
    except FetchError:
        raise
    except Exception as error:
        raise explain_failure(error, url, policy.seconds) from error


def _ask(
    client: httpx2.Client, url: str, request: FetchRequest, policy: FetchPolicy, deadline: Deadline
) -> Fetched | NotModified | _Redirect:
    require_web_address(url)
    asked = client.build_request("GET", url, headers=_conditions(request))
    with exchange(client, asked, policy, deadline) as response:
        status, headers = response.status_code, response.headers
        if status in _REDIRECTS and "location" in headers:
            return _Redirect(str(response.url.join(headers["location"])), status in _PERMANENT)
        if status == 304 and (request.etag or request.last_modified):
            return NotModified(max_age=max_age(headers.get("cache-control", "")), links=links(response))
        if status != 200:
            raise refuse_status(status, headers)
        return _fetched(response, read_body(response, policy.max_bytes, deadline))


def _conditions(request: FetchRequest) -> dict[str, str]:
    conditions = {"If-None-Match": request.etag, "If-Modified-Since": request.last_modified}
    return {name: value for name, value in conditions.items() if value}


def _fetched(response: httpx2.Response, body: bytes) -> Fetched:
    headers = response.headers
    return Fetched(
        url=str(response.url),
        body=body,
        content_type=headers.get("content-type", ""),
        etag=repeatable(headers.get("etag")),
        last_modified=repeatable(headers.get("last-modified")),
        max_age=max_age(headers.get("cache-control", "")),
        links=links(response),
    )
