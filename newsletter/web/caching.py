"""Pages that are the same for everybody may be kept by browsers and proxies for a little while."""

from flask import Response, make_response, request

# So long a page may be shown after its edition was withdrawn.
SECONDS = 300


def kept(page: str) -> Response:
    """The page with its tag (RFC 9110, section 8.8.3); 304 to who has it already.

    One that touched the visitor's session (forms do) is theirs alone and not for such keeping.
    """
    response = make_response(page)
    response.cache_control.public = True
    response.cache_control.max_age = SECONDS
    response.add_etag()
    response.make_conditional(request)
    return response
