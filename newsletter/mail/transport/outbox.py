"""The local outbox: a Maildir that mail goes to while no SMTP server is set."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from newsletter.mail.outgoing import OutgoingMail, TemporaryRefusal, TransportDown

_FOLDERS = ("tmp", "new", "cur")


class OutboxTransport:
    """Keeps mails as files (https://cr.yp.to/proto/maildir.html), one for each Message-ID.

    A mail handed over again takes its first copy's place: the file is named after the Message-ID.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, mail: OutgoingMail, about_to_hand_over: Callable[[], None]) -> str:
        """Keep the mail. Raises `TransportDown` when the folder cannot be written to."""
        key = key_of(mail.message_id)
        written = self._write(key, mail.message)
        try:
            about_to_hand_over()
        except BaseException:
            written.unlink(missing_ok=True)
            raise
        try:
            self._show(key, written)
        except OSError as error:
            raise TemporaryRefusal(f"the outbox folder refused the mail: {error.strerror}") from error
        return f"kept in the outbox as {key}"

    def close(self) -> None:
        """Nothing is held open."""

    def _write(self, key: str, message: bytes) -> Path:
        """The mail's bytes on the disk, where nobody looks for mail yet."""
        path = self._folder / "tmp" / f"{key}.{os.getpid()}"
        try:
            for folder in _FOLDERS:
                (self._folder / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
                file.write(message)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise TransportDown(f"the outbox folder cannot be written to: {error.strerror}") from error
        return path

    def _show(self, key: str, written: Path) -> None:
        """Move the mail to where readers look; what a mail program made of an earlier copy goes."""
        new = self._folder / "new"
        written.replace(new / key)
        for earlier in (self._folder / "cur").glob(f"{key}*"):
            earlier.unlink(missing_ok=True)
        folder = os.open(new, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def key_of(message_id: str) -> str:
    """The name of a mail's file."""
    return hashlib.sha256(message_id.encode()).hexdigest()[:32]
