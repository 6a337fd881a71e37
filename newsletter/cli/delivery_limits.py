"""The limits that sending meets, in words: the lines under "Limits:" of `newsletter delivery status`."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from newsletter.cli.plain import plain
from newsletter.delivery.throttle import Standing

_KINDS = {"domain": "mail to", "relay": "mail server"}


def limit_lines(standings: Sequence[Standing]) -> list[str]:
    """A line for each limit that matters now."""
    return [f"  {_name(one.key)}: {'; '.join(_parts(one))}" for one in standings]


def _name(key: str) -> str:
    kind, _colon, name = key.partition(":")
    return f"{_KINDS[kind]} {plain(name)}" if kind in _KINDS else "warm-up of the sending address"


def _parts(one: Standing) -> Iterator[str]:
    if one.limit:
        yield str(one.limit)
    counted = ((one.hour, "in this hour"), (one.day, "today"))
    used = [f"{number:,} {when}" for number, when in counted if number is not None]
    if used:
        yield f"used {' and '.join(used)}"
    if one.at_once:
        yield f"{one.at_once} at once now"
    if one.held_until:
        yield f"on hold until {_clock(one.held_until)}, because it said: {plain(one.reason)}"
    if one.line_until:
        yield f"mail is waiting; the last of it goes about {_clock(one.line_until)}"


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M} UTC"
