"""The page of `newsletter edition preview`: served to this machine until Ctrl-C."""

import hashlib
import os
import sys
import webbrowser
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

import click

from newsletter.config import Settings
from newsletter.demo.sample import sample_editions
from newsletter.mail.issue import EditionContent, Publication
from newsletter.mail.proof import Proof, proof_issue
from newsletter.resources import resource

Editions = Sequence[EditionContent]


def serve_preview(publication: Publication, title: str, load: Callable[[str], Editions]) -> None:
    """Serve the preview of the editions that `load` gives for a language; returns after Ctrl-C.

    They are loaded and rendered anew when a template or an edition has changed, so what is edited shows.
    """
    import waitress

    from newsletter.web.preview import Preview, preview_app  # brings Flask along

    proofs = _Proofs(publication, load)
    app = preview_app(Preview(title, publication.base_url, proofs.show, lambda: _stamp(load)))
    server: Any = waitress.create_server(app, host="127.0.0.1", port=0, threads=8)
    address = f"http://127.0.0.1:{server.effective_port}/"
    # Waitress hears Ctrl-C only once it runs.
    with suppress(KeyboardInterrupt):
        click.echo(
            f"The preview is at {address}\nIt follows your changes to templates/email; Ctrl-C ends it."
        )
        _open_browser(address)
        server.run()


class _Proofs:
    """What one look at the page asks for again and again, in each of its frames."""

    def __init__(self, publication: Publication, load: Callable[[str], Editions]) -> None:
        self._publication, self._load = publication, load
        self._one_at_a_time = Lock()
        self._of = ""
        self._kept: dict[tuple[str, str], Proof] = {}

    def show(self, language: str, length: str) -> Proof:
        """The issue in this language and length, as templates and editions are now."""
        with self._one_at_a_time:
            stamp = _stamp(self._load)
            if stamp != self._of:
                self._of, self._kept = stamp, {}
            asked = language, length
            if asked not in self._kept:
                self._kept[asked] = proof_issue(self._publication, self._load(language), language, length)
            return self._kept[asked]


def made_up(settings: Settings) -> Callable[[str], Editions]:
    """The made-up editions of today, in whatever language is asked for."""
    now = datetime.now(UTC)
    return lambda language: sample_editions(language, now, settings.timezone)


def _stamp(load: Callable[[str], Editions]) -> str:
    """A word that changes when a template or an edition does."""
    seen = hashlib.sha256(repr(load("en")).encode())
    for file in sorted((resource("templates") / "email").rglob("*")):
        seen.update(f"{file}\n{_changed(file)}\n".encode())
    return seen.hexdigest()


def _changed(file: Path) -> tuple[int, int]:
    try:
        status = file.stat()
    except FileNotFoundError:  # an editor has just put another in its place
        return 0, 0
    return status.st_mtime_ns, status.st_size


def _open_browser(address: str) -> None:
    """Open the address where there is a desktop; a browser in the terminal would only be in the way."""
    desktop = sys.platform in ("darwin", "win32") or {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys()
    if desktop:
        webbrowser.open(address)
