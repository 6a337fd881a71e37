"""Keep the catalogues of translations in step with the code.

    python -m scripts.messages update          extract every message, bring all catalogues up to date
    python -m scripts.messages missing [FILE]  what waits for a translation, as one JSON file
    python -m scripts.messages take FILE...    take translations from such files

A line of the JSON file is a message: `id`, for plurals `plural`, `where` it stands, and each language it
is missing in, its translation still empty: a string, or for plurals as many strings as the language has
forms. Fill in what you know and give the file to `take`; what is empty is passed over.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from newsletter.mail.catalogues import SOURCE
from newsletter.mail.languages import LANGUAGES, own_name
from scripts.message_checks import faults, single_numbers

ROOT = Path(__file__).parents[1]
TRANSLATED = tuple(language for language in LANGUAGES if language != SOURCE)
# Where texts for readers and operators stand, and what reads them there. Pages of the made-up newspapers
# are no part of the program's own.
METHODS = [
    ("newsletter/demo/**", "ignore"),
    ("newsletter/**.py", "python"),
    ("templates/**.html", "jinja2"),
    ("templates/**.txt", "jinja2"),
]
OPTIONS = {
    pattern: {"silent": "false", "encoding": "utf-8"} for pattern in ("templates/**.html", "templates/**.txt")
}
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "_n": None,
    "gettext": None,
    "ngettext": (1, 2),
    "words": None,
    "many": (1, 2),
}
WIDTH = 108
# Babel puts Arabic's last two forms the other way round than gettext's manual and everybody else.
_PLURAL_FORMS = {
    "ar": "nplurals=6; "
    "plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);"
}
_HEADER = """\
# {name}. Kept in step with the code by `make messages`.
msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: {plural_forms}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def main(words: Sequence[str]) -> int:
    """Do what the words say; 0 done, 1 something is wrong with a translation, 2 wrong words."""
    match list(words):
        case ["update"]:
            return update()
        case ["missing", *file] if len(file) < 2:
            text = as_json(missing())
            Path(file[0]).write_text(text, encoding="utf-8") if file else sys.stdout.write(text)
            return 0
        case ["take", *files] if files:
            return take([json.loads(Path(file).read_text(encoding="utf-8")) for file in files])
    sys.stderr.write(f"{__doc__}\n")
    return 2


def update() -> int:
    """Bring every catalogue up to date: new messages without words, those of before with theirs."""
    template = extracted()
    for language in TRANSLATED:
        catalogue = read(language)
        # What was once translated and left is remembered, and comes back with its message.
        for message in list(catalogue.obsolete.values()):
            catalogue[message.id] = message
        catalogue.obsolete.clear()
        catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
        write(language, catalogue)
        waiting = sum(not done(message) for message in catalogue if message.id)
        sys.stdout.write(f"{language}: {len(catalogue)} messages, {waiting} without a translation\n")
    return 0


def extracted() -> Catalog:
    """Every message of the code and the templates, with the files it stands in."""
    found = Catalog(project="newsletter", charset="utf-8", fuzzy=False)
    for file, line, message, comments, context in extract_from_dir(
        ROOT, METHODS, OPTIONS, keywords=KEYWORDS, comment_tags=("i18n:",), strip_comment_tags=True
    ):
        found.add(message, None, [(file, line)], auto_comments=comments, context=context)
    return found


def missing() -> list[dict[str, Any]]:
    """What waits for a translation, in the order it stands in the code."""
    lines: dict[str, dict[str, Any]] = {}
    for language in TRANSLATED:
        catalogue = read(language)
        for message in catalogue:
            if message.id and not done(message):
                line = lines.setdefault(ids(message)[0], described(message))
                line[language] = [""] * catalogue.num_plurals if message.pluralizable else ""
    return list(lines.values())


def take(files: Sequence[Sequence[dict[str, Any]]]) -> int:
    """Take the translations of files into the catalogues; none that is faulty."""
    wrong = 0
    for language in TRANSLATED:
        catalogue = read(language)
        for line in (line for file in files for line in file if filled(line.get(language))):
            wrong += _take(catalogue, line, language)
        write(language, catalogue)
    return 1 if wrong else 0


def _take(catalogue: Catalog, line: dict[str, Any], language: str) -> bool:
    """Take one translation; whether it is faulty instead."""
    said = line[language]
    key = (line["id"], line["plural"]) if "plural" in line else line["id"]
    taken = Message(key, tuple(said) if isinstance(said, list) else said)
    wrong = list(faults(taken, single_numbers(catalogue)))
    for fault in wrong:
        sys.stderr.write(f"{language}: {line['id']!r}: {fault}\n")
    current = catalogue.get(line["id"])
    if not wrong and current is not None:
        current.string = taken.string
    elif not wrong:
        # Not in the code yet, or no more: remembered until `update` meets it.
        catalogue.obsolete[line["id"]] = taken
    return bool(wrong)


def described(message: Message) -> dict[str, Any]:
    """A message as the file shows it."""
    singular, *plural = ids(message)
    shown: dict[str, Any] = {"id": singular}
    if plural:
        shown["plural"] = plural[0]
    return shown | {"where": sorted({file for file, _line in message.locations})}


def done(message: Message) -> bool:
    """Whether a message has its words, in every plural form."""
    return filled(list(message.string) if isinstance(message.string, tuple) else message.string)


def filled(said: str | list[str] | None) -> bool:
    """Whether a translation is there, every form of it."""
    return bool(said) and all(said or ())


def ids(message: Message) -> Sequence[str]:
    """A message's English: one sentence, or singular and plural."""
    return [message.id] if isinstance(message.id, str) else list(message.id)


def as_json(lines: Sequence[dict[str, Any]]) -> str:
    """One line a message, so that files can be compared and divided."""
    return "[\n" + ",\n".join(json.dumps(line, ensure_ascii=False) for line in lines) + "\n]\n"


def read(language: str) -> Catalog:
    """A language's catalogue; an empty one when there is none yet."""
    path = path_of(language)
    if not path.is_file():
        return Catalog(locale=language, project="newsletter", fuzzy=False, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def write(language: str, catalogue: Catalog) -> None:
    """Write a catalogue: in the order of the code, and nothing that changes by itself (dates, lines)."""
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        forms = _PLURAL_FORMS.get(language, catalogue.plural_forms)
        header = _HEADER.format(name=own_name(language), language=language, plural_forms=forms)
        file.write(header.encode())
        write_po(file, catalogue, width=WIDTH, include_lineno=False, omit_header=True)


def path_of(language: str) -> Path:
    """Where a language's catalogue lies."""
    return ROOT / "newsletter" / "translations" / language / "LC_MESSAGES" / "messages.po"


def catalogues() -> Iterator[tuple[str, Catalog]]:
    """Every language but the source, with its catalogue."""
    return ((language, read(language)) for language in TRANSLATED)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
