"""What a reader asks of the model on a story's page: simple words, an answer, a translation.

Nothing of the reader's is changed by it, so these forms carry no token, and the page they stand on can
be the same for everybody; that they come from our own pages is told by the browser (Fetch, "Origin").
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, current_app, make_response, request
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from newsletter.attempts import network_of
from newsletter.mail.wording import one_line
from newsletter.web import errors
from newsletter.web.i18n import _, page_language
from newsletter.web.machine import Machine, MachineWords, machine_set
from newsletter.web.shared import shared
from newsletter.web.stories import published_story
from newsletter.web.story import story_page

blueprint = Blueprint("asking", __name__)

# Of one network, and of everybody: a model costs the operator money.
EACH, ALL = parse("20 per hour"), parse("600 per hour")
LONGEST_QUESTION = 300
# Counted in memory, as `security` does.
_TURNS = "newsletter.asking"

Ask = Callable[[Machine], MachineWords | None]


@blueprint.post("/story/<number:story_id>/explain")
def explain(story_id: int) -> Response:
    """The story in simple words."""
    return _answered(story_id, "explain", lambda one: one.explain(story_id, page_language()))


@blueprint.post("/story/<number:story_id>/translate")
def translate(story_id: int) -> Response:
    """The story in the language of the page."""
    return _answered(story_id, "translate", lambda one: one.translate(story_id, page_language()))


@blueprint.post("/story/<number:story_id>/ask")
def ask(story_id: int) -> Response:
    """An answer from the story's articles."""
    question = one_line(request.form.get("question", "")[: 4 * LONGEST_QUESTION], LONGEST_QUESTION)
    if not question:
        return errors.page(
            422, _("There was no question"), _("Go back and write what you would like to know.")
        )
    return _answered(
        story_id,
        "answer",
        lambda one: one.answer(story_id, page_language(), question),
        question,
    )


def _answered(story_id: int, kind: str, do: Ask, question: str = "") -> Response:
    machine = machine_set() or abort(404)
    if not _from_our_pages():
        abort(403)
    with shared().database.read() as session:
        if published_story(session, story_id) is None:
            abort(404)
    if not _in_turn():
        return _too_often()
    said = do(machine)
    with shared().database.read() as session:
        story = published_story(session, story_id) or abort(404)
        page = story_page(session, story, said, kind, question)
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


def _from_our_pages() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host


def install(extensions: dict[str, object]) -> None:
    """Begin to count who asks how often."""
    extensions[_TURNS] = FixedWindowRateLimiter(MemoryStorage())


def _in_turn() -> bool:
    """Whether this network, and all together, may ask once more."""
    turns = current_app.extensions[_TURNS]
    network = network_of(request.remote_addr or "")
    return bool(turns.hit(EACH, "asking", network)) and bool(turns.hit(ALL, "asking"))


def _too_often() -> Response:
    response = errors.page(
        429,
        _("That was often enough for now"),
        _("So that there is something left for everybody, a machine answers only so often an hour."),
        _("Please try again in an hour. The story and its sources are there meanwhile."),
    )
    response.headers["Retry-After"] = "3600"
    return response
