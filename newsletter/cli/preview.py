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

    They are loaded and rendered for every look, so what is edited meanwhile shows.
    """
    import waitress

    from newsletter.web.preview import preview_app  # brings Flask along

    one_at_a_time = Lock()

    def show(language: str, length: str) -> Proof:
        editions = load(language)
        with one_at_a_time:
            return proof_issue(publication, editions, language, length)

    app = preview_app(title, publication.base_url, show, lambda: _stamp(load))
    server: Any = waitress.create_server(app, host="127.0.0.1", port=0, threads=8)
    address = f"http://127.0.0.1:{server.effective_port}/"
    # Waitress hears Ctrl-C only once it runs.
    with suppress(KeyboardInterrupt):
        click.echo(
            f"The preview is at {address}\nIt follows your changes to templates/email; Ctrl-C ends it."
        )
        _open_browser(address)
        server.run()


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
