"""Compile the catalogues of translations into the wheel (a build hook of hatchling).

An editable installation reads the `.po` files themselves (`newsletter/mail/catalogues.py`).
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CATALOGUES = "newsletter/translations"


class CompileCatalogues(BuildHookInterface[Any]):
    """Put a `.mo` in place of every `.po`; a catalogue that cannot be read ends the build."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile into a folder of its own and tell hatchling where each file belongs."""
        if version == "editable":
            return
        self.made = TemporaryDirectory()
        for source in sorted(Path(self.root, CATALOGUES).rglob("*.po")):
            place = source.relative_to(self.root).with_suffix(".mo")
            compiled = Path(self.made.name, *place.parts)
            compile_catalogue(source, compiled)
            build_data["force_include"][str(compiled)] = place.as_posix()

    def finalize(self, version: str, _build_data: dict[str, Any], _artifact_path: str) -> None:
        """Remove the folder."""
        if version != "editable":
            self.made.cleanup()


def compile_catalogue(source: Path, target: Path) -> None:
    """Write the `.mo` of a `.po`."""
    target.parent.mkdir(parents=True)
    with source.open("rb") as read, target.open("wb") as written:
        write_mo(written, read_po(read, abort_invalid=True))
