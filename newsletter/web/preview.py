"""The page an editor or designer looks at: one issue in every shape it takes, anew when it changes.

An application of its own, for `newsletter edition preview`; it is no part of the public pages.
"""

import traceback
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from newsletter.demo.drawings import draw_sample
from newsletter.demo.sample import LANGUAGES, PICTURE
from newsletter.mail.proof import Proof
from newsletter.models import Length
from newsletter.resources import resource
from newsletter.web import i18n
from newsletter.web.i18n import _
from newsletter.web.preview_frame import ROOM, in_frame, policy

# Gmail cuts a longer HTML part off.
CLIPPED_AT = 102 * 1024
_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)

Show = Callable[[str, str], Proof]


@dataclass(frozen=True, slots=True)
class Preview:
    """The pages. `show` renders the issue in a language and a length, `stamp` changes when it would.

    Images are loaded from `base_url` alone.
    """

    title: str
    base_url: str
    show: Show
    stamp: Callable[[], str]

    def page(self) -> ResponseReturnValue:
        """The issue in all its shapes, each in a frame; or what keeps it from being rendered."""
        language, length = _asked()
        proof, trouble = _tried(self.show, language, length)
        return render_template(
            "preview.html",
            title=self.title,
            proof=proof,
            trouble=trouble,
            clipped_at=CLIPPED_AT,
            stamp=self.stamp(),
            chosen={"language": language, "length": length},
            languages=LANGUAGES,
            lengths=[length.value for length in Length],
            frames=_frames(language, length),
            room=ROOM,
        )

    def html(self) -> ResponseReturnValue:
        """The mail's HTML as one frame shows it."""
        document = self.show(*_asked()).rendered.html
        scheme = "dark" if request.args.get("scheme") == "dark" else "light"
        answer = make_response(in_frame(document, scheme, self.base_url))
        with_images = request.args.get("images") != "off"
        answer.headers["Content-Security-Policy"] = policy(self.base_url, with_images)
        return answer

    def text(self) -> ResponseReturnValue:
        """The mail's text part."""
        return Response(self.show(*_asked()).rendered.text, mimetype="text/plain")

    def now(self) -> ResponseReturnValue:
        """What the page compares to know that it is out of date."""
        return Response(self.stamp(), mimetype="text/plain")


def preview_app(preview: Preview) -> Flask:
    """The application with these pages. It answers only to names of this machine."""
    app = Flask(__name__, template_folder=str(resource("templates") / "web"))
    app.config.update(TRUSTED_HOSTS=["127.0.0.1", "localhost"], SEND_FILE_MAX_AGE_DEFAULT=0)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    i18n.install(app)
    app.before_request(i18n.heed_browser_alone)
    app.add_url_rule("/", view_func=preview.page)
    app.add_url_rule("/mail.html", view_func=preview.html)
    app.add_url_rule("/mail.txt", view_func=preview.text)
    app.add_url_rule("/stamp", view_func=preview.now)
    app.add_url_rule(PICTURE, view_func=_picture)
    app.register_error_handler(Exception, _say_what_is_wrong)
    app.after_request(_add_headers)
    return app


def _picture() -> ResponseReturnValue:
    return Response(draw_sample(), mimetype="image/jpeg")


def _asked() -> tuple[str, str]:
    """The language and the length asked for, or the usual ones."""
    language = request.args.get("language", "")
    length = request.args.get("length", "")
    return (
        language if language in LANGUAGES else "en",
        length if length in {*Length} else Length.STANDARD,
    )


def _tried(show: Show, language: str, length: str) -> tuple[Proof | None, str]:
    try:
        return show(language, length), ""
    except Exception as error:  # whatever a template that is being edited does
        return None, _in_words(error)


def _frames(language: str, length: str) -> list[dict[str, str | int]]:
    asked = f"?length={length}&language={language}"
    return [
        {"title": _("600 pixels"), "width": 600, "src": f"/mail.html{asked}"},
        {"title": _("360 pixels, a phone"), "width": 360, "src": f"/mail.html{asked}"},
        {"title": _("Dark"), "width": 600, "src": f"/mail.html{asked}&scheme=dark"},
        {"title": _("Images off"), "width": 600, "src": f"/mail.html{asked}&images=off"},
        {"title": _("Right to left"), "width": 600, "src": f"/mail.html?length={length}&language=ar"},
        {"title": _("Text"), "width": 640, "src": f"/mail.txt{asked}"},
    ]


def _say_what_is_wrong(error: Exception) -> Response:
    status = getattr(error, "code", None) or 500
    return Response(_in_words(error), status, mimetype="text/plain")


def _in_words(error: Exception) -> str:
    """What went wrong, and where in the templates."""
    folder = str(resource("templates"))
    places = [
        f"{frame.filename.removeprefix(folder).lstrip('/')}, line {frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.startswith(folder)
    ]
    return "\n".join([*places[-1:], "".join(traceback.format_exception_only(error)).strip()])


def _add_headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", _PAGE_POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
