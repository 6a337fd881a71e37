"""Where hubs reach us (WebSub): they ask whether we meant it, and say that there is news.

Programs only come here: no session, no form, no page. The key in the address lets them in.
"""

from collections.abc import Iterator

from flask import Blueprint, Response, request

from newsletter.web.shared import shared
from newsletter.websub.callback import answer_intent, expected_news, knows, note_news
from newsletter.websub.signature import is_genuine

blueprint = Blueprint("hub", __name__)

MAX_NEWS = 10 * 1024 * 1024
_PIECE = 64 * 1024


@blueprint.get("/hub/<key>")
def intent(key: str) -> Response:
    """Agree to what we asked the hub for, or do not know of it (sections 5.2 and 5.3).

    The one GET that writes: it notes what became of a wish that we had stated to this very hub.
    """
    if request.method != "GET":
        return _plain(405)
    here = shared()
    with here.database.read() as session:
        # Who guesses keys does not get to keep the one writer busy.
        if not knows(session, key):
            return _plain(404)
    with here.database.write() as session:
        challenge = answer_intent(session, key, request.args, here.clock())
    return _plain(404) if challenge is None else _plain(200, challenge)


@blueprint.post("/hub/<key>")
def news(key: str) -> Response:
    """Take note that there is news (section 7); what it is, the next poll finds out.

    A message that is not signed as it should be is answered alike and ignored (section 7.1.2).
    """
    here = shared()
    with here.database.read() as session:
        expected = expected_news(session, key)
    if expected is None:
        return _plain(410)
    if (request.content_length or 0) > MAX_NEWS:
        return _plain(413)
    signature = request.headers.get("X-Hub-Signature", "")
    if expected.matters and is_genuine(_body(), signature, expected.secret):
        with here.database.write() as session:
            note_news(session, key, here.clock())
    return _plain(202)


def _body() -> Iterator[bytes]:
    """What was sent, in pieces; read only when somebody wants it, and never more than the limit."""
    # One more: looking for the end of what is just within the limit must not count as passing it.
    request.max_content_length = MAX_NEWS + 1
    return iter(lambda: request.stream.read(_PIECE), b"")


def _plain(status: int, text: str = "") -> Response:
    """An answer that no browser takes for a page, whatever a stranger has us repeat."""
    response = Response(text, status, content_type="application/octet-stream")
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    response.headers["Content-Disposition"] = "attachment"
    return response
