"""Pages that are the same for everybody may be kept: by browsers, proxies, and here (`kept_pages`)."""

from datetime import datetime

from flask import Response, make_response, request

from newsletter.web.security import csp_nonce, policy

# So long a page may be shown after its edition was withdrawn; and how much longer while a new one is fetched.
SECONDS, MEANWHILE = 300, 60
# Where the view tells, in the request's WSGI environment, that its answer may be kept here too.
KEEP = "newsletter.keep"
# Kept pages are given out more than once, a nonce must not be: their scripts are known by coming from us.
_OWN_SCRIPTS = "'self'"


def kept(
    page: str | bytes, kind: str = "text/html; charset=utf-8", changed: datetime | None = None
) -> Response:
    """The page with its tag (RFC 9110, section 8.8.3); 304 to who has it already.

    `changed` is when what it tells last changed. A page that sets a cookie (forms do) is its visitor's
    alone: the door in front of the application (`kept_pages`) sees it, and takes all this back.
    """
    text = page.replace(f' nonce="{csp_nonce()}"', "") if isinstance(page, str) else page
    response = make_response(text)
    response.content_type = kind
    response.cache_control.public = True
    response.cache_control.max_age = SECONDS
    response.cache_control.stale_while_revalidate = MEANWHILE
    response.headers["Content-Security-Policy"] = policy(_OWN_SCRIPTS)
    response.last_modified = changed
    response.add_etag()
    response.make_conditional(request)
    request.environ[KEEP] = True
    return response
