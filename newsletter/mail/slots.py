"""HTML from templates, styled once a shape: foreign words are put in after styling, never before.

A template is rendered with a mark in place of every string. That skeleton holds only markup of our
own; its styles are inlined, and it is taken apart at its marks. Then the strings are put in, escaped,
in one pass. So nothing from a feed ever meets the inliner or becomes a template, nothing can pass for a
mark, and mails of the same shape (as many sections, the same notes) share the costly part.

Colours of the brand are words in templates and styles: `brand-accent`, `brand-on-accent`, and each
with `-dark`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from markupsafe import escape

from newsletter.mail.brand import DEFAULT_BRAND, Brand
from newsletter.mail.inline import Styles, inline
from newsletter.mail.marks import ACCENT
from newsletter.mail.templates import environment, source_of

_MARK = re.compile(r"slot-(\d+)-slot")
_MOST_SHAPES = 2048
_parts: dict[tuple[str, str, str], Sequence[str]] = {}
_COLOUR = re.compile(r"brand-(on-accent-dark|accent-dark|on-accent|accent)")


def render_document(name: str, language: str, values: Mapping[str, Any], brand: Brand = DEFAULT_BRAND) -> str:
    """A whole HTML document: the template `name`, its styles inlined, `values` put in.

    Templates may place strings and ask whether they are empty, but not change them: they see marks.
    """
    return _render(name, language, values, lambda skeleton: _document_parts(skeleton, brand))


def render_rows(name: str, language: str, values: Mapping[str, Any]) -> str:
    """The same for a template of table rows; the accent colour stays a mark (`mail.marks`)."""
    return _render(name, language, values, _row_parts)


def forget() -> None:
    """Forget what was made of the templates: they are being edited. Not while another thread renders."""
    _parts.clear()
    for kept in (_document_parts, _row_parts, _styles):
        kept.cache_clear()


def _render(
    name: str, language: str, values: Mapping[str, Any], take_apart: Callable[[str], Sequence[str]]
) -> str:
    strings: list[str] = []
    marked = _marked(values, strings)
    # Marks for values are all that a template sees: alike, they make one skeleton.
    shape = (name, language, repr(marked))
    if shape not in _parts:
        if len(_parts) >= _MOST_SHAPES:
            _parts.clear()
        _parts[shape] = take_apart(environment(language).get_template(name).render(marked))
    return _filled(_parts[shape], strings)


def _marked(value: Any, strings: list[str]) -> Any:
    """`value` with a numbered mark for every string that is not empty; adds those to `strings`."""
    if isinstance(value, str) and value:
        strings.append(value)
        return f"slot-{len(strings) - 1}-slot"
    if isinstance(value, Mapping):
        return {key: _marked(item, strings) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_marked(item, strings) for item in value]
    return value


def _filled(parts: Sequence[str], strings: Sequence[str]) -> str:
    """Every other part is a mark's number. Markup goes in as it is, other strings escaped."""
    pieces = (escape(strings[int(part)]) if odd % 2 else part for odd, part in enumerate(parts))
    return "".join(pieces)


@lru_cache(maxsize=256)
def _document_parts(skeleton: str, brand: Brand) -> tuple[str, ...]:
    coloured = _COLOUR.sub(lambda found: getattr(brand, found[1].replace("-", "_")), inline(skeleton))
    return tuple(_MARK.split(coloured))


@lru_cache(maxsize=1024)
def _row_parts(skeleton: str) -> tuple[str, ...]:
    return tuple(_MARK.split(_styles().inlined(skeleton).replace("brand-accent", ACCENT)))


@cache
def _styles() -> Styles:
    return Styles(source_of("base/styles.css"))
