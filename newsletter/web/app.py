"""The pages: one Flask application, put together from its blueprints."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from newsletter.config import Settings
from newsletter.db import Database
from newsletter.publication import publication_of
from newsletter.resources import resource
from newsletter.web import (
    address,
    archive,
    confirm,
    errors,
    health,
    i18n,
    link,
    outbox,
    preferences,
    public,
    resume,
    unsubscribe,
)
from newsletter.web.moments import day_in_words, moment_in_words
from newsletter.web.security import limit_forms, secure
from newsletter.web.shared import Shared, share

_A_YEAR = 365 * 24 * 3600


def create_app(
    settings: Settings, database: Database, clock: Callable[[], datetime], wake: Callable[[], None]
) -> Flask:
    """The application. `clock` gives the moment in UTC; `wake` tells the workers that mail waits."""
    app = Flask("newsletter.web", template_folder=str(resource("templates") / "web"))
    share(app.extensions, Shared(settings, database, clock, wake, publication_of(settings)))
    secure(app, settings)
    CSRFProtect(app).exempt(unsubscribe.act)
    i18n.install(app)
    _dress(app, settings)
    for part in (public, confirm, preferences, resume, link, address, unsubscribe, archive, health):
        app.register_blueprint(part.blueprint)
    if settings.outbox_dir:
        app.register_blueprint(outbox.blueprint)
    limit_forms(app, "public.sign_up", "link.ask", "address.ask")
    errors.install(app)
    return app


def _dress(app: Flask, settings: Settings) -> None:
    """Give every template what every page shows, and every static file an address of its version."""
    language = settings.publication_language
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters["web_address"] = web_address
    app.jinja_env.filters["day"] = lambda day: day_in_words(day, language)
    app.jinja_env.filters["at"] = lambda moment: moment_in_words(moment, settings.zone, language)
    app.context_processor(
        lambda: {
            "publication": settings.publication_name,
            "language": language,
            "stays_here": settings.outbox_dir is not None,
        }
    )
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = _A_YEAR
    versions = _versions(Path(str(app.static_folder)))

    @app.url_defaults
    def version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values["v"] = versions.get(values["filename"])


def _versions(folder: Path) -> dict[str, str]:
    """A short hash of each static file, so that browsers may keep it until it changes."""
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest()[:8] for file in folder.iterdir()}


def web_address(url: str) -> str:
    """`url` if it leads to a web page; anything else (javascript:, data:) becomes nothing."""
    return url if url.lower().startswith(("https://", "http://")) else ""
