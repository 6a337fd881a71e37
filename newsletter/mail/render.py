"""Mails in words: an issue, and the notices around it."""

from typing import Any

from newsletter.mail.frame import LONGEST_NAME, common, rendered
from newsletter.mail.issue import Publication, Rendered
from newsletter.mail.languages import translations
from newsletter.mail.render_issue import render_issue
from newsletter.mail.wording import one_line

__all__ = ["render_issue", "render_notice"]

NOTICES = ("confirm", "already_subscribed")


def render_notice(kind: str, publication: Publication, language: str, **given: Any) -> Rendered:
    """A mail that answers a sign-up.

    `confirm` takes `confirm_url`, `topics` (names), `send_time` (as `07:00`) and `expires_days`;
    `already_subscribed` takes `preferences_url` and `unsubscribe_url`. Raises `ValueError` for another
    kind, and `jinja2.UndefinedError` for a value that is missing.
    """
    if kind not in NOTICES:
        raise ValueError(f"no such notice: {kind}")
    values = common(publication, language) | given
    if "topics" in given:
        values["topics"] = ", ".join(one_line(name, LONGEST_NAME) for name in given["topics"])
    if "expires_days" in given:
        values["validity"] = _validity(given["expires_days"], language)
    return rendered(kind, language, text_values=values, html_values=values)


def _validity(days: int, language: str) -> str:
    ngettext = translations(language).ngettext
    words = ngettext("The link works for %(number)d day.", "The link works for %(number)d days.", days)
    return words % {"number": days}
