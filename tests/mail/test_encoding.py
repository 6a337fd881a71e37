"""Quoted-printable: what went in comes out, and nothing on the way has to touch a line."""

import quopri

from hypothesis import example, given
from hypothesis import strategies as st

from newsletter.mail.encoding import quoted_printable

# Words that make lines end, wrap and begin wherever they can.
texts = st.lists(
    st.sampled_from([".", "..", "a", "=", " ", "\t", "\n", "\r", "é", "word." * 15, "x" * 74])
).map("".join)


@given(texts | st.text(st.characters(codec="utf-8"), max_size=300))
@example("x" * 75 + ".x")
@example("." * 300)
def test_the_text_comes_back_and_no_line_needs_care(text: str) -> None:
    encoded = quoted_printable(text)

    lines = encoded.split(b"\r\n")
    assert not any(line.startswith(b".") for line in lines)
    assert not any(line.endswith((b" ", b"\t")) for line in lines)
    assert max(map(len, lines)) <= 76
    assert set(encoded) <= {*b"\t\r\n", *range(0x20, 0x7F)}
    assert b"\r" not in b"".join(lines)
    assert b"\n" not in b"".join(lines)
    read = quopri.decodestring(encoded.replace(b"\r\n", b"\n")).decode("utf-8")
    assert read == text.replace("\r\n", "\n").replace("\r", "\n")
