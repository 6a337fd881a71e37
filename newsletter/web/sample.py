"""A sample mail: the newest editions as a reader's mail shows them, or made-up ones while there are none."""

from collections import OrderedDict
from dataclasses import replace
from threading import Lock

from flask import Blueprint, Response, make_response, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter.demo.sample import sample_editions
from newsletter.editions.content import edition_content
from newsletter.mail.issue import EditionContent, Rendered
from newsletter.mail.proof import sample_issue
from newsletter.models import Edition, EditionStatus, Topic
from newsletter.web.i18n import page_language
from newsletter.web.shared import shared

blueprint = Blueprint("sample", __name__, url_prefix="/sample")

# Topics in the sample: what a reader might have ticked.
_TOPICS = 4
_KEPT = 24
_ROOM = "sandbox allow-popups allow-popups-to-escape-sandbox"

_Key = tuple[str, str, tuple[int, ...]]


class _Shelf:
    """Samples by language and editions: rendering one takes many milliseconds, and all look at the same."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._ready: OrderedDict[_Key, Rendered] = OrderedDict()

    def get(self, key: _Key, editions: tuple[EditionContent, ...]) -> Rendered:
        with self._lock:
            if key not in self._ready:
                self._ready[key] = sample_issue(shared().publication, editions, key[0])
                while len(self._ready) > _KEPT:
                    self._ready.popitem(last=False)
            return self._ready[key]


_shelf = _Shelf()


@blueprint.get("")
def look() -> ResponseReturnValue:
    """The mail in a frame, and the way to the form."""
    return render_template("sample.html", subject=_rendered().subject)


@blueprint.get("/mail")
def mail() -> Response:
    """The mail itself, shut in: it runs nothing, and its personal links lead nowhere."""
    response = make_response(_rendered().html.replace("<head>", '<head><base target="_blank">', 1))
    images = "img-src 'self' data:"
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'unsafe-inline'; {images}; frame-ancestors 'self'; {_ROOM}"
    )
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _rendered() -> Rendered:
    here, language = shared(), page_language()
    with here.database.read() as session:
        found = _newest(session)
        ids = tuple(edition.id for edition in found)
        contents = tuple(edition_content(session, edition) for edition in found)
    day = here.clock().date().isoformat()
    return _shelf.get((language, day, ids), contents or _made_up(language))


def _newest(session: Session) -> list[Edition]:
    """Each topic's newest published edition, of the latest date there is."""
    published = Edition.status == EditionStatus.PUBLISHED
    latest = select(func.max(Edition.date)).where(published).scalar_subquery()
    editions = session.scalars(
        select(Edition)
        .join(Topic)
        .where(published, Edition.date == latest, Edition.stories.any())
        .order_by(Topic.position, Topic.id)
        .limit(_TOPICS)
    )
    return list(editions)


def _made_up(language: str) -> tuple[EditionContent, ...]:
    here = shared()
    editions = sample_editions(language, here.clock(), here.settings.timezone)
    return tuple(
        replace(one, stories=tuple(replace(story, image=None) for story in one.stories)) for one in editions
    )
