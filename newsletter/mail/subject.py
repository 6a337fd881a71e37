"""What an inbox shows of an issue before it is opened."""

from collections.abc import Sequence

from newsletter.mail.wording import cut, cut_headline

HEADLINE = 70
LONGEST_PREHEADER = 140


def subject_headline(headlines: Sequence[str]) -> str:
    """The top headline, cut where it reads well."""
    return cut_headline(headlines[0], HEADLINE)


def preheader(headlines: Sequence[str], otherwise: str) -> str:
    """The next two headlines; `otherwise` when there are none."""
    return cut(" · ".join(headlines[1:3]), LONGEST_PREHEADER) or otherwise
