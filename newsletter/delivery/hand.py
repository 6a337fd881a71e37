"""A mail in a sender's hand: claimed, with all it is made of, and how far it has come."""

from dataclasses import dataclass

from newsletter.delivery.letter import Letter
from newsletter.delivery.retry import Standing
from newsletter.models import MailKind


@dataclass(frozen=True, slots=True)
class Claim:
    """A worker's hold on a delivery. `suspect` when an earlier worker vanished holding it."""

    delivery_id: int
    fence: int
    suspect: bool = False


@dataclass(slots=True, eq=False)
class InHand:
    """One claimed delivery. `marked` when the mark *about to hand over* is stored.

    `hashes` are what its address would be suppressed under.
    """

    claim: Claim
    letter: Letter
    hashes: tuple[str, ...] = ()
    marked: bool = False

    @property
    def number(self) -> int:
        return self.claim.delivery_id

    @property
    def domain(self) -> str:
        """The recipient's domain as limits know it: ASCII, small letters."""
        return self.letter.address_key.rpartition("@")[2]

    @property
    def urgent(self) -> bool:
        """Whether somebody sits waiting for it."""
        return self.letter.kind != MailKind.ISSUE

    @property
    def standing(self) -> Standing:
        letter = self.letter
        return Standing(letter.delivery_id, letter.attempts, letter.repeats, letter.expires_at)
