"""Undoing compression: everything honest comes out, nothing grows without a limit."""

import gzip
import itertools
import tracemalloc
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.ingest.decode import MAX_STREAMS, STEP, DecodeError, decoder
from tests.ingest.packing import PACKED, bare_deflate, bomb, zstd, zstd_with_window

MB = 1024 * 1024


def undone(encoding: str, data: bytes, size: int = 1 << 20) -> bytes:
    """What comes out of `data`, put in by pieces of `size`."""
    undo = decoder(encoding)
    assert undo is not None
    pieces = [piece for at in range(0, len(data), size) for piece in undo.decode(data[at : at + size])]
    undo.finish()
    return b"".join(pieces)


@pytest.mark.parametrize("encoding", PACKED)
@given(data=st.binary(max_size=300), size=st.integers(1, 40))
def test_what_was_packed_comes_out_however_it_is_cut(encoding: str, data: bytes, size: int) -> None:
    assert undone(encoding, PACKED[encoding](data), size) == data


@pytest.mark.parametrize("encoding", PACKED)
def test_much_text_comes_out_whole(encoding: str) -> None:
    data = b"".join(b"%d bottles " % number for number in range(50_000))

    assert undone(encoding, PACKED[encoding](data), 1000) == data


@pytest.mark.parametrize("encoding", PACKED)
def test_no_step_gives_much_however_small_the_bomb(encoding: str) -> None:
    undo = decoder(encoding)
    assert undo is not None
    bomb = PACKED[encoding](bytes(40 * MB))

    tracemalloc.start()
    sizes = [len(piece) for piece in itertools.islice(undo.decode(bomb), 160)]
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(sizes) == 160
    # Brotli gives up to twice what it is asked for.
    assert max(sizes) <= 2 * STEP
    assert peak < 2 * MB


@pytest.mark.parametrize("encoding", PACKED)
def test_a_little_that_holds_much_comes_out_whole(encoding: str) -> None:
    assert undone(encoding, bomb(encoding, 3)) == b" " * 3 * MB


@pytest.mark.parametrize("size", [1, 2, 7, 1 << 20])
def test_deflate_is_undone_without_its_wrapping_too(size: int) -> None:
    assert undone("deflate", bare_deflate(b"hello hello hello"), size) == b"hello hello hello"


@pytest.mark.parametrize("size", [1, 5, 1 << 20])
@pytest.mark.parametrize(("encoding", "pack"), [("gzip", gzip.compress), ("zstd", zstd)])
def test_streams_one_behind_the_other_are_one_answer(
    encoding: str, pack: Callable[[bytes], bytes], size: int
) -> None:
    assert undone(encoding, pack(b"one ") + pack(b"") + pack(b"two"), size) == b"one two"


@pytest.mark.parametrize(("encoding", "pack"), [("gzip", gzip.compress), ("zstd", zstd)])
def test_streams_without_end_are_refused(encoding: str, pack: Callable[[bytes], bytes]) -> None:
    with pytest.raises(DecodeError, match="1000 streams"):
        undone(encoding, pack(b"") * (MAX_STREAMS + 1))


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_what_follows_the_end_is_dropped_and_not_kept(encoding: str) -> None:
    undo = decoder(encoding)
    assert undo is not None
    assert b"".join(undo.decode(PACKED[encoding](b"news"))) == b"news"

    tracemalloc.start()
    for _time in range(64):
        assert list(undo.decode(b"x" * MB)) == []
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    undo.finish()
    assert peak < 4 * MB


@pytest.mark.parametrize("encoding", PACKED)
def test_an_answer_that_breaks_off_is_noticed(encoding: str) -> None:
    packed = PACKED[encoding](b"".join(b"%d bottles " % number for number in range(100)))

    for cut in (1, len(packed) // 2, len(packed) - 1):
        with pytest.raises(DecodeError, match="broke off"):
            undone(encoding, packed[:cut])


@pytest.mark.parametrize("encoding", PACKED)
@given(data=st.binary(min_size=1, max_size=200))
def test_anything_else_is_refused_or_undone(encoding: str, data: bytes) -> None:
    with suppress(DecodeError):
        assert isinstance(undone(encoding, data), bytes)


def test_a_zstd_window_beyond_what_the_web_allows_is_refused() -> None:
    assert undone("zstd", zstd_with_window(b"hello", 23)) == b"hello"
    with pytest.raises(DecodeError, match="damaged"):
        undone("zstd", zstd_with_window(b"hello", 27))


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br,gzip", "zstd, identity, br", "GZIP, Deflate"])
def test_compression_in_compression_is_refused(encoding: str) -> None:
    with pytest.raises(DecodeError, match="several times over"):
        decoder(encoding)


@pytest.mark.parametrize("encoding", ["", "identity", "utf-8", "none", ","])
def test_what_is_no_compression_is_let_through(encoding: str) -> None:
    assert decoder(encoding) is None


@pytest.mark.parametrize("encoding", ["GZIP", "x-gzip", " gzip ", "identity, gzip"])
def test_the_names_of_gzip_are_known(encoding: str) -> None:
    assert undone(encoding, gzip.compress(b"news")) == b"news"
