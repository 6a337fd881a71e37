"""Unsubscribing by mail (RFC 2369, section 3.2): the address a mail's header offers, and what comes of it.

The subject holds a token of the reader. That alone gives the right to unsubscribe them: who a message
says it comes from, anybody may write.
"""

import re
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import SMTP
from urllib.parse import quote

WORD = "unsubscribe"
_WISH = re.compile(rf"\b{WORD}\s+([A-Za-z0-9_.-]{{1,512}})\s*$", re.IGNORECASE)
# A header of any use is shorter by far; nobody is to have us read megabytes.
_LONGEST = 64 * 1024


def unsubscribe_mailto(address: str, token: str) -> str:
    """The address that mail programs write to (RFC 6068): `mailto:ADDRESS?subject=unsubscribe%20TOKEN`."""
    return f"mailto:{quote(address, safe='@+')}?subject={WORD}%20{token}"


def token_in(message: bytes) -> str | None:
    """The token in the subject of a message, or of its header alone; None in one that asks for nothing."""
    header: EmailMessage = BytesHeaderParser(policy=SMTP).parsebytes(message[:_LONGEST])
    try:
        subject = str(header.get("Subject", ""))
    except (ValueError, IndexError, KeyError, LookupError):  # the library's, for odd encoded words
        return None
    wish = _WISH.search(" ".join(subject.split()))
    return wish[1] if wish else None
