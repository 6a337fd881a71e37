"""The catalogues of translations, read once a process.

A wheel holds them compiled (`.mo`, made when it is built). A source checkout holds only what people edit
(`.po`), which is compiled in memory: there is no compiled file that could be missing or stale. A catalogue
that is not there is an error, never a silent fall-back to English.
"""

from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Final

from newsletter.resources import resource

SOURCE: Final = "en"


@cache
def catalogue(language: str) -> NullTranslations:
    """The words of a language; nothing but the source's own for English.

    Raises `FileNotFoundError` without a catalogue, and Babel's `PoFileError` for a broken one.
    """
    return NullTranslations() if language == SOURCE else read_catalogue(folder_of(language))


def folder_of(language: str) -> Path:
    """Where a language's catalogue lies, as gettext has it."""
    return resource("translations") / language / "LC_MESSAGES"


def read_catalogue(folder: Path) -> GNUTranslations:
    """The catalogue in a folder: from what people edit where that is, else from what was compiled of it."""
    source = folder / "messages.po"
    if source.is_file():
        return GNUTranslations(BytesIO(compiled(source)))
    with (folder / "messages.mo").open("rb") as file:
        return GNUTranslations(file)


def compiled(source: Path) -> bytes:
    """A `.po` file as the bytes of its `.mo`. Entries marked fuzzy are left out, as gettext does."""
    # An installed wheel never needs these, and loading them takes as long as all the rest here.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    made = BytesIO()
    with source.open("rb") as file:
        write_mo(made, read_po(file, abort_invalid=True))
    return made.getvalue()
