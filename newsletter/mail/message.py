"""From words to bytes: the finished message, the same to the byte whenever it is built again."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from email.utils import format_datetime
from functools import lru_cache

from newsletter.mail.encoding import guard, header_text, quoted_printable
from newsletter.mail.issue import Links, Publication, Rendered
from newsletter.mail.mailbox import Mailbox, format_mailbox, format_phrase, read_mailbox

_MESSAGE_ID = re.compile(r"<[!-;=?A-~]{1,400}@[!-;=?A-~]{1,400}>")
_ADDRESS_IN_ANGLES = re.compile(r"(?:https?|mailto):[!-;=?-~]+")
_CONTENT = 'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")
_NOT_IN_SENDER_ID = re.compile(r"[^a-z0-9]")


@dataclass(frozen=True, slots=True)
class ListHeaders:
    """What only issues carry: how mail programs name this mailing and end it.

    `stream` tells apart what mailbox providers count (Feedback-ID): never one value per reader.
    """

    name: str
    domain: str
    one_click: str
    unsubscribe_mail: str
    stream: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MailHeaders:
    """Who writes to whom, when; `issue_headers` and `notice_headers` make them."""

    sender: Mailbox
    to: Mailbox
    message_id: str
    date: datetime
    reply_to: Mailbox | None = None
    mailing: ListHeaders | None = None


def issue_headers(
    publication: Publication, links: Links, to: str, message_id: str, written_at: datetime, day: date | None
) -> MailHeaders:
    """The headers of an issue of local date `day`; None for a welcome, which has no day of its own."""
    stream = ("issue", day.isoformat()) if day else ("welcome",)
    mailing = ListHeaders(
        name=publication.name,
        domain=publication.list_domain,
        one_click=links.one_click,
        unsubscribe_mail=links.unsubscribe_mail,
        stream=stream,
    )
    return replace(notice_headers(publication, to, message_id, written_at), mailing=mailing)


def notice_headers(publication: Publication, to: str, message_id: str, written_at: datetime) -> MailHeaders:
    """The headers of a one-off mail: no list, nothing to unsubscribe from.

    Raises `ValueError` when `to`, the sender or the reply address is no address.
    """
    sender = read_mailbox(publication.sender)
    return MailHeaders(
        sender=sender if sender.name else sender._replace(name=publication.name),
        to=read_mailbox(to),
        message_id=message_id,
        date=written_at,
        reply_to=read_mailbox(publication.reply_to) if publication.reply_to else None,
    )


def build_message(rendered: Rendered, headers: MailHeaders) -> bytes:
    """The message as CRLF bytes: text and HTML as alternatives, text first (RFC 2046, section 5.1.4).

    Without HTML it is text alone.

    Everything is ASCII but a recipient's name before the @ that is not (then SMTPUTF8 is needed).
    Raises `ValueError` when a value holds a line break or is not what its header needs.
    """
    lines = [f"{name}: {value}" for name, value in _headers(rendered, headers)]
    if not rendered.html:
        return "\r\n".join([*lines, _CONTENT.format(kind="plain")]).encode() + quoted_printable(rendered.text)
    boundary = _boundary(rendered, headers)
    lines.append(f'Content-Type: multipart/alternative; boundary="{boundary}"')
    head = "\r\n".join([*lines, "", ""]).encode("utf-8")
    parts = (_part("plain", rendered.text, boundary), _part("html", rendered.html, boundary))
    return head + b"".join(parts) + f"--{boundary}--\r\n".encode()


def date_text(moment: datetime) -> str:
    """A moment as the header Date has it (RFC 5322, section 3.3), in UTC."""
    return _date_text(moment.astimezone(UTC))


@lru_cache(maxsize=256)
def _date_text(moment: datetime) -> str:
    # Mails planned together carry one moment.
    return format_datetime(moment)


def message_id_text(value: str) -> str:
    """`value`, when it is a Message-ID (RFC 5322, section 3.6.4). Raises `ValueError`."""
    return _shaped(_MESSAGE_ID, value, "a Message-ID")


def _boundary(rendered: Rendered, headers: MailHeaders) -> str:
    """What parts the text from the HTML: the same for all readers of the same words.

    In quoted-printable a `=` is followed by a hexadecimal digit or ends the line, so no line of a
    part can be the boundary.
    """
    stream = headers.mailing.stream if headers.mailing else ()
    shared = "\n".join([headers.sender.address, *stream, rendered.subject])
    return f"=_{hashlib.sha256(shared.encode()).hexdigest()[:32]}"


def _headers(rendered: Rendered, headers: MailHeaders) -> Iterator[tuple[str, str]]:
    yield "From", format_mailbox(headers.sender)
    yield "To", format_mailbox(headers.to)
    if headers.reply_to:
        yield "Reply-To", format_mailbox(headers.reply_to)
    yield "Subject", header_text(rendered.subject, taken=len("Subject: "))
    yield "Date", date_text(headers.date)
    yield "Message-ID", message_id_text(headers.message_id)
    if headers.mailing:
        yield from _list_headers(headers.mailing)
    # RFC 3834, section 5: no machine is to answer a machine.
    yield "Auto-Submitted", "auto-generated"
    yield "MIME-Version", "1.0"


def _list_headers(mailing: ListHeaders) -> Iterator[tuple[str, str]]:
    domain = _shaped(_DOMAIN, mailing.domain, "a domain")
    one_click = _shaped(_ADDRESS_IN_ANGLES, mailing.one_click, "a web address")
    mail = mailing.unsubscribe_mail
    mailto = _shaped(_ADDRESS_IN_ANGLES, mail if mail.startswith("mailto:") else f"mailto:{mail}", "a mailto")
    # RFC 2919, section 2; RFC 2369, section 2 (the first one is preferred); RFC 8058, section 3.1.
    yield "List-ID", f"{format_phrase(mailing.name)}\r\n <daily.{domain}>"
    yield "List-Unsubscribe", f"<{one_click}>,\r\n <{mailto}>"
    yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"
    yield "Feedback-ID", guard(":".join([*mailing.stream, _sender_id(domain)]))


def _sender_id(domain: str) -> str:
    """Google's SenderId: 5 to 15 characters that stay the same for an installation."""
    return _NOT_IN_SENDER_ID.sub("", domain)[:15].ljust(5, "0")


def _shaped(shape: re.Pattern[str], value: str, what: str) -> str:
    if not shape.fullmatch(value):
        raise ValueError(f"this header needs {what}")
    return value


def _part(kind: str, body: str, boundary: str) -> bytes:
    head = f"--{boundary}\r\n" + _CONTENT.format(kind=kind)
    # The last line break belongs to the boundary after it (RFC 2046, section 5.1.1).
    return head.encode() + quoted_printable(body) + b"\r\n"
