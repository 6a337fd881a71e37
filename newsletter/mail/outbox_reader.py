"""The local outbox read: what was sent, newest first, and each mail in its parts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_binary_file, message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

NEWEST = 200

# A Maildir's file name, flags included; no way up or down the tree.
_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.,:=+-]{0,200}", re.ASCII)
_PLACES = ("new", "cur")


class NoSuchMail(LookupError):
    """There is no mail of this key in the outbox."""


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """A mail's line in the list, as its headers say."""

    key: str
    subject: str
    to: str
    date: str


@dataclass(frozen=True, slots=True)
class OutboxMail:
    """A mail's parts (empty when it has none) and its source."""

    html: str
    text: str
    source: str


def list_mails(outbox_dir: Path, limit: int = NEWEST) -> list[OutboxItem]:
    """The mails in the folder, the last one handed over first; none when there is no folder yet."""
    return [_item(file) for file in sorted(_files(outbox_dir), key=_age, reverse=True)[:limit]]


def read_mail(outbox_dir: Path, key: str) -> OutboxMail:
    """One mail. Raises `NoSuchMail`, for a key that could not be one, too."""
    raw = _find(outbox_dir, key).read_bytes()
    message = message_from_bytes(raw, policy=policy.default)
    return OutboxMail(
        html=_part(message, "html"), text=_part(message, "plain"), source=raw.decode("utf-8", "replace")
    )


def _files(folder: Path) -> Iterator[Path]:
    for place in _PLACES:
        yield from (file for file in (folder / place).glob("*") if file.is_file())


def _age(file: Path) -> int:
    return file.stat().st_mtime_ns


def _item(file: Path) -> OutboxItem:
    with file.open("rb") as opened:
        head = message_from_binary_file(opened, policy=policy.default)
    return OutboxItem(file.name, str(head["Subject"]), str(head["To"]), str(head["Date"]))


def _find(folder: Path, key: str) -> Path:
    if _KEY.fullmatch(key):
        for place in _PLACES:
            file = folder / place / key
            if file.is_file():
                return file
    raise NoSuchMail(key)


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body(preferencelist=(kind,))
    return str(body.get_content()).replace("\r\n", "\n") if body else ""
