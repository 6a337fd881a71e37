"""One delivery's mail, made with a session at hand; many are made by one `Composer`."""

from collections.abc import Sequence
from contextlib import nullcontext

from sqlalchemy.orm import Session

from newsletter.delivery.composer import Composer
from newsletter.delivery.letter import letter_of
from newsletter.delivery.sections import Sections
from newsletter.delivery.written import NothingToSay
from newsletter.mail.issue import Publication
from newsletter.mail.outgoing import OutgoingMail
from newsletter.models import Delivery

__all__ = ["NothingToSay", "compose"]


def compose(
    session: Session,
    delivery: Delivery,
    publication: Publication,
    keys: Sequence[str],
    sections: Sections | None = None,
) -> OutgoingMail:
    """The message of a delivery with its envelope; see `Composer.compose`, which has the same bytes.

    `sections` remembers editions between mails.
    """
    composer = Composer(lambda: nullcontext(session), publication, keys, sections=sections)
    return composer.compose(letter_of(delivery))
