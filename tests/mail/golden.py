"""Write the golden mails anew, after showing what is different: `make golden`."""

import difflib
import sys
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from tests.mail.test_golden import FILES, GOLDEN, SUFFIXES

_COLOURS = {"+": "\033[32m", "-": "\033[31m", "@": "\033[36m"}


def main() -> None:
    """Show and write what changed; delete files that are no golden mail any more."""
    made = {name: make() for name, make in FILES.items()}
    changed = [name for name, mail in made.items() if mail != _kept(GOLDEN / name)]
    gone = [file for file in sorted(GOLDEN.iterdir()) if file.suffix in SUFFIXES and file.name not in made]
    for name in changed:
        _show(difference(name, _kept(GOLDEN / name), made[name]))
    for name in changed:
        (GOLDEN / name).write_bytes(made[name])
    for file in gone:
        file.unlink()
    names = [*changed, *(f"{file.name} (deleted)" for file in gone)]
    print("\n".join(["", "Written anew:", *names]) if names else "The golden mails are as they were.")  # noqa: T201


def difference(name: str, old: bytes, new: bytes) -> list[str]:
    """The difference of two mails as git would show it, in words a person reads: everything decoded."""
    before, after = readable(name, old), readable(name, new)
    found = list(difflib.unified_diff(before, after, f"a/{name}", f"b/{name}", lineterm=""))
    return found or [f"{name}: the same words, encoded in another way"]


def readable(name: str, mail: bytes) -> list[str]:
    """A golden file's lines; of a whole mail its headers, its text and its HTML, decoded."""
    if not name.endswith(".eml") or not mail:
        return mail.decode().splitlines()
    message = message_from_bytes(mail, policy=policy.default)
    return [f"{header}: {value}" for header, value in message.items()] + list(_parts(message))


def _parts(message: EmailMessage) -> Iterator[str]:
    for kind in ("plain", "html"):
        part = message.get_body((kind,))
        if part is not None:
            yield f"----- text/{kind}"
            yield from str(part.get_content()).splitlines()


def _kept(file: Path) -> bytes:
    return file.read_bytes() if file.exists() else b""


def _show(lines: list[str]) -> None:
    for line in lines:
        colour = _COLOURS.get(line[:1], "") if sys.stdout.isatty() else ""
        print(f"{colour}{line}\033[0m" if colour else line)  # noqa: T201


if __name__ == "__main__":
    main()
