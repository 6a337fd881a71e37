"""When a form was shown, signed, so that nobody can send one that was never looked at."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from itsdangerous import BadSignature, Signer

FIELD = "shown_at"
# Nobody reads a form, ticks topics and sends it faster; who has it filled in by a program of theirs still
# has to press the button.
MIN_TIME = timedelta(seconds=2)
_MAX_LENGTH = 100


def stamp(keys: Sequence[str], now: datetime) -> str:
    """The moment a form is shown, to be sent along with it."""
    return _signer(keys).sign(str(int(now.timestamp() * 1000))).decode()


def is_stamp(keys: Sequence[str], text: str) -> bool:
    """Whether this is a stamp of ours, so that a form that comes back with mistakes may keep it."""
    return _shown_at(keys, text) is not None


def too_quick(keys: Sequence[str], text: str, now: datetime) -> bool:
    """Whether a form came back sooner than people can send one; one without a stamp was never shown."""
    shown = _shown_at(keys, text)
    return shown is None or now.timestamp() - shown / 1000 < MIN_TIME.total_seconds()


def _shown_at(keys: Sequence[str], text: str) -> int | None:
    if len(text) > _MAX_LENGTH or not text.isascii():
        return None
    try:
        return int(_signer(keys).unsign(text))
    except (BadSignature, ValueError):
        return None


def _signer(keys: Sequence[str]) -> Signer:
    # itsdangerous signs with the last key and verifies with any.
    return Signer(list(reversed(keys)), salt="newsletter.form")
