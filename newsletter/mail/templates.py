"""The templates of mails: a folder each, with `subject.txt`, `body.txt` and `body.html`."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from newsletter.mail.languages import colon, translations
from newsletter.mail.wrapping import underlined, wrap
from newsletter.resources import resource

_BLANK_LINES = re.compile(r"\n{4,}")
_TRAILING_SPACE = re.compile(r"[ \t]+$", re.MULTILINE)


@cache
def environment(language: str) -> Environment:
    """Jinja for mails in one language: HTML is escaped, a value that is not there is an error."""
    made = Environment(
        loader=FileSystemLoader(resource("templates") / "email"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["colon"] = colon(language)
    made.filters.update(wrap=wrap, underlined=underlined)
    # The extension adds this method; Jinja's types do not know it.
    extended: Any = made
    extended.install_gettext_translations(translations(language), newstyle=True)
    return made


def source_of(name: str) -> str:
    """A file among the templates, as it stands."""
    return (resource("templates") / "email" / name).read_text(encoding="utf-8")


def render_text(name: str, language: str, values: Mapping[str, Any]) -> str:
    """A text template, filled: no spaces at line ends, at most two blank lines in a row."""
    raw = environment(language).get_template(name).render(values)
    return _BLANK_LINES.sub("\n\n\n", _TRAILING_SPACE.sub("", raw)).strip("\n") + "\n"
