"""How much one SMTP server is asked to take: the options of its address that are numbers or switches."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What an SMTP server is asked to take.

    `connections` at once, each closed after `mails` or when it stood idle for `idle` seconds; `rate`
    mails a second, `hourly` and `daily` mails, each without limit when None; `weight` is its share of
    the mail among several servers, 0 for one that is used only while the others are down.
    """

    pipelining: bool = True
    connections: int = 4
    mails: int = 500
    idle: float = 30.0
    rate: float | None = None
    hourly: int | None = None
    daily: int | None = None
    weight: int = 1


def _switch(text: str) -> bool | None:
    return {"on": True, "off": False}.get(text)


def _whole(least: int, most: int) -> Callable[[str], int | None]:
    def read(text: str) -> int | None:
        number = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(most)) else None
        return number if number is not None and least <= number <= most else None

    return read


def _number(least: float, most: float) -> Callable[[str], float | None]:
    def read(text: str) -> float | None:
        plain = text.isascii() and text.replace(".", "", 1).isdigit() and len(text) <= 12
        return float(text) if plain and least <= float(text) <= most else None

    return read


_READERS: dict[str, tuple[Callable[[str], Any], str]] = {
    "pipelining": (_switch, "on or off"),
    "connections": (_whole(1, 100), "a whole number from 1 to 100"),
    "mails": (_whole(1, 100_000), "a whole number from 1 to 100000, as mails=500"),
    "idle": (_number(1, 3600), "a number of seconds from 1 to 3600"),
    "rate": (_number(0.001, 100_000), "a number of mails a second from 0.001 to 100000"),
    "hourly": (_whole(1, 1_000_000_000), "a whole number of mails from 1 to 1000000000"),
    "daily": (_whole(1, 1_000_000_000), "a whole number of mails from 1 to 1000000000"),
    "weight": (_whole(0, 1000), "a whole number from 0 (only when the others are down) to 1000"),
}
LIMITS = frozenset(_READERS)


def read_limits(options: Mapping[str, str]) -> dict[str, Any]:
    """The fields of `Limits` that an address's options set.

    Raises `ValueError` naming the option and what is allowed; never the value, which may be part of a
    password that was written without percent signs.
    """
    values = {}
    for name, (read, allowed) in _READERS.items():
        if name in options:
            values[name] = read(options[name])
            if values[name] is None:
                raise ValueError(f"{name} in the SMTP address is {allowed}")
    return values
