"""Readers' pages that are the same for all readers of the same choices, but for a few places in them.

Such a page is made once, with a mark in each of those places, and the marks are filled in for each reader.
Whatever else it is made of belongs to its key: nothing of one reader's can stand on another's page.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from flask import current_app, render_template, request
from flask_wtf.csrf import generate_csrf
from jinja2 import Environment
from markupsafe import escape

from newsletter.web.i18n import page_language
from newsletter.web.security import csp_nonce

Always = Callable[[], Mapping[str, Any]]
# Kept by each process; a page takes some 40 kB.
MOST = 256
# What differs from answer to answer on every page with forms.
_EVERYWHERE = ("csrf_token", "csp_nonce")
# Marks are letters and digits alone, so that they stand in addresses and texts as they are; nobody who
# could have them printed on a page can guess one.
_SECRET = secrets.token_hex(16)
_MARK = re.compile(f"{_SECRET}([a-z_]+){_SECRET}")


def same_page(template: str, own: dict[str, str], always: Always, **common: Any) -> str:
    """The page of this template: `own` is the reader's alone, `common` (hashable) what others may share.

    `always` gives what is the same on all such pages of a language; it is asked when one is made.
    """
    names = tuple(sorted(own))
    asked_for = request.method, request.full_path.partition("?")[2], page_language()
    parts = _parts(current_app.jinja_env, template, asked_for, names, always, tuple(sorted(common.items())))
    words = own | {"csrf_token": generate_csrf(), "csp_nonce": csp_nonce()}
    escaped = {name: str(escape(word)) for name, word in words.items()}
    return "".join(escaped[part] if place % 2 else part for place, part in enumerate(parts))


@lru_cache(MOST)
def _parts(
    _of_app: Environment,
    template: str,
    _asked_for: tuple[str, ...],
    own: tuple[str, ...],
    always: Always,
    common: tuple[tuple[str, Any], ...],
) -> list[str]:
    """The page in pieces: text and the name of what stands there, in turn."""
    marks: dict[str, Any] = {name: f"{_SECRET}{name}{_SECRET}" for name in (*own, *_EVERYWHERE)}
    csrf_token = marks["csrf_token"]
    page = render_template(template, **always(), **dict(common), **marks | {"csrf_token": lambda: csrf_token})
    return _MARK.split(page)
