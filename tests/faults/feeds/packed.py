"""Faults of compression: gigabytes in kilobytes, packings that never end or are none."""

import gzip

import brotli

from tests.faults.feeds.fault import BOMB_MEGABYTES, Fault, rss, send
from tests.ingest.packing import bomb, zstd_with_window
from tests.ingest.server import CHUNK, Behaviour, Handler

_START = b'<rss version="2.0"><channel><title>x</title>'
_PLAIN = rss("<item><title>a</title><link>https://example.com/a</link></item>")


def _explode(encoding: str, status: int = 200, **headers: str) -> Behaviour:
    def answer(handler: Handler) -> None:
        send(bomb(encoding, BOMB_MEGABYTES, _START), status, Content_Encoding=encoding, **headers)(handler)

    return answer


def _stacked(handler: Handler) -> None:
    send(gzip.compress(bomb("gzip", BOMB_MEGABYTES)), Content_Encoding="gzip, gzip")(handler)


def _padded(handler: Handler) -> None:
    handler.start(Content_Encoding="gzip")
    handler.wfile.write(gzip.compress(_PLAIN))
    while not handler.server.stopping.is_set():
        handler.wfile.write(CHUNK)


PACKED_FAULTS = (
    Fault("gzip-bomb", _explode("gzip"), "larger than 10 MB"),
    Fault("deflate-bomb", _explode("deflate"), "larger than 10 MB"),
    Fault("brotli-bomb", _explode("br"), "larger than 10 MB"),
    Fault("zstd-bomb", _explode("zstd"), "larger than 10 MB"),
    Fault("stacked-bomb", _stacked, "several times over"),
    Fault("bomb-in-a-redirect", _explode("gzip", 302, Location="http://10.0.0.1/"), "refused for safety"),
    Fault("bomb-in-an-error", _explode("br", 500), "500"),
    Fault("gzip-cut-off", send(gzip.compress(_PLAIN)[:-9], Content_Encoding="gzip"), "broke off early"),
    Fault("brotli-cut-off", send(brotli.compress(_PLAIN)[:-3], Content_Encoding="br"), "broke off early"),
    Fault("endless-padding", _padded, "larger than 10 MB"),
    Fault("many-streams", send(gzip.compress(b"") * 100_000, Content_Encoding="gzip"), "1000 streams"),
    Fault("wide-window", send(zstd_with_window(_PLAIN, 27), Content_Encoding="zstd"), "damaged"),
    Fault("packed-but-not", send(_PLAIN, Content_Encoding="br"), "damaged"),
)
