"""Words of pages: every sentence passes through here, so that translations have one way in.

English is the source. Until there are catalogues, sentences come out as they went in.
"""

from gettext import NullTranslations
from typing import Any

from flask import Flask

_catalogue = NullTranslations()


def _(sentence: str, **values: object) -> str:
    """A sentence in the page's language, its `%(name)s` filled in."""
    translated = _catalogue.gettext(sentence)
    return translated % values if values else translated


def ngettext(one: str, many: str, number: int) -> str:
    """The sentence that fits `number`, with `%(num)s` filled in."""
    return _catalogue.ngettext(one, many, number) % {"num": number}


def install(app: Flask) -> None:
    """Give the templates `{% trans %}` and `_()`."""
    environment: Any = app.jinja_env
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_translations(_catalogue, newstyle=True)
