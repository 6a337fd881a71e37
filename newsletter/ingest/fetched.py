"""What a fetch is asked for, what it may do, and what it brings."""

from dataclasses import dataclass, field

from newsletter.ingest.addresses import Network
from newsletter.ingest.dial import Resolver, resolve_name
from newsletter.ingest.hosts import PER_HOST

MAX_BYTES = 10 * 1024 * 1024
SECONDS = 30.0
# Of this processor: 10 MB of anything are undone in a tenth of it.
WORK_SECONDS = 1.5
# A claim on a source lasts half an hour; who waits longer than this is better tried again.
PATIENCE = 300.0
MAX_REDIRECTS = 5
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json;q=0.9, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, */*;q=0.5"
)


@dataclass(frozen=True, slots=True)
class FetchPolicy:
    """What a fetch may do. `base_url` is ours, told to servers so that they can find us.

    `allow_networks` are the operator's exceptions to the refused addresses. `max_bytes` counts what
    is sent and what comes out of decompression, each; `seconds` counts everything, name look-up and
    redirects included; `work` is processor time. `patience` is how many seconds more may be spent on
    waiting for one of the `per_host` connections; at 0 that waiting is part of `seconds`.
    """

    base_url: str = ""
    allow_networks: tuple[Network, ...] = ()
    seconds: float = SECONDS
    max_bytes: int = MAX_BYTES
    max_redirects: int = MAX_REDIRECTS
    accept: str = _ACCEPT
    resolve: Resolver = field(default=resolve_name)
    work: float = WORK_SECONDS
    patience: float = PATIENCE
    per_host: int = PER_HOST


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """A feed's address, and what its server said last time (RFC 9110, section 13)."""

    url: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A feed as it came: `url` is where it was found in the end, `content_type` as the server said.

    `moved_to` is that address when every step on the way was a permanent redirect (301, 308);
    `max_age` the seconds for which the server calls the answer fresh; `links` the addresses of the
    Link header by their relation (`hub`, `self`, …).
    """

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
class Posted:
    """What came back for a form: the status, and the beginning of the answer's text."""

    status: int
    text: str = ""
