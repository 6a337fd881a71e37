"""How long an issue is, by the reader's choice, and what each length prints of a story."""

from dataclasses import dataclass

HEADLINES, STANDARD, FULL = "headlines", "standard", "full"
# Not a length of its own: the standard one, without HTML.
TEXT = "text"

# The longest first: an issue that grows too large goes down this list.
LENGTHS = (FULL, STANDARD, HEADLINES)


@dataclass(frozen=True, slots=True)
class Print:
    """What a length prints of a story: characters at most, and how many related articles."""

    summary: int
    excerpt: int
    related: int
    image: bool


PRINTS = {
    FULL: Print(summary=1200, excerpt=400, related=3, image=True),
    STANDARD: Print(summary=500, excerpt=180, related=3, image=True),
    HEADLINES: Print(summary=0, excerpt=0, related=0, image=False),
}


def lengths_for(length: str) -> tuple[str, ...]:
    """The lengths an issue of this one is made of, its own first. Raises `ValueError`."""
    wanted = STANDARD if length == TEXT else length
    if wanted not in LENGTHS:
        raise ValueError(f"no such length: {length}")
    return LENGTHS[LENGTHS.index(wanted) :]
