"""The sources a reader wants nothing of, as they are stored: numbers with commas, oldest choice first.

Whatever stands in the text, reading it never fails: what is no number is passed over.
"""

MOST = 50


class TooManyMutes(Exception):
    """The reader does without as many sources as there is room for."""


def read_mutes(text: str) -> tuple[int, ...]:
    """The ids of the sources in a stored text, each once, at most `MOST`."""
    words = (word.strip() for word in text.split(","))
    ids = (int(word) for word in words if word.isascii() and word.isdigit() and len(word) < 10)
    return tuple(dict.fromkeys(ids))[:MOST]


def write_mutes(ids: tuple[int, ...]) -> str:
    """The text that `read_mutes` reads."""
    return ",".join(map(str, ids))


def with_mute(text: str, source_id: int) -> str:
    """The text with one more source; one that is in it stays. Raises `TooManyMutes`."""
    ids = read_mutes(text)
    if source_id in ids:
        return write_mutes(ids)
    if len(ids) >= MOST:
        raise TooManyMutes
    return write_mutes((*ids, source_id))


def without_mute(text: str, source_id: int) -> str:
    """The text without this source."""
    return write_mutes(tuple(one for one in read_mutes(text) if one != source_id))
