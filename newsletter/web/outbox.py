"""The local outbox: mail that stays on this machine, shown to who sits at this machine and nobody else."""

import re
from email import policy
from email.parser import HeaderParser
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue

from newsletter.mail.outbox_reader import NoSuchMail, OutboxMail, list_mails, read_mail
from newsletter.web.errors import page
from newsletter.web.i18n import _
from newsletter.web.shared import shared

blueprint = Blueprint("outbox", __name__, url_prefix="/outbox")

_LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")
_ROOM = "sandbox allow-popups allow-popups-to-escape-sandbox"


@blueprint.before_request
def refuse_strangers() -> Response | None:
    """Let in only who sits at this machine.

    A foreign Host header means that another site's name was pointed here (DNS rebinding); a
    forwarding header, that a proxy on this machine speaks for somebody elsewhere.
    """
    if _from_here():
        return None
    return page(
        403,
        _("The outbox is only shown on the machine itself"),
        _("It holds mail to everybody, so it opens only at localhost or 127.0.0.1, without a proxy between."),
        _("To send real mail instead, set NEWSLETTER_SMTP_URL and start again."),
    )


@blueprint.get("")
def mails() -> ResponseReturnValue:
    """The newest mails first."""
    return render_template("outbox.html", mails=list_mails(_folder()), folder=_folder())


@blueprint.get("/<key>")
def mail(key: str) -> ResponseReturnValue:
    """One mail: as HTML, as text, or its source."""
    found = _mail(key)
    view = request.args.get("view", "html")
    return render_template(
        "outbox_mail.html",
        key=key,
        mail=found,
        head=HeaderParser(policy=policy.default).parsestr(found.source),
        view=view if view in ("html", "text", "source") else "html",
    )


@blueprint.get("/<key>/html")
def html(key: str) -> ResponseReturnValue:
    """A mail's HTML part, shut in: it runs nothing and fetches nothing; its links open in a new tab."""
    body = _mail(key).html
    opened = re.sub(r"(<head[^>]*>)", r'\1<base target="_blank">', body, count=1, flags=re.IGNORECASE)
    response = make_response(opened)
    response.headers["Content-Security-Policy"] = _mail_policy(shared().settings.base_url)
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _from_here() -> bool:
    try:
        caller = ip_address(request.remote_addr or "")
        name = urlsplit(f"//{request.host}").hostname
    except ValueError:
        return False
    return caller.is_loopback and name in _LOCAL_NAMES and not any(h in request.headers for h in _FORWARDED)


def _folder() -> Path:
    return shared().settings.outbox_dir or abort(404)


def _mail(key: str) -> OutboxMail:
    try:
        return read_mail(_folder(), key)
    except NoSuchMail:
        abort(404)


def _mail_policy(base_url: str) -> str:
    """Ours may be framed by ours; nothing in it runs, and nothing is fetched but our own pictures."""
    images = f"img-src data: {base_url}/image/"
    return f"default-src 'none'; style-src 'unsafe-inline'; {images}; frame-ancestors 'self'; {_ROOM}"
