"""The mailbox that readers and mail servers write to, read over IMAP (RFC 3501): only what is for us to do.

A message that asks to unsubscribe is looked at once and marked so; all others stay as they are, unread,
for whoever else reads this mailbox.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from imaplib import IMAP4, IMAP4_SSL
from typing import Any

from newsletter.mail.imap_url import ImapServer
from newsletter.mail.unsubscribe_mail import WORD

SECONDS = 20.0
# Of one visit; the next one takes the others.
MOST = 200
# A keyword of ours (RFC 3501, section 2.3.2), so that no message is looked at twice.
_LOOKED_AT = "NewsletterLookedAt"
_SUBJECT = "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])"


class MailboxError(Exception):
    """The mailbox cannot be read now; the text says why. Try again later: nothing was changed."""


class Mailbox:
    """A folder that is open."""

    def __init__(self, imap: IMAP4) -> None:
        self._imap = imap

    def wishes(self) -> Iterator[tuple[str, bytes]]:
        """Up to 200 messages that may ask to unsubscribe: their numbers (UID) and header's subject line."""
        found = self._ask("SEARCH", "UNSEEN", "UNKEYWORD", _LOOKED_AT, "SUBJECT", WORD)
        for number in (found[0] or b"").split()[:MOST]:
            uid = number.decode("ascii")
            parts = self._ask("FETCH", uid, _SUBJECT)
            yield uid, b"".join(part[1] for part in parts if isinstance(part, tuple))

    def note(self, uid: str, done: bool) -> None:
        """Mark a message as looked at; as read too, if what it asks for is done."""
        self._ask("STORE", uid, "+FLAGS.SILENT", rf"(\Seen {_LOOKED_AT})" if done else f"({_LOOKED_AT})")

    def _ask(self, command: str, *words: str) -> list[Any]:
        answer, data = self._imap.uid(command, *words)
        if answer != "OK":
            raise MailboxError(f"the mail server refused {command}")
        return data


@contextmanager
def open_mailbox(server: ImapServer) -> Iterator[Mailbox]:
    """Sign in and open the folder. Raises `MailboxError`, from the block as well."""
    try:
        imap = _connected(server)
        try:
            imap.login(server.user, server.password)
            folder = server.folder.replace("\\", "\\\\").replace('"', '\\"')
            if imap.select(f'"{folder}"')[0] != "OK":
                raise MailboxError(f"there is no folder {server.folder} in the mailbox")
            yield Mailbox(imap)
        finally:
            with suppress(OSError, IMAP4.error):
                imap.logout()
    except (OSError, IMAP4.error) as error:
        raise MailboxError(f"{server.host}:{server.port}: {_said(error)}") from error


def _said(error: Exception) -> str:
    """What went wrong, in the server's words where it gave some."""
    said = error.args[0] if error.args else ""
    return said.decode(errors="replace") if isinstance(said, bytes) else str(error)


def _connected(server: ImapServer) -> IMAP4:
    context = ssl.create_default_context(cafile=server.cafile)
    if server.encrypted:
        return IMAP4_SSL(server.host, server.port, ssl_context=context, timeout=SECONDS)
    imap = IMAP4(server.host, server.port, timeout=SECONDS)
    if server.starttls:
        imap.starttls(context)
    return imap
