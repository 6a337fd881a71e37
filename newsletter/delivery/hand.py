"""A mail in a sender's hand: claimed, with all it is made of, and how far it has come."""

from dataclasses import dataclass, field
from typing import NamedTuple

from newsletter.delivery.letter import Letter
from newsletter.delivery.retry import Standing
from newsletter.models import MailKind


class Claim(NamedTuple):
    """A worker's hold on a delivery. `suspect` when an earlier worker vanished holding it."""

    delivery_id: int
    fence: int
    suspect: bool = False


@dataclass(slots=True, eq=False)
class InHand:
    """One claimed delivery. `marked` when the mark *about to hand over* is stored.

    `hashes` are what its address would be suppressed under, `domain` is the recipient's as limits know
    it: ASCII, small letters.
    """

    claim: Claim
    letter: Letter
    hashes: tuple[str, ...] = ()
    marked: bool = False
    number: int = field(init=False)
    domain: str = field(init=False)

    def __post_init__(self) -> None:
        # Kept, not asked for: both are read twenty times a mail.
        self.number = self.claim.delivery_id
        self.domain = self.letter.address_key.rpartition("@")[2]

    @property
    def urgent(self) -> bool:
        """Whether somebody sits waiting for it."""
        return self.letter.kind != MailKind.ISSUE

    @property
    def standing(self) -> Standing:
        letter = self.letter
        return Standing(letter.delivery_id, letter.attempts, letter.repeats, letter.expires_at)
