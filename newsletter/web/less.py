"""Less of a source, by a mail's link: the sources of one edition, a button each."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter import subscribers
from newsletter.addresses import masked
from newsletter.models import Edition, Subscriber
from newsletter.mutes import TooManyMutes
from newsletter.web.i18n import _
from newsletter.web.readers import reader_of, told_if_old
from newsletter.web.shared import shared
from newsletter.web.sources import ReadSource, published, sources_in

blueprint = Blueprint("less", __name__)


@blueprint.get("/preferences/<token>/less/<number:edition_id>")
def look(token: str, edition_id: int) -> ResponseReturnValue:
    """Show the sources of an edition, and which of them the reader does without."""
    with shared().database.read() as session:
        reader = reader_of(session, token)
        return _page(session, reader, token, _edition(session, edition_id))


@blueprint.post("/preferences/<token>/less/<number:edition_id>")
def act(token: str, edition_id: int) -> ResponseReturnValue:
    """Do without a source of the edition (`mute`), or take it back (`unmute`); twice is as good as once."""
    with shared().database.write() as session:
        reader = reader_of(session, token)
        with told_if_old(session, reader, token):
            return _act(session, reader, token, _edition(session, edition_id))


def _act(session: Session, reader: Subscriber, token: str, edition: Edition) -> ResponseReturnValue:
    offered = {str(one.id): one for one in sources_in(session, edition, reader.muted_sources)}
    if source := offered.get(request.form.get("unmute", "")):
        subscribers.unmute_source(session, reader.handle, source.id)
        return _page(session, reader, token, edition, back=source)
    source = offered.get(request.form.get("mute", "")) or abort(400)
    try:
        subscribers.mute_source(session, reader.handle, source.id)
    except TooManyMutes:
        return _page(session, reader, token, edition, problem=_too_many()), 409
    return _page(session, reader, token, edition, gone=source)


def _edition(session: Session, edition_id: int) -> Edition:
    return published(session, edition_id) or abort(404)


def _page(
    session: Session,
    reader: Subscriber,
    token: str,
    edition: Edition,
    *,
    gone: ReadSource | None = None,
    back: ReadSource | None = None,
    problem: str = "",
) -> str:
    return render_template(
        "less.html",
        token=token,
        address=masked(reader.address),
        edition=edition,
        sources=sources_in(session, edition, reader.muted_sources),
        gone=gone,
        back=back,
        problem=problem,
    )


def _too_many() -> str:
    return _("You do without fifty sources already. Bring one back first, under “All your preferences”.")
