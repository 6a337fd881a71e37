"""Good mails made bad, in one way each: what shows that a judge judges."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

from tests.mail.dkim_verifier import WRITTEN_AT, signer

# The string by which every filter shows that it works: the GTUBE test message.
GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"


@dataclass(frozen=True, slots=True)
class Fault:
    """One way a mail is broken: the judge that must notice, what it must say, and how it is broken."""

    judge: str
    says: str
    break_it: Callable[[bytes], bytes]


def _rewritten(change: Callable[[str, str], tuple[str, str]]) -> Callable[[bytes], bytes]:
    """Break text or HTML, and sign the mail anew: nothing else is wrong with it."""

    def broken(mail: bytes) -> bytes:
        message = message_from_bytes(mail, policy=policy.SMTP)
        assert isinstance(message, EmailMessage)
        text, html = message.get_body(("plain",)), message.get_body(("html",))
        assert text is not None
        assert html is not None
        before = (text.get_content(), html.get_content())
        after = change(*before)
        assert after != before, "the mail is as it was"
        text.set_content(after[0], cte="quoted-printable")
        html.set_content(after[1], subtype="html", cte="quoted-printable")
        del message["DKIM-Signature"]
        return signer().sign(message.as_bytes(), WRITTEN_AT)

    return broken


def _html(old: str, new: str, count: int = 1) -> Callable[[bytes], bytes]:
    return _rewritten(lambda text, html: (text, html.replace(old, new, count)))


def _head(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    """Break the header, and sign the mail anew."""

    def broken(mail: bytes) -> bytes:
        unsigned = re.sub(rb"DKIM-Signature:.*\r\n(?:[ \t].*\r\n)*", b"", mail)
        head, end, body = unsigned.partition(b"\r\n\r\n")
        changed = re.sub(old, new, head)
        assert changed != head, "the mail is as it was"
        return signer().sign(changed + end + body, WRITTEN_AT)

    return broken


def _altered(mail: bytes) -> bytes:
    """As if a server on its way had changed a word after it was signed."""
    changed = mail.replace(b"harbour", b"hangar", 1)
    assert changed != mail, "the mail is as it was"
    return changed


def _long_line(mail: bytes) -> bytes:
    return mail.replace(b"MIME-Version: 1.0\r\n", b"MIME-Version: 1.0\r\nX-Note: " + b"n" * 1100 + b"\r\n", 1)


_PALE = "p.summary{color:#e8e8e8 !important;background:#ffffff !important;}"
_PALE_DARK = f"@media (prefers-color-scheme: dark){{{_PALE.replace('#ffffff', '#eeeeee')}}}"
_STYLE = '<style data-premailer="ignore">'
_IN_BODY = re.compile(r'(<body[^>]*>\s*<div) lang="[^"]*" dir="[^"]*"')
_PARAGRAPH = '<p class="summary">A sentence that fills the mail beyond what is shown of it.</p>\n'


def _with_style(css: str) -> Callable[[bytes], bytes]:
    return _rewritten(lambda text, html: (text, html.replace("</head>", f"<style>{css}</style></head>", 1)))


FAULTS = {
    "spam": Fault("spamassassin", "GTUBE", _rewritten(lambda text, html: (f"{text}\n{GTUBE}\n", html))),
    "invalid HTML": Fault("vnu", "1 errors", _html("</h1>", "</h1></blink>")),
    "pale in the light": Fault("axe-core", "color-contrast(serious)", _with_style(_PALE)),
    "pale in the dark": Fault("axe-core", "/dark", _with_style(_PALE_DARK)),
    "grid": Fault("caniemail", "grid", _html("<p", '<p style="display:grid"')),
    "no direction": Fault("html", "html lang/dir", _html(' dir="ltr"', "")),
    "no language inside": Fault(
        "html",
        "lang missing inside body",
        _rewritten(lambda text, html: (text, _IN_BODY.sub(r"\1", html))),
    ),
    "tables for layout alone": Fault("html", "table without role", _html(' role="presentation"', "")),
    "image without words": Fault(
        "html",
        "img without alt",
        _html("</h1>", '</h1><img src="https://news.example.com/image/a.png" width="9" height="9">'),
    ),
    "two titles": Fault("html", "h1 x2", _html("</h1>", "</h1><h1>Again</h1>")),
    "a level left out": Fault("html", "heading level skipped", _html("</h1>", "</h1><h4>Deep</h4>")),
    "no way out in the header": Fault(
        "headers", "List-Unsubscribe-Post x0", _head(rb"List-Unsubscribe-Post:.*\r\n", b"")
    ),
    "answered by machines": Fault("headers", "Auto-Submitted", _head(rb"Auto-Submitted:.*\r\n", b"")),
    "altered on its way": Fault("opendkim", "0 of 2", _altered),
    "a line too long": Fault("headers", "line of ", _long_line),
    "links in HTML only": Fault(
        "structure",
        "text part lacks links",
        _rewritten(lambda text, html: (re.sub(r"https://news\.example\.org/\S+", "", text), html)),
    ),
    "clipped": Fault(
        "size",
        "over the clip limit",
        _rewritten(lambda text, html: (text, html.replace("</h1>", f"</h1>{_PARAGRAPH * 1500}", 1))),
    ),
}
