"""The varieties each kind of mail comes in: what the ledger holds of them beside the reader."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from newsletter.models import Edition, MailKind
from newsletter.resources import resource


@dataclass(frozen=True, slots=True)
class Told:
    """What a mail may tell of: editions, and words from feeds, friendly or hostile."""

    editions: Sequence[Edition]
    words: Sequence[str]

    @property
    def numbers(self) -> str:
        return ",".join(str(edition.id) for edition in self.editions)


class NoSample(Exception):
    """A folder of `templates/email` of which nobody knows how its mail comes to be."""


Entry = dict[str, Any]
# Folders that are parts of mails, not mails.
_PARTS = {"base"}
# By folder, then by name: the columns of a delivery. A folder that is not here is a `MailKind` that
# needs nothing but its reader.
_VARIETIES: Mapping[str, Mapping[str, Callable[[Told], Entry]]] = {
    "issue": {
        "issue": lambda told: {"kind": MailKind.ISSUE, "editions": told.numbers},
        "welcome": lambda told: {"kind": MailKind.ISSUE, "editions": told.numbers, "welcome": True},
    },
}
# What readers subscribed to: these carry the list's headers, a postal address, a way out.
LIST_KINDS = {"issue", "welcome"}
# The only ones whose words depend on the length a reader chose.
HAVE_LENGTHS = {"issue", "welcome"}


def kinds() -> list[str]:
    """Every kind of mail there is, by the folders of `templates/email`."""
    folders = {one.name for one in (resource("templates") / "email").iterdir() if one.is_dir()}
    return sorted(name for folder in folders - _PARTS for name in _VARIETIES.get(folder, [folder]))


def entry(kind: str, told: Told) -> Entry:
    """The columns of a delivery of this kind. Raises `NoSample`."""
    for varieties in _VARIETIES.values():
        if kind in varieties:
            return varieties[kind](told)
    try:
        return {"kind": MailKind(kind)}
    except ValueError:
        raise NoSample(
            f"templates/email/{kind} is no MailKind: say in tests/judges/varieties.py how it comes to be"
        ) from None
