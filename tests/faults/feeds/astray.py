"""Faults of addresses, redirects and statuses."""

from tests.faults.feeds.fault import PRIVATE, REBINDING, UNKNOWN, Fault, rss, send
from tests.ingest.server import Handler

_FEED = rss("<item><title>Found</title><link>https://example.com/found</link></item>")


def _loop(handler: Handler) -> None:
    send(b"", 302, Location=handler.path)(handler)


def _farther(handler: Handler) -> None:
    """Farther away with each step."""
    handler.server.behave(f"{handler.path}x", _farther)
    send(b"", 301, Location=f"{handler.path}x")(handler)


def _rebinding(handler: Handler) -> None:
    """Its name leads here once, and to the inside when the redirect is followed."""
    send(b"", 302, Location=f"http://{REBINDING}:{handler.server.server_port}/inside")(handler)


ASTRAY = (
    Fault("redirect-loop", _loop, "in a circle"),
    Fault("redirect-without-end", _farther, "in a circle"),
    Fault("redirect-to-private", send(b"", 302, Location="http://192.168.0.1/"), "refused for safety"),
    Fault("redirect-to-metadata", send(b"", 307, Location="http://169.254.169.254/"), "refused for safety"),
    Fault("redirect-to-mapped", send(b"", 302, Location="http://[::ffff:10.0.0.1]/"), "refused for safety"),
    Fault("redirect-to-a-file", send(b"", 301, Location="file:///etc/passwd"), "not an http or https"),
    Fault("redirect-to-nonsense", send(b"", 301, Location="http://[::1"), "address"),
    Fault("redirect-to-nowhere", send(b"", 301), "301"),
    Fault("rebinding-name", _rebinding, "refused for safety", host=REBINDING),
    Fault("private-name", send(_FEED), "refused for safety", host=PRIVATE),
    Fault("unknown-name", send(_FEED), "is not known", host=UNKNOWN),
    Fault("304-unasked", send(b"", 304), "304"),
    Fault("401", send(b"", 401), "password"),
    Fault("404", send(b"", 404), "nothing at this address"),
    Fault("410", send(b"", 410), "gone for good"),
    Fault("429", send(b"", 429, Retry_After="7200"), "too often"),
    Fault("503", send(b"", 503, Retry_After="Fri, 31 Dec 9999 23:59:59 GMT"), "trouble"),
    Fault("moved", send(b"", 301, Location="/404-after-moving"), "nothing at this address"),
)
