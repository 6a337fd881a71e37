"""A closed edition in words: rendered once, in every language and at every length, for all its issues."""

from collections.abc import Callable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.mail.fragment import render_fragment
from newsletter.mail.issue import EditionContent, Fragment
from newsletter.mail.languages import LANGUAGES
from newsletter.mail.lengths import LENGTHS
from newsletter.mail.packing import pack
from newsletter.models import EditionFragment
from newsletter.printed import edition_content

__all__ = ["edition_content", "keep_fragments", "render_all"]

# Language, length, and the edition in them.
Rendering = tuple[str, str, Fragment]
Render = Callable[[EditionContent, str, str], Fragment]


def render_all(edition: EditionContent, render: Render = render_fragment) -> Iterator[Rendering]:
    """The edition in every language that is offered, at every length."""
    for language in LANGUAGES:
        for length in LENGTHS:
            yield language, length, render(edition, language, length)


def keep_fragments(session: Session, edition_id: int, renderings: list[Rendering]) -> None:
    """Store an edition's renderings; those stored already, by another closer, stay."""
    stored = set(
        session.execute(
            select(EditionFragment.language, EditionFragment.length).where(
                EditionFragment.edition_id == edition_id
            )
        ).all()
    )
    session.add_all(
        EditionFragment(edition_id=edition_id, language=language, length=length, packed=pack(fragment))
        for language, length, fragment in renderings
        if (language, length) not in stored
    )
    session.flush()
