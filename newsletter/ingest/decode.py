"""Undoing the compression of an answer in bounded steps: gzip, deflate, br, zstd.

Own code around the decompressors, because httpx2's keeps whatever follows a gzip stream in memory,
takes zstd windows of 128 MB, and cannot tell that gzip or Brotli broke off. Here every step gives at
most about `STEP` bytes, so that who reads can stop at a limit of their own: 809 bytes of Brotli
make a gigabyte.
"""

import sys
import zlib
from collections.abc import Callable, Generator, Iterator
from typing import Protocol

import brotli

if sys.version_info >= (3, 14):
    from compression.zstd import DecompressionParameter, ZstdDecompressor, ZstdError
else:
    from backports.zstd import DecompressionParameter, ZstdDecompressor, ZstdError

ACCEPTED = "gzip, deflate, br, zstd"
STEP = 64 * 1024
# Streams one behind the other: block-wise packers make some, who wants to keep us busy makes millions.
MAX_STREAMS = 1_000
# 8 MB, the most that RFC 9659 lets a server use on the web.
_ZSTD_WINDOW: dict[int, int] = {DecompressionParameter.window_log_max: 23}
_GZIP_MAGIC = b"\x1f\x8b"


class DecodeError(Exception):
    """The compression is damaged or of a kind that is refused; `reason` is a whole sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Stream(Protocol):
    """One compressed stream, as Python's zstd reads it; the others are brought to this form."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Inflate:
    def __init__(self, window_bits: int) -> None:
        self._inner = zlib.decompressobj(window_bits)
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        piece = self._inner.decompress(self._inner.unconsumed_tail + data, max_length)
        # A full piece may have left more inside, even when all of the input was taken.
        self.needs_input = not self._inner.unconsumed_tail and len(piece) < max_length
        return piece


class _Brotli:
    unused_data = b""  # it counts what follows the end as damage

    def __init__(self) -> None:
        self._inner = brotli.Decompressor()
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return bool(self._inner.is_finished())

    def decompress(self, data: bytes, max_length: int) -> bytes:
        piece = bytes(self._inner.process(data, output_buffer_limit=max_length))
        # It "can accept more" while it still holds output: only nothing more means nothing more.
        self.needs_input = not piece
        return piece


class Decoder:
    """Undoes one content coding. `decode` takes pieces as they come; `finish` is called at the end.

    The first `head` bytes tell what kind of stream it is; `goes_on` whether what follows one is another.
    """

    def __init__(
        self, open_stream: Callable[[bytes], _Stream], goes_on: Callable[[bytes], bool], head: int = 1
    ) -> None:
        self._open = open_stream
        self._goes_on = goes_on
        self._head_size = head
        self._stream: _Stream | None = None
        self._head = b""
        self._streams = 0
        self._over = False

    def decode(self, data: bytes) -> Iterator[bytes]:
        """What `data` adds, in pieces of about `STEP` bytes. Raises `DecodeError`."""
        try:
            yield from self._steps(self._head + data)
        except (zlib.error, brotli.error, ZstdError) as error:
            raise DecodeError("It was sent with damaged compression.") from error

    def finish(self) -> None:
        """Raises `DecodeError` when more had to come."""
        if bool(self._head) if self._stream is None else not self._stream.eof:
            raise DecodeError("It broke off early: its compressed answer has no end.")

    def _steps(self, data: bytes) -> Iterator[bytes]:
        self._head = b""
        while data:
            stream = self._stream_for(data)
            if stream is None:
                return
            data = yield from _drain(stream, data)

    def _stream_for(self, data: bytes) -> _Stream | None:
        """The stream that `data` goes on with or begins; None where that cannot be told, or is over."""
        if self._stream is not None and not self._stream.eof:
            return self._stream
        if self._over or len(data) < self._head_size:
            self._head = b"" if self._over else data
            return None
        if self._stream is not None and not self._goes_on(data):
            self._over = True  # padding behind the end
            return None
        self._streams += 1
        if self._streams > MAX_STREAMS:
            raise DecodeError(f"It is compressed in more than {MAX_STREAMS} streams, which is refused.")
        self._stream = self._open(data)
        return self._stream


def _drain(stream: _Stream, data: bytes) -> Generator[bytes, None, bytes]:
    """Everything that `data` gives; returns what lies behind the stream's end."""
    while True:
        piece = stream.decompress(data, STEP)
        data = b""
        if piece:
            yield piece
        if stream.eof:
            return stream.unused_data
        if stream.needs_input or not piece:
            return b""


def decoder(content_encoding: str) -> Decoder | None:
    """What undoes this Content-Encoding; None for none at all, and for names nobody knows.

    Raises `DecodeError` for compression inside compression, which multiplies a bomb and which no feed
    uses (RFC 9110, section 8.4).
    """
    named = (name.strip().lower() for name in content_encoding.split(","))
    known = [_KINDS[name] for name in named if name in _KINDS]
    if len(known) > 1:
        raise DecodeError("Its answer is compressed several times over, which is refused.")
    return known[0]() if known else None


def _gzip() -> Decoder:
    return Decoder(lambda _data: _Inflate(zlib.MAX_WBITS | 16), lambda rest: _GZIP_MAGIC.startswith(rest[:2]))


def _deflate() -> Decoder:
    return Decoder(lambda data: _Inflate(_deflate_bits(data)), lambda _rest: False, head=2)


def _deflate_bits(data: bytes) -> int:
    """Should be the zlib format (RFC 9110, section 8.4.1.2); bare deflate is as common (RFC 1950, 2.2)."""
    wrapped = data[0] & 15 == zlib.DEFLATED and int.from_bytes(data[:2]) % 31 == 0
    return zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS


def _brotli() -> Decoder:
    return Decoder(lambda _data: _Brotli(), lambda _rest: True)


def _zstd() -> Decoder:
    return Decoder(lambda _data: ZstdDecompressor(options=_ZSTD_WINDOW), lambda _rest: True)


_KINDS: dict[str, Callable[[], Decoder]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
