"""What makes the pages an app that can be installed: manifest, icons, and what is read without a network.

The service worker keeps public pages alone: no page with a token in its address ever reaches it.
"""

from pathlib import Path

from flask import (
    Blueprint,
    Response,
    current_app,
    jsonify,
    render_template,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.models import Edition, EditionStatus
from newsletter.subscribers import offered_topics
from newsletter.web.app_icon import SIZES, app_icon
from newsletter.web.shared import shared

blueprint = Blueprint("app_shell", __name__)

# So many topics' newest editions are kept for when there is no network.
MOST_KEPT = 24
_A_DAY = 24 * 3600
_PAPER = "#fcfbf8"
# The worker may fetch from here, and nowhere else; it is no page.
_WORKER_POLICY = "default-src 'none'; connect-src 'self'; frame-ancestors 'none'"


@blueprint.get("/manifest.webmanifest")
def manifest() -> ResponseReturnValue:
    """The app as systems list it (W3C, Web Application Manifest)."""
    publication = shared().publication
    icons = [
        {
            "src": url_for("app_shell.icon", size=size),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": "any maskable",
        }
        for size in SIZES
    ]
    response = jsonify(
        id="/",
        name=publication.name,
        short_name=publication.name[:12].strip(),
        start_url=url_for("archive.editions"),
        scope="/",
        display="standalone",
        background_color=_PAPER,
        theme_color=publication.brand.accent,
        icons=icons,
    )
    response.content_type = "application/manifest+json"
    return _for_a_day(response)


@blueprint.get("/icon-192.png", defaults={"size": 192})
@blueprint.get("/icon-512.png", defaults={"size": 512})
def icon(size: int) -> ResponseReturnValue:
    """The app's picture in one of its sizes."""
    brand = shared().publication.brand
    return _for_a_day(Response(app_icon(size, brand.accent, brand.on_accent), content_type="image/png"))


@blueprint.get("/worker.js")
def worker() -> ResponseReturnValue:
    """The service worker; from the root, because it may only look after pages below its own address."""
    script = Path(str(current_app.static_folder), "worker.js").read_bytes()
    response = Response(script, content_type="text/javascript; charset=utf-8")
    response.headers["Content-Security-Policy"] = _WORKER_POLICY
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/newest.json")
def newest() -> ResponseReturnValue:
    """The addresses of every topic's newest edition: what the worker keeps for when there is no network."""
    with shared().database.read() as session:
        return jsonify(editions=_newest(session))


@blueprint.get("/offline")
def offline() -> ResponseReturnValue:
    """What is shown in place of a page that is not kept, while there is no network."""
    return render_template("offline.html")


def _newest(session: Session) -> list[str]:
    found = []
    for topic in offered_topics(session)[:MOST_KEPT]:
        day = session.scalar(
            select(Edition.date)
            .where(Edition.topic_id == topic.id, Edition.status == EditionStatus.PUBLISHED)
            .order_by(Edition.date.desc())
            .limit(1)
        )
        if day is not None:
            found.append(url_for("archive.edition", slug=topic.slug, day=day))
    return found


def _for_a_day(response: Response) -> Response:
    response.cache_control.public = True
    response.cache_control.max_age = _A_DAY
    return response
