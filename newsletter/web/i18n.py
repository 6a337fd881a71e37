"""The language of a page, and its words: every sentence passes through here.

A page speaks, in this order: the language asked for (`?language=de`, carried on by every link of the page),
the one its form was shown in, that of the reader whose page it is, the best of those the browser asks for
(RFC 9110, section 12.5.4), the installation's. Nothing is stored for it, not even a cookie.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from gettext import NullTranslations
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, current_app, g, has_app_context, has_request_context, request
from werkzeug.datastructures import LanguageAccept
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_accept_header

from newsletter.mail.catalogues import SOURCE
from newsletter.mail.languages import LANGUAGES, comma, direction, offered, own_name, translations

_LONGEST_ACCEPT = 1000
# In an address, and hidden in every form.
CHOICE, SHOWN_IN = "language", "shown_in"
_DEFAULT = "default_language"
# What is no page has no language, and no need for a second address.
_NO_PAGES = frozenset(
    {"static", "health.healthz", "images.image", "brand.colours", "brand.logo", "outbox.html", "embed.script"}
    | {"feeds.atom", "feeds.atom_all", "feeds.json", "feeds.json_all"}
    | {"app_shell.manifest", "app_shell.icon", "app_shell.worker", "app_shell.newest"}
    | {"share.of_edition", "share.of_story", "share.of_site"}
)


@dataclass(frozen=True, slots=True)
class Version:
    """This page in a language: where it is, the language's name in itself."""

    language: str
    name: str
    direction: str
    address: str
    current: bool


def _(sentence: str, **values: object) -> str:
    """A sentence in the page's language, its `%(name)s` filled in."""
    translated = page_words().gettext(sentence)
    return translated % values if values else translated


def ngettext(one: str, many: str, number: int) -> str:
    """The sentence that fits `number`, with `%(num)s` filled in."""
    return page_words().ngettext(one, many, number) % {"num": number}


def page_words() -> NullTranslations:
    """The catalogue of the page's language; a page asks for it some fifty times."""
    return _words_of(page_language())


@cache
def _words_of(language: str) -> NullTranslations:
    return translations(language)


def page_language() -> str:
    """The language of the page being made: see above. English where there is no page."""
    if not has_request_context():
        return _default() if has_app_context() else SOURCE
    language: str | None = g.get("page_language")
    if language is None:
        language = g.page_language = _chosen() or _best_for_browser()
    return language


def speak_to(reader_language: str) -> None:
    """Make the page one of this reader's: in their language, unless another was asked for."""
    g.page_language = _chosen() or offered(reader_language)


def heed_browser_alone() -> None:
    """Speak as the browser asks, whatever the address says: for pages that mean something else by it."""
    g.page_language = _best_for_browser()


def versions() -> Iterator[Version]:
    """This page in every language; nothing for the answer to a form, whose address is another's."""
    if request.method not in ("GET", "HEAD"):
        return
    rest = [(key, value) for key, value in request.args.items(multi=True) if key != CHOICE]
    for tag in LANGUAGES:
        address = f"?{urlencode([*rest, (CHOICE, tag)])}"
        yield Version(tag, own_name(tag), direction(tag), address, tag == page_language())


def install(app: Flask, default: str = SOURCE) -> None:
    """Give the templates `{% trans %}` and `_()`, links the chosen language, answers their headers.

    `default` is for who asks for no language that is offered.
    """
    app.extensions[_DEFAULT] = default
    environment: Any = app.jinja_env
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(
        lambda text: page_words().gettext(text),
        lambda one, many, number: page_words().ngettext(one, many, number),
        newstyle=True,
    )
    app.context_processor(_spoken)
    app.url_defaults(_carry_on)
    app.after_request(_add_headers)


def _spoken() -> dict[str, object]:
    language = page_language()
    return {
        "language": language,
        "direction": direction(language),
        "comma": comma(language),
        "versions": versions,
    }


def _asked_for() -> str | None:
    """The language in the address, if it is offered."""
    asked = request.args.get(CHOICE)
    return asked if asked in LANGUAGES else None


def _chosen() -> str | None:
    return _asked_for() or _shown_in()


def _shown_in() -> str | None:
    """The language the form was shown in, if it is offered."""
    if request.method in ("GET", "HEAD"):
        return None
    try:
        told = request.form.get(SHOWN_IN)
    except HTTPException:  # too large to be read: the page that says so needs a language too
        return None
    return told if told in LANGUAGES else None


def _best_for_browser() -> str:
    g.asked_browser = True
    return _best_of(request.accept_languages) or _default()


def _best_of(accepted: LanguageAccept) -> str | None:
    # Not werkzeug's best_match: of `en-US, ar;q=0.5` it takes Arabic. This is the lookup of RFC 4647,
    # section 3.4, each range by its base language.
    wanted = (tag.partition("-")[0].lower() for tag, quality in accepted if quality > 0)
    return next((base for base in wanted if base in LANGUAGES), None)


@lru_cache(1024)
def language_of_kept_page(query: str, accept_language: str) -> str | None:
    """What makes a kept page another one: the language its address or its visitor's browser asks for.

    Empty: the installation's. None for any other query, or too long a wish: such a page is not kept.
    """
    if len(accept_language) > _LONGEST_ACCEPT:
        return None
    if query:
        return next((tag for tag in LANGUAGES if query == f"{CHOICE}={tag}"), None)
    return _best_of(parse_accept_header(accept_language, LanguageAccept)) or ""


def _default() -> str:
    return str(current_app.extensions[_DEFAULT])


def _carry_on(endpoint: str, values: dict[str, Any]) -> None:
    chosen = _asked_for() if has_request_context() else None
    if chosen and endpoint not in _NO_PAGES:
        values.setdefault(CHOICE, chosen)


def _add_headers(response: Response) -> Response:
    """Tell which language it is in, and caches what that hung on (RFC 9110, sections 8.5 and 12.5.5)."""
    if "page_language" in g:
        response.headers["Content-Language"] = g.page_language
    if "asked_browser" in g:
        response.vary.add("Accept-Language")
    return response
