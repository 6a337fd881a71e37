"""The pages: one Flask application, put together from its blueprints."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from newsletter.authoring import author_of
from newsletter.branding import branded_publication
from newsletter.config import Settings
from newsletter.db import Database
from newsletter.machine.answers import StoryMachine
from newsletter.mail.brand import Brand
from newsletter.resources import resource
from newsletter.web import (
    about,
    address,
    app_shell,
    archive,
    asking,
    brand,
    commenting,
    confirm,
    embed,
    errors,
    feeds,
    health,
    hour,
    hub,
    i18n,
    images,
    issue,
    less,
    link,
    link_guard,
    machine,
    mine,
    outbox,
    preferences,
    printing,
    public,
    push,
    resume,
    sample,
    search,
    share,
    sitemap,
    story,
    undo,
    unsubscribe,
)
from newsletter.web.addresses import MonthName, Number
from newsletter.web.browser_guard import BrowserGuard
from newsletter.web.kept_pages import Door
from newsletter.web.offers import OFFERS, Offers
from newsletter.web.own_pages import OwnPagesDoor
from newsletter.web.page_store import PageStore
from newsletter.web.security import limit_callers, limit_forms, secure, trust_proxies
from newsletter.web.shared import Shared
from newsletter.web.shared import share as share_parts
from newsletter.web.sign_up_door import SignUpDoor
from newsletter.web.versions import VERSION, Version

_OPENED_BY_LINKS = (confirm, preferences, hour, less, resume, push, address, mine, undo, unsubscribe)
_PAGES = (
    public,
    embed,
    sample,
    *_OPENED_BY_LINKS,
    link,
    archive,
    search,
    story,
    asking,
    commenting,
    issue,
    about,
)
_FOR_MACHINES = (feeds, sitemap, share, app_shell)
_A_YEAR = 365 * 24 * 3600


def create_app(
    settings: Settings, database: Database, clock: Callable[[], datetime], wake: Callable[[], None]
) -> Flask:
    """The application. `clock` gives the moment in UTC; `wake` tells the workers that mail waits."""
    app = Flask("newsletter.web", template_folder=str(resource("templates") / "web"))
    app.url_map.converters.update(number=Number, month=MonthName)
    publication = branded_publication(settings, database, clock)
    here = Shared(settings, database, clock, wake, publication)
    share_parts(app.extensions, here)
    app.extensions[OFFERS] = Offers(database)
    secure(app, settings)
    csrf = CSRFProtect(app)
    csrf.exempt(hub.blueprint)
    csrf.exempt(embed.blueprint)
    csrf.exempt(asking.blueprint)
    # A mail program brings no form: unsubscribing looks at what came before it asks for a guard.
    parts = [page.blueprint for page in _OPENED_BY_LINKS]
    link_guard.install(app, csrf, parts, by_themselves=("unsubscribe.act",))
    i18n.install(app, settings.publication_language)
    _dress(app, settings, publication.brand)
    for part in (*_PAGES, *_FOR_MACHINES, health, hub, images, brand):
        app.register_blueprint(part.blueprint)
    if settings.outbox_dir:
        app.register_blueprint(outbox.blueprint)
    limit_forms(app, "link.ask", "address.ask")
    limit_callers(app, "hub.news")
    errors.install(app)
    asking.install(app.extensions)
    machine.install(app.extensions, _machine(settings, database, clock))
    _put_doors_before(app, here)
    return app


def _machine(settings: Settings, database: Database, clock: Callable[[], datetime]) -> machine.Machine | None:
    author = author_of(settings, database, clock)
    return StoryMachine(author, settings.llm_seconds) if author else None


def _put_doors_before(app: Flask, here: Shared) -> None:
    """Give out again what was made a moment ago: everybody's pages, and what readers' own have in common.

    And take down sign-ups that are as they should be.
    """
    settings, offers = here.settings, app.extensions[OFFERS]
    version = app.extensions[VERSION] = Version(here.database)
    cookie = str(app.config["SESSION_COOKIE_NAME"])
    door: Any = Door(app.wsgi_app, PageStore(), version, i18n.language_of_kept_page, cookie)
    if not settings.comments:  # their form is guarded by a cookie: then the page is one browser's alone
        door = OwnPagesDoor(door, settings.keys, here.database, here.clock, offers)
    if not settings.altcha:  # proof of work takes more than a look at the form
        door = SignUpDoor(door, app, here, offers, BrowserGuard(settings.keys[0]))
    app.wsgi_app = door  # type: ignore[method-assign]
    trust_proxies(app, settings.trusted_proxies)


def _dress(app: Flask, settings: Settings, look: Brand) -> None:
    """Give every template what every page shows, and every static file an address of its version."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    printing.install(app, settings)
    app.context_processor(
        lambda: {
            "publication": settings.publication_name,
            # By its path: the page may be visited under another name than mails give it.
            "logo": look.logo and replace(look.logo, url=urlsplit(look.logo.url).path),
            "brand_version": brand.version(look),
            "base_url": settings.base_url,
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
