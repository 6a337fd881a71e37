"""What a limit on sending is, and how a person writes one: `20/s 5000/d 8`. Values only."""

import re
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

_RATE = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)/([smhd])")
_SECOND, _HOUR, _DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
_TICK = timedelta(microseconds=1)
_EXAMPLE = "write a limit as 20/s 8 (mails a second, and so many at once), 2000/h, 10000/d, or off"


@dataclass(frozen=True, slots=True)
class Limit:
    """How much mail may leave one way; None sets no bound.

    `per_second` may be below one. `per_hour` and `per_day` hold for any 60 minutes and any 24 hours;
    with a `zone`, `per_day` counts that zone's calendar days instead. `connections` is how many mails,
    or connections to a relay, may be under way at once. All of it is shared by all workers.
    """

    per_second: float | None = None
    per_hour: int | None = None
    per_day: int | None = None
    connections: int | None = None
    zone: ZoneInfo | None = None

    def __bool__(self) -> bool:
        return bool(self.per_second or self.per_hour or self.per_day or self.connections)

    def __str__(self) -> str:
        rates = ((self.per_second, "s"), (self.per_hour, "h"), (self.per_day, "d"))
        words = [f"{rate:.9g}/{unit}" for rate, unit in rates if rate]
        words += [f"{self.connections} at once"] if self.connections else []
        return ", ".join(words) or "off"

    @property
    def interval(self) -> timedelta:
        """The least time between two mails; zero without a rate. Rounded up: never too fast."""
        return _SECOND / self.per_second + _TICK if self.per_second else timedelta()

    @property
    def step(self) -> timedelta:
        """The time between two mails in the long run; zero when only what is at once is bounded."""
        hourly = _HOUR / self.per_hour if self.per_hour else timedelta()
        daily = _DAY / self.per_day if self.per_day else timedelta()
        return max(self.interval, hourly, daily)


UNLIMITED = Limit()


def read_limit(text: str) -> Limit:
    """The limit of `20/s 8`, `500/h 4000/d` or `off`; rates a minute (`90/m`) are kept as rates a second.

    Raises `ValueError` with a sentence for whoever wrote it.
    """
    words = text.split()
    if words == ["off"]:
        return UNLIMITED
    found: dict[str, float] = {}
    for word in words:
        name, value = _read_word(word)
        if name in found:
            raise ValueError(f"{text!r} bounds the same thing twice; {_EXAMPLE}")
        found[name] = value
    if not found:
        raise ValueError(_EXAMPLE)
    whole = {name: int(value) for name, value in found.items() if name != "per_second"}
    return Limit(
        found.get("per_second"), whole.get("per_hour"), whole.get("per_day"), whole.get("connections")
    )


def _read_word(word: str) -> tuple[str, float]:
    """What a word bounds, and at how much."""
    rate = _RATE.fullmatch(word)
    if rate is None:
        at_once = int(word) if word.isascii() and word.isdigit() and len(word) <= 4 else 0
        if not at_once:
            raise ValueError(f"{word!r} is no limit; {_EXAMPLE}")
        return "connections", at_once
    number, unit = float(rate[1]), rate[2]
    if unit in "hd" and number != int(number):
        raise ValueError(f"{word!r} is no limit: mails an hour or a day are a whole number")
    if not 0.001 <= number <= 1_000_000_000:
        raise ValueError(f"{word!r} is out of bounds; to lift a limit write off")
    name = {"h": "per_hour", "d": "per_day"}.get(unit, "per_second")
    return name, number / 60 if unit == "m" else number
