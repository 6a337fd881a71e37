"""A mail in a sender's hand: claimed, with all it is made of, and how far it has come."""

from dataclasses import dataclass

from newsletter.delivery.letter import Letter
from newsletter.delivery.retry import Standing


@dataclass(frozen=True, slots=True)
class Claim:
    """A worker's hold on a delivery. `suspect` when an earlier worker vanished holding it."""

    delivery_id: int
    fence: int
    suspect: bool = False


@dataclass(slots=True, eq=False)
class InHand:
    """One claimed delivery. `marked` when the mark *about to hand over* is stored."""

    claim: Claim
    letter: Letter
    marked: bool = False

    @property
    def number(self) -> int:
        return self.claim.delivery_id

    @property
    def standing(self) -> Standing:
        letter = self.letter
        return Standing(letter.delivery_id, letter.attempts, letter.repeats, letter.expires_at)
