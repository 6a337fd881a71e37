"""The operator's accent colour for the pages: the style sheet's custom properties, set once."""

import hashlib

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from newsletter.mail.brand import DEFAULT_BRAND, Brand
from newsletter.web.shared import shared

blueprint = Blueprint("brand", __name__)

_SHEET = """\
:root {{ --accent: {accent}; --on-accent: {on_accent}; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --accent: {accent_dark}; --on-accent: {on_accent_dark}; }}
}}
"""


@blueprint.get("/brand.css")
def colours() -> ResponseReturnValue:
    """A few lines after the style sheet; their address changes with them, so they may be kept."""
    response = Response(_sheet(shared().publication.brand), content_type="text/css; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def version(brand: Brand) -> str | None:
    """What tells these colours from others; None when they are the style sheet's own."""
    sheet = _sheet(brand)
    return None if sheet == _sheet(DEFAULT_BRAND) else hashlib.sha256(sheet.encode()).hexdigest()[:8]


def _sheet(brand: Brand) -> str:
    return _SHEET.format(
        accent=brand.accent,
        on_accent=brand.on_accent,
        accent_dark=brand.accent_dark,
        on_accent_dark=brand.on_accent_dark,
    )
