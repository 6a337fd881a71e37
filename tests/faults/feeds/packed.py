"""Faults of compression: gigabytes in kilobytes, packings that never end or are none."""

import gzip

import brotli

from tests.faults.feeds.fault import BOMB_MEGABYTES, Fault, rss, send
from tests.ingest.packing import bomb, zstd_with_window
from tests.ingest.server import CHUNK, Handler

_START = b'<rss version="2.0"><channel><title>x</title>'
_PLAIN = rss("<item><title>a</title><link>https://example.com/a</link></item>")


def _explode(name: str, encoding: str, words: str, status: int = 200, **headers: str) -> Fault:
    def make() -> bytes:
        return bomb(encoding, BOMB_MEGABYTES, _START)

    answer = send(make, status, **({"Content_Encoding": encoding} | headers))
    return Fault(name, answer, words, prepare=make)


def _padded(handler: Handler) -> None:
    handler.start(Content_Encoding="gzip")
    handler.wfile.write(gzip.compress(_PLAIN))
    while not handler.server.stopping.is_set():
        handler.wfile.write(CHUNK)


PACKED_FAULTS = (
    _explode("gzip-bomb", "gzip", "larger than 10 MB"),
    _explode("deflate-bomb", "deflate", "larger than 10 MB"),
    _explode("brotli-bomb", "br", "larger than 10 MB"),
    _explode("zstd-bomb", "zstd", "larger than 10 MB"),
    _explode("stacked-bomb", "gzip", "several times over", Content_Encoding="br, gzip"),
    _explode("bomb-in-a-redirect", "gzip", "refused for safety", 302, Location="http://10.0.0.1/"),
    _explode("bomb-in-an-error", "br", "500", 500),
    Fault("gzip-cut-off", send(gzip.compress(_PLAIN)[:-9], Content_Encoding="gzip"), "broke off early"),
    Fault("brotli-cut-off", send(brotli.compress(_PLAIN)[:-3], Content_Encoding="br"), "broke off early"),
    Fault("endless-padding", _padded, "larger than 10 MB"),
    Fault("many-streams", send(gzip.compress(b"") * 100_000, Content_Encoding="gzip"), "1000 streams"),
    Fault("wide-window", send(zstd_with_window(_PLAIN, 27), Content_Encoding="zstd"), "damaged"),
    Fault("packed-but-not", send(_PLAIN, Content_Encoding="br"), "damaged"),
)
