"""Whether the world can reach us at our own address: without that no hub can tell us anything. Pure."""

from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

from newsletter.ingest.addresses import Network, refusal

# Names that lead nowhere outside (RFC 6761, 6762, 8375, 9476 and custom).
_INNER = (
    "localhost",
    "local",
    "internal",
    "intranet",
    "lan",
    "home.arpa",
    "test",
    "invalid",
    "example",
    "onion",
    "alt",
)


def is_public(base_url: str, allowed: Iterable[Network] = ()) -> bool:
    """Whether `base_url` is an http or https address others can reach; `allowed` networks count as such."""
    parts = urlsplit(base_url)
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in ("http", "https") or not host:
        return False
    try:
        return refusal(ip_address(host), allowed) is None
    except ValueError:
        return "." in host and not any(host.endswith(f".{inner}") for inner in _INNER)
