"""What every answer carries to keep readers safe: policies, cookie flags, limits on what comes in."""

import secrets
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, g, make_response, request
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from werkzeug.middleware.proxy_fix import ProxyFix

from newsletter.attempts import Gate, TooManyAttempts, Visitor, admit, refuse
from newsletter.config import Settings
from newsletter.web.cookies import SignedCookie
from newsletter.web.marks import own
from newsletter.web.shared import shared

MAX_BODY = 64 * 1024
MAX_PARTS = 300
# Counted in memory: whoever calls too often is a hub gone wrong, and each process may bear that much.
KNOCKS = parse("60 per minute")

# Pages that belong to one reader, or to the operator: nobody's cache may keep them.
_PERSONAL = ("/confirm/", "/preferences/", "/unsubscribe/", "/address/", "/mine/", "/undo/", "/outbox")
# Pages whose address is a secret: it must not travel on in a Referer.
_WITH_TOKEN = _PERSONAL[:6]


def secure(app: Flask, settings: Settings) -> None:
    """Set the limits and cookie flags, add the headers."""
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=MAX_BODY,
        MAX_FORM_PARTS=MAX_PARTS,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=_https(settings),
        # A form may stay open in a tab for days; the token is bound to the visitor's cookie anyway.
        WTF_CSRF_TIME_LIMIT=None,
        # Pages with a token in their address send no Referer, so none can be asked for.
        WTF_CSRF_SSL_STRICT=False,
    )
    app.secret_key = settings.keys[0]
    app.config["SECRET_KEY_FALLBACKS"] = list(settings.keys[1:])
    app.session_interface = SignedCookie()
    app.context_processor(lambda: {"csp_nonce": csp_nonce()})
    app.after_request(lambda response: _add_headers(response, _https(settings)))


def trust_proxies(app: Flask, hops: int) -> None:
    """Believe so many proxies in front of the application, and of its doors, where visitors come from."""
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def limit_forms(app: Flask, *endpoints: str) -> None:
    """Let one network send each form that brings mail only so often: list bombing uses forms like ours.

    Mistakes do not count: only what was taken does.
    """
    for endpoint in endpoints:
        app.view_functions[endpoint] = _limited(app.view_functions[endpoint], Gate(endpoint))


def _limited(view: Callable[..., Any], gate: Gate) -> Callable[..., Any]:
    @wraps(view)
    def counted(**values: Any) -> Response:
        here = shared()
        visitor = Visitor(request.remote_addr or "", here.settings.counting_key)
        with here.database.read() as session:
            refuse(session, gate, visitor, here.clock())
        response = make_response(view(**values))
        if response.status_code == 303:
            with suppress(TooManyAttempts), here.database.write() as session:
                admit(session, gate, visitor, here.clock())
        return response

    return counted


def limit_callers(app: Flask, *endpoints: str) -> None:
    """Let programs call each address of these endpoints only so often, whoever they are."""
    turns = FixedWindowRateLimiter(MemoryStorage())

    def in_turn(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def counted(**values: Any) -> Any:
            return view(**values) if turns.hit(KNOCKS, request.path[:200]) else abort(429)

        return counted

    for endpoint in endpoints:
        app.view_functions[endpoint] = in_turn(app.view_functions[endpoint])


def csp_nonce() -> str:
    """This answer's nonce: only scripts that carry it run."""
    if "csp_nonce" not in g:
        g.csp_nonce = own("csp_nonce", secrets.token_urlsafe(16))
    return str(g.csp_nonce)


def _https(settings: Settings) -> bool:
    return urlsplit(settings.base_url).scheme == "https"


def policy(scripts: str) -> str:
    """The Content-Security-Policy, with the only scripts that run: by nonce, or `'self'`."""
    return "; ".join(
        (
            "default-src 'none'",
            "style-src 'self'",
            "img-src 'self' data:",
            f"script-src {scripts}",
            "frame-src 'self'",
            "worker-src 'self'",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def _add_headers(response: Response, https: bool) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", policy(f"'nonce-{csp_nonce()}'"))
    headers.setdefault("X-Frame-Options", "DENY")
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer" if request.path.startswith(_WITH_TOKEN) else "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    if request.path.startswith(_PERSONAL):
        headers["Cache-Control"] = "no-store"
        headers["X-Robots-Tag"] = "noindex"
    elif request.endpoint != "static":
        headers.setdefault("Cache-Control", "private, no-cache")
    if https:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
