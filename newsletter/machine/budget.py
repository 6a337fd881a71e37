"""What models may cost on one date (UTC): reserved before they are asked, settled afterwards.

Reserving is one conditional UPDATE, so that all workers and pages together stay below the limit. Who dies
in between leaves the reservation: it errs on the cheap side.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from newsletter.models import MachineDay

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens a model reads and writes."""

    read: int
    written: int


@dataclass(frozen=True, slots=True)
class Budget:
    """Tokens a day, and money where that is limited too; prices are for a million tokens.

    Money is counted in millionths of the operator's own currency.
    """

    tokens: int
    money: int | None = None
    price_read: int = 0
    price_written: int = 0

    def cost(self, used: Tokens) -> int:
        """Rounded up: what is counted is never less than what is billed."""
        return -(-(used.read * self.price_read + used.written * self.price_written) // _MILLION)


def reserve(session: Session, day: date, budget: Budget, wanted: Tokens) -> bool:
    """Take what a question may use at most out of the day's budget; False when it is not there."""
    _begin(session, day)
    total = MachineDay.tokens_in + MachineDay.tokens_out + wanted.read + wanted.written
    fits = [MachineDay.date == day, total <= budget.tokens]
    if budget.money is not None:
        fits.append(MachineDay.millionths + budget.cost(wanted) <= budget.money)
    taken = session.execute(
        update(MachineDay).where(*fits).values(calls=MachineDay.calls + 1, **_added(budget, wanted, 1))
    )
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def settle(session: Session, day: date, budget: Budget, reserved: Tokens, used: Tokens) -> None:
    """Put in place of what was reserved what was really used."""
    for tokens, sign in ((reserved, -1), (used, 1)):
        session.execute(
            update(MachineDay).where(MachineDay.date == day).values(**_added(budget, tokens, sign))
        )


def note_refusal(session: Session, day: date) -> None:
    """One more answer that could not be printed."""
    session.execute(update(MachineDay).where(MachineDay.date == day).values(refused=MachineDay.refused + 1))


def spent(session: Session, day: date) -> MachineDay | None:
    """What was asked on that date; None when nothing was."""
    return session.scalar(select(MachineDay).where(MachineDay.date == day))


def _added(budget: Budget, tokens: Tokens, sign: int) -> dict[str, object]:
    return {
        "tokens_in": MachineDay.tokens_in + sign * tokens.read,
        "tokens_out": MachineDay.tokens_out + sign * tokens.written,
        "millionths": MachineDay.millionths + sign * budget.cost(tokens),
    }


def _begin(session: Session, day: date) -> None:
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    session.execute(dialect.insert(MachineDay).values(date=day).on_conflict_do_nothing())
