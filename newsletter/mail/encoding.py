"""Text in a form that every mail server carries: encoded words in headers, quoted-printable bodies.

Written out here because the standard library's folding differs between Python's releases, and a
mail sent a second time must be the same to the byte.
"""

import base64
import re
from collections.abc import Iterator

# RFC 2047, section 2: an encoded word is at most 75 characters; 5322 advises lines of at most 78.
_WORD = 75
_LINE = 78
_QUOTED_LINE = 76
_NOT_PLAIN = re.compile(r"[^\t\n -~]")
_START, _END = "=?utf-8?b?", "?="


def guard(value: str) -> str:
    """`value`, for a header. Raises `ValueError` when it could end the header or cannot be sent."""
    if any(letter in value for letter in "\r\n\0"):
        raise ValueError("a header must not hold a line break or NUL")
    value.encode("utf-8")
    return value


def header_text(value: str, taken: int = 0) -> str:
    """Unstructured text as a header's value: plain where it can be, else encoded (RFC 2047).

    `taken` is the length of what stands on the line before it. Raises `ValueError`.
    """
    if not guard(value):
        return value
    words = value.split(" ")
    if not value.isascii() or not value.isprintable() or "=?" in value:
        return encoded_words(value, taken)
    if any(not word or len(word) > _LINE // 2 for word in words):
        return encoded_words(value, taken)
    return _folded(words, taken)


def encoded_words(value: str, taken: int = 0) -> str:
    """`value` in UTF-8 as encoded words, one a line; `taken` is the length of what stands before it."""
    chunks = _chunks(value, _octets(min(_WORD, _LINE - taken)), _octets(_WORD))
    return "\r\n ".join(f"{_START}{base64.b64encode(chunk).decode()}{_END}" for chunk in chunks)


def quoted_printable(text: str) -> bytes:
    """A body in quoted-printable (RFC 2045, section 6.7): ASCII lines of at most 76, ended by CRLF.

    No line begins with a dot (RFC 2049, section 3), so nothing needs to be changed for SMTP.
    """
    octets = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8").decode("latin-1")
    quoted = _NOT_PLAIN.sub(_quote, octets.replace("=", "=3D"))
    lines: list[str] = []
    for line in quoted.split("\n"):
        if len(line) > _QUOTED_LINE or line.startswith(".") or line.endswith((" ", "\t")):
            lines.extend(_short_lines(_ended(line)))
        else:
            lines.append(line)
    return "\r\n".join(lines).encode("ascii")


def _quote(found: re.Match[str]) -> str:
    return f"={ord(found[0]):02X}"


def _ended(line: str) -> str:
    """The line with its last spaces quoted: they would be lost on the way (rule 3)."""
    body = line.rstrip(" \t")
    return body + "".join(f"={ord(letter):02X}" for letter in line[len(body) :])


def _short_lines(line: str) -> Iterator[str]:
    """A line in pieces of at most 76, each but the last ended by `=`; no quoted octet is parted."""
    start = 0
    while True:
        dot = line.startswith(".", start)
        first, begun = ("=2E", start + 1) if dot else ("", start)
        if len(first) + len(line) - begun <= _QUOTED_LINE:
            yield first + line[begun:]
            return
        end = begun + _QUOTED_LINE - 1 - len(first)
        end = next(place for place in (end, end - 1, end - 2) if "=" not in line[place - 2 : place])
        yield f"{first}{line[begun:end]}="
        start = end


def _folded(words: list[str], taken: int) -> str:
    lines, length = [words[0]], taken + len(words[0])
    for word in words[1:]:
        length += 1 + len(word)
        if length > _LINE:
            lines.append(word)
            length = 1 + len(word)
        else:
            lines[-1] += f" {word}"
    return "\r\n ".join(lines)


def _octets(characters: int) -> int:
    """How many octets an encoded word of so many characters holds: base64 makes four of three."""
    return max(8, (characters - len(_START) - len(_END)) // 4 * 3)


def _chunks(value: str, first: int, others: int) -> Iterator[bytes]:
    """UTF-8 in pieces of so many bytes at most, no character parted (RFC 2047, section 5)."""
    piece, room = b"", first
    for letter in value:
        octets = letter.encode("utf-8")
        if len(piece) + len(octets) > room:
            yield piece
            piece, room = b"", others
        piece += octets
    yield piece
