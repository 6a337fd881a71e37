"""Our copies of pictures, for mails and pages. Everybody gets the same bytes; nobody is told apart."""

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from newsletter.models import Image
from newsletter.web.shared import shared

blueprint = Blueprint("images", __name__)

_TYPES = {"jpg": "image/jpeg", "png": "image/png"}
# The name is a hash of the content: what it names never changes (RFC 8246).
_FOR_EVER = "public, max-age=31536000, immutable"


@blueprint.get("/image/<name>")
def image(name: str) -> ResponseReturnValue:
    """One picture, by the name its mail or page knows it by."""
    with shared().database.read() as session:
        body = session.scalar(select(Image.body).where(Image.name == name))
    if body is None:
        abort(404)
    response = Response(body, content_type=_TYPES[name.rpartition(".")[2]])
    response.set_etag(name.partition(".")[0])
    response.headers["Cache-Control"] = _FOR_EVER
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    # Webmail shows it on pages of its own, some of which demand this word (Fetch, "CORP check").
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response.make_conditional(request)
