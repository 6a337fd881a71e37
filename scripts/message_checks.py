"""What a translation must have in common with its English, whatever else it says."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from gettext import c2py

from babel.messages.catalog import Catalog, Message

_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%")
_MARKUP = re.compile(r"<[^>]*>|&#?\w+;")
# Things that are called the same everywhere.
_VERBATIM = re.compile(r"NEWSLETTER_[A-Z_]+|\bname@example\.com|\bexample\.com|docs/\w+\.md")
_STRAY = re.compile(r"[\u200b\u2060\ufeff\ufffd]|  |^\s|\s$")
# One mail, one day: languages may say that without the number.
_COUNT = frozenset({"%(num)s", "%(number)s", "%(number)d"})


def single_numbers(catalogue: Catalog) -> Sequence[bool]:
    """For each plural form of a language, whether it is for one number alone: Arabic's dual is, for 2."""
    form_of = c2py(catalogue.plural_expr)
    used = Counter(form_of(number) for number in range(201))
    return [used[form] == 1 for form in range(catalogue.num_plurals)]


def faults(message: Message, single: Sequence[bool]) -> Iterator[str]:
    """What is wrong with a message's translation, in words; nothing for a good one.

    `single` holds for each plural form of the language whether it is for one number alone.
    """
    singular, *plural = [message.id] if isinstance(message.id, str) else message.id
    forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
    if message.fuzzy:
        yield "is marked fuzzy"
    may_lack_number = single if plural else [False]
    if len(forms) != len(may_lack_number):
        yield f"has {len(forms)} forms"
        return
    for number, form in enumerate(forms):
        for fault in _form_faults(plural[0] if plural else singular, form or "", may_lack_number[number]):
            yield f"form {number}: {fault}" if plural else fault


def _form_faults(source: str, form: str, may_lack_number: bool) -> Iterator[str]:
    if not form:
        yield "is missing"
        return
    if not _placeholders_agree(source, form, may_lack_number):
        yield f"has other placeholders than {source!r}"
    for what, pattern in (("markup", _MARKUP), ("fixed words", _VERBATIM)):
        if Counter(pattern.findall(source)) != Counter(pattern.findall(form)):
            yield f"has other {what} than {source!r}"
    if _STRAY.search(form):
        yield "has a stray space or an invisible character"
    if _ending(source) != _ending(form):
        yield f"ends otherwise than {source!r}"


def _placeholders_agree(source: str, form: str, may_lack_number: bool) -> bool:
    """Whether both have the same placeholders; a form for one number alone may say it in a word."""
    wanted, found = Counter(_PLACEHOLDER.findall(source)), Counter(_PLACEHOLDER.findall(form))
    lacking = wanted - found
    return not found - wanted and (not lacking or (may_lack_number and lacking.keys() <= _COUNT))


def _ending(text: str) -> str:
    """How a sentence ends: with a full stop, a question mark, a colon; or not at all."""
    return {"؟": "?", "،": ","}.get(text[-1], text[-1]) if text[-1] in ".:?!؟…،," else ""
