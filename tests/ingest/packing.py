"""Compressing as servers do: by name of the coding, and gigabytes of nothing in next to no space."""

import gzip
import sys
import zlib
from collections.abc import Callable
from functools import cache

import brotli

if sys.version_info >= (3, 14):
    from compression.zstd import CompressionParameter, ZstdCompressor
else:
    from backports.zstd import CompressionParameter, ZstdCompressor

MB = 1024 * 1024


def bare_deflate(data: bytes) -> bytes:
    """Deflate without the wrapping of zlib, as many servers send it."""
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def zstd(data: bytes) -> bytes:
    packer = ZstdCompressor()
    return packer.compress(data) + packer.flush()


def zstd_with_window(data: bytes, bits: int) -> bytes:
    """A frame that says it needs a window of 2**`bits` bytes."""
    packer = ZstdCompressor(options={CompressionParameter.window_log: bits})
    return packer.compress(data, ZstdCompressor.FLUSH_BLOCK) + packer.flush()


PACKED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": lambda data: zlib.compress(data, 9),
    "br": lambda data: brotli.compress(data, quality=5),
    "zstd": zstd,
}


@cache
def bomb(encoding: str, megabytes: int, start: bytes = b"") -> bytes:
    """`start` and then so many megabytes of spaces."""
    packer, blank = _packer(encoding), b" " * MB
    pieces = [packer(start), *(packer(blank) for _time in range(megabytes)), packer(None)]
    return b"".join(pieces)


def _packer(encoding: str) -> Callable[[bytes | None], bytes]:
    """What packs piece by piece; None ends it."""
    if encoding == "br":
        compressor = brotli.Compressor(quality=5)
        return lambda data: compressor.finish() if data is None else compressor.process(data)
    if encoding == "zstd":
        framer = ZstdCompressor()
        return lambda data: framer.flush() if data is None else framer.compress(data)
    deflater = zlib.compressobj(9, wbits=31 if encoding == "gzip" else 15)
    return lambda data: deflater.flush() if data is None else deflater.compress(data)
