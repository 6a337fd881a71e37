"""What guards the forms of pages that a reader's link opens: it is made from the link, not from a cookie.

A guard keeps other sites from sending a form with the rights of whoever visits them. On these pages it is
the link alone that gives rights: who has not got it can send nothing, so what stands in their forms may
come from it, and they work where no cookie is kept. Pages that sign a browser in are guarded by its cookie.
"""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Flask, current_app, request
from flask_wtf.csrf import CSRFProtect, generate_csrf

from newsletter.tokens import InvalidToken, Purpose, make_token, read_token
from newsletter.web.marks import own
from newsletter.web.shared import shared

_FIELD = "csrf_token"
_GUARDED = "link_guarded"


def install(
    app: Flask, csrf: CSRFProtect, parts: Sequence[Blueprint], by_themselves: Sequence[str] = ()
) -> None:
    """Guard the forms of these by their links, instead of by the visitor's cookie.

    Endpoints `by_themselves` call `protect` where they need it.
    """
    app.extensions[_GUARDED] = frozenset(part.name for part in parts)
    for part in parts:
        csrf.exempt(part)
    app.context_processor(_in_forms)

    @app.before_request
    def check() -> None:
        if request.method == "POST" and _here() and request.endpoint not in by_themselves:
            protect()


def protect() -> None:
    """Let nothing in but a form of a page that this link opened, or of one that this browser was shown.

    Raises `CSRFError`.
    """
    if not _is_ours(request.form.get(_FIELD, ""), _handle()):
        current_app.extensions["csrf"].protect()


def _here() -> bool:
    return request.blueprint in current_app.extensions[_GUARDED] and "token" in (request.view_args or {})


def _in_forms() -> dict[str, Any]:
    return {_FIELD: guard if _here() else generate_csrf, "browser_guard": generate_csrf}


def guard() -> str:
    """What stands in the forms of the page that is being made."""
    return own("guard", make_token(shared().settings.keys, Purpose.FORM, _handle()))


def _handle() -> str:
    token: str = (request.view_args or {})["token"]
    return token.partition(".")[0]


def _is_ours(sent: str, handle: str) -> bool:
    try:
        return read_token(shared().settings.keys, Purpose.FORM, sent) == handle
    except InvalidToken:
        return False
