"""The one way anything is fetched: http and https, to public addresses, within bounds of size and time.

Redirects are followed by hand, so that each hop goes through the same checks and no redirect's body
is ever read. Nothing of the environment (proxies, .netrc) has a say.
"""

from dataclasses import dataclass, field
from functools import cache
from ssl import SSLContext
from urllib.parse import urlsplit

import httpx2

from newsletter import __version__
from newsletter.ingest.addresses import Network
from newsletter.ingest.dial import Deadline, Resolver, resolve_name
from newsletter.ingest.fetch_errors import FetchError, explain_failure, refuse_status
from newsletter.ingest.hosts import PER_HOST
from newsletter.ingest.transport import GuardedTransport

MAX_BYTES = 10 * 1024 * 1024
SECONDS = 30.0
MAX_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/rdf+xml;q=0.9, application/xml;q=0.8, */*;q=0.5"
)

__all__ = ["FetchError", "FetchPolicy", "FetchRequest", "Fetched", "NotModified", "fetch_feed"]


@dataclass(frozen=True, slots=True)
class FetchPolicy:
    """What a fetch may do. `base_url` is ours, told to servers so that they can find us.

    `allow_networks` are the operator's exceptions to the refused addresses. `max_bytes` counts what
    comes out of decompression; `seconds` counts everything, name look-up and redirects included.
    """

    base_url: str = ""
    allow_networks: tuple[Network, ...] = ()
    seconds: float = SECONDS
    max_bytes: int = MAX_BYTES
    max_redirects: int = MAX_REDIRECTS
    accept: str = _ACCEPT
    resolve: Resolver = field(default=resolve_name)
    per_host: int = PER_HOST


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """A feed's address, and what its server said last time (RFC 9110, section 13)."""

    url: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A feed as it came: `url` is where it was found in the end, `content_type` as the server said."""

    url: str
    body: bytes
    content_type: str = ""
    etag: str | None = None
    last_modified: str | None = None
    moved_to: str | None = None
    max_age: int | None = None
    links: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NotModified:
    """The server says: nothing new since last time (304). The rest as in `Fetched`."""

    moved_to: str | None = None
    max_age: int | None = None
    links: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Moved:
    url: str


def fetch_feed(request: FetchRequest, policy: FetchPolicy) -> Fetched | NotModified:
    """Fetch a feed, conditionally when `request` knows an ETag or Last-Modified.

    Raises `FetchError`, and nothing else, whatever a server does.
    """
    deadline = Deadline(policy.seconds)
    url = request.url
    try:
        with _client(policy, deadline) as client:
            for _hop in range(policy.max_redirects + 1):
                answer = _ask(client, url, request, policy, deadline)
                if not isinstance(answer, _Moved):
                    return answer
                url = answer.url
    except FetchError:
        raise
    except Exception as error:
        raise explain_failure(error, url, policy.seconds) from error
    raise FetchError(f"It redirects more than {policy.max_redirects} times, perhaps in a circle.")


def _client(policy: FetchPolicy, deadline: Deadline) -> httpx2.Client:
    return httpx2.Client(
        transport=GuardedTransport(policy.allow_networks, deadline, policy.resolve, _tls()),
        trust_env=False,
        follow_redirects=False,
        timeout=policy.seconds,
        headers={
            "User-Agent": _user_agent(policy.base_url),
            "Accept": policy.accept,
            "Accept-Encoding": "gzip, deflate",
        },
    )


@cache
def _tls() -> SSLContext:
    # Loading the certificate store takes some 20 ms: once a process, not once a feed.
    return httpx2.create_ssl_context(trust_env=False)


def _user_agent(base_url: str) -> str:
    return f"DailyEdition/{__version__}" + (f" (+{base_url})" if base_url else "")


def _ask(
    client: httpx2.Client, url: str, request: FetchRequest, policy: FetchPolicy, deadline: Deadline
) -> Fetched | NotModified | _Moved:
    _require_web_address(url)
    asked = client.build_request("GET", url, headers=_conditions(request))
    response = client.send(asked, stream=True)
    try:
        if response.status_code in _REDIRECTS and "location" in response.headers:
            return _Moved(str(response.url.join(response.headers["location"])))
        if response.status_code == 304 and (request.etag or request.last_modified):
            return NotModified()
        if response.status_code != 200:
            raise refuse_status(response.status_code, response.headers)
        return _fetched(response, _read(response, policy.max_bytes, deadline))
    finally:
        response.close()


def _require_web_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        raise FetchError("Its address, or one it redirects to, is not an http or https address.")


def _conditions(request: FetchRequest) -> dict[str, str]:
    conditions = {"If-None-Match": request.etag, "If-Modified-Since": request.last_modified}
    return {name: value for name, value in conditions.items() if value}


def _read(response: httpx2.Response, max_bytes: int, deadline: Deadline) -> bytes:
    """The decoded body. Decoding is lazy, in pieces of at most 1 MiB, so a bomb stops at the limit."""
    # Compression inside compression multiplies a bomb and is used by no feed.
    if "," in response.headers.get("content-encoding", ""):
        raise FetchError("Its answer is compressed several times over, which is refused.")
    body = bytearray()
    for piece in response.iter_bytes():
        body += piece
        if len(body) > max_bytes:
            raise FetchError(f"It is larger than {max_bytes // (1024 * 1024)} MB, which is refused.")
        deadline.left()
    return bytes(body)


def _fetched(response: httpx2.Response, body: bytes) -> Fetched:
    headers = response.headers
    return Fetched(
        url=str(response.url),
        body=body,
        content_type=headers.get("content-type", ""),
        etag=_repeatable(headers.get("etag")),
        last_modified=_repeatable(headers.get("last-modified")),
    )


def _repeatable(value: str | None) -> str | None:
    """A validator as we can send it back; an odd one only costs us the conditional request."""
    return value if value and value.isascii() and value.isprintable() and len(value) <= 500 else None
