"""Our own feeds, mutated at random: nothing crashes, nothing that acts or hides comes through.

The same for longer, led by what the code does with the bytes, is `make fuzz`.
"""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.soundness import read_soundly

FEEDS = sorted((Path(__file__).parents[1] / "feeds").iterdir())
SEEDS = [path.read_bytes() for path in FEEDS]
PIECES = [
    b"<script>alert(1)</script>", b"&lt;script&gt;", b"<![CDATA[", b"]]>", b"&#0;", b"&#xD800;", b"&#x202e;",
    b"javascript:alert(1)", b"<item>", b"</item>", b"<entry>", b"</title>", b"<link>", b"\x00", b"\xff\xfe",
    b"xml:base='//x'", b"<a href='data:text/html,x'>", b"<svg onload=x>", b"http://[", b"https://x/*http://",
    b"<guid>", b"<media:content url='javascript:x' medium='image'/>", b"Seg, 99 Set 0000", b'"items"', b"{",
    b"1e999", b"<source>", b"<image>", b"<author>", b"xml:lang='x-y-z'", b" " * 300,
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>&a;",
]  # fmt: skip
EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 60), st.sampled_from(PIECES) | st.binary(max_size=12)),
    min_size=1,
    max_size=8,
)


def mutated(body: bytes, edits: list[tuple[float, int, bytes]]) -> bytes:
    """`body` with some bytes left out and others put in, at places between its beginning (0) and end (1)."""
    for place, dropped, added in edits:
        at = int(place * len(body))
        body = body[:at] + added + body[at + dropped :]
    return body


@pytest.mark.parametrize("seed", SEEDS, ids=[path.name.partition(".")[0] for path in FEEDS])
def test_every_feed_of_our_own_is_read_soundly(seed: bytes) -> None:
    read_soundly(seed)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(SEEDS), EDITS)
def test_any_mutated_feed_is_read_soundly_or_refused(
    seed: bytes, edits: list[tuple[float, int, bytes]]
) -> None:
    read_soundly(mutated(seed, edits))
