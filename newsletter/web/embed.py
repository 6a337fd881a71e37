"""Signing up from other sites: a form of plain HTML that posts here, and a small script to stay there.

Only sites the operator names may. What tells them is the browser's Origin (or Referer) header, which no
page can forge; a token as in our own forms cannot be had there. No cookie is read: whoever could make
a visitor's browser send this form gains nothing, for all that comes of it is a mail that asks.
"""

from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from newsletter.attempts import TooManyAttempts
from newsletter.subscribers import offered_topics
from newsletter.web import errors, joining, public, wording
from newsletter.web.caching import SECONDS
from newsletter.web.forms import SignUpForm
from newsletter.web.i18n import _
from newsletter.web.moments import DEFAULT_HOUR
from newsletter.web.shared import shared

blueprint = Blueprint("embed", __name__, url_prefix="/embed")

_VIA = "embed"


@blueprint.before_request
def only_where_wanted() -> None:
    """Without a site that may use it there is nothing here."""
    if not shared().settings.embed_origins:
        abort(404)


@blueprint.get("")
def look() -> ResponseReturnValue:
    """The snippet to copy, and what it looks like."""
    here = shared()
    with here.database.read() as session:
        topics = offered_topics(session)
    snippet = render_template(
        "embed_snippet.html",
        topics=topics,
        trap=joining.TRAP,
        hour=DEFAULT_HOUR,
        zone=here.settings.timezone,
        consent=wording.sign_up_wording(here.publication.name),
    )
    response = make_response(
        render_template("embed.html", snippet=snippet.strip(), origins=here.settings.embed_origins)
    )
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@blueprint.get("/form.js")
def script() -> Response:
    """The script for sites whose visitors shall stay on their page; it may be kept for a little while."""
    response = current_app.send_static_file("embed.js")
    response.cache_control.max_age = SECONDS
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@blueprint.post("", endpoint="sign_up")
def take_sign_up() -> ResponseReturnValue:
    """Take a sign-up from an allowed site; whatever the address, the answer is the same."""
    origin = _origin()
    if origin not in shared().settings.embed_origins:
        return errors.page(
            403,
            _("This form is not known here"),
            _("The site it stands on is not among those that may take sign-ups for us. Nothing was changed."),
            _("You can sign up on our own front page instead."),
        )
    response = make_response(_inline() if _stays_there() else _plain())
    if "Origin" in request.headers:
        response.headers["Access-Control-Allow-Origin"] = origin
    response.vary.update(("Origin", "Accept"))
    return response


def _plain() -> ResponseReturnValue:
    """For a visitor who comes here with the form."""
    form = _taken()
    if form.problems:
        return public.front_page(form), 422
    return redirect(url_for("public.check_inbox"), 303)


def _inline() -> ResponseReturnValue:
    """For the script, which shows the words beside its form."""
    try:
        form = _taken()
    except TooManyAttempts as full:
        answer = jsonify(message=_("Too many sign-ups just now. Please try again in an hour."))
        answer.headers["Retry-After"] = str(errors.seconds(full.wait))
        return answer, 429
    if form.problems:
        return jsonify(message=" ".join(form.problems.values()), fields=list(form.problems)), 422
    return jsonify(
        message=_("Look in your inbox: a mail is on its way to you. Its link starts your first issue.")
    )


def _taken() -> SignUpForm:
    form = joining.read_form()
    if not form.problems and not joining.is_trapped():
        joining.take(form, _VIA)
    return form


def _stays_there() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _origin() -> str:
    """Where the form stands, as the browser tells; empty when it does not."""
    origin = request.headers.get("Origin")
    if origin is not None:
        return origin.lower()
    try:
        parts = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}".lower() if parts.netloc else ""
