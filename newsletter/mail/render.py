"""Mails in words: an issue, and the notices around it."""

from typing import Any

from newsletter.mail.frame import common, rendered
from newsletter.mail.issue import Publication, Rendered
from newsletter.mail.notice import NOTICES, notice_values
from newsletter.mail.render_issue import render_issue
from newsletter.mail.templates import render_text
from newsletter.mail.wording import one_line

__all__ = ["render_issue", "render_notice"]

LONGEST_PREHEADER = 140


def render_notice(kind: str, publication: Publication, language: str, **given: Any) -> Rendered:
    """A mail that is no issue: `mail.notice` says what each kind takes.

    Raises `ValueError` for another kind, and `jinja2.UndefinedError` for a value that is missing.
    """
    if kind not in NOTICES:
        raise ValueError(f"no such notice: {kind}")
    values = common(publication, language) | notice_values(given, language)
    values["preheader"] = one_line(render_text(f"{kind}/preheader.txt", language, values), LONGEST_PREHEADER)
    return rendered(kind, language, text_values=values, html_values=values)
