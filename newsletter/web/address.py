"""Changing the address: asked for with a fresh mailed link, confirmed from both mailboxes."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter import subscribers
from newsletter.addresses import masked
from newsletter.delivery.suppression import is_suppressed
from newsletter.models import AddressChange, Subscriber
from newsletter.subscribers import ChangeClosed, Side
from newsletter.tokens import ADDRESS_WITHIN, Purpose
from newsletter.web import wording
from newsletter.web.forms import AddressForm, read_address_form
from newsletter.web.i18n import _, page_language, speak_to
from newsletter.web.links import handle_and_date, handle_from_recent
from newsletter.web.notify import ask_both_addresses
from newsletter.web.shared import shared

blueprint = Blueprint("address", __name__)

_PURPOSE = {Side.OLD: Purpose.ADDRESS_OLD, Side.NEW: Purpose.ADDRESS_NEW}


@blueprint.get("/address/<token>")
def look(token: str) -> ResponseReturnValue:
    """Show the form for the new address."""
    with shared().database.read() as session:
        return _form_page(_reader(session, token), AddressForm())


@blueprint.post("/address/<token>")
def ask(token: str) -> ResponseReturnValue:
    """Take the wish down and ask both addresses; the answer is the same whoever reads us at the new one."""
    here = shared()
    form = read_address_form(request.form)
    with here.database.write() as session:
        reader = _reader(session, token)
        if form.address is not None and form.address.key == reader.address_key:
            form.problems["address"] = _("That is the address you read us at already.")
        if form.address is None or form.problems:
            return _form_page(reader, form), 422
        asked = subscribers.ask_for_change(session, reader, form.address, here.clock())
        ask_both_addresses(session, asked)
    # That page is nobody's; only the address can tell it the language.
    return redirect(url_for("address.asked", language=page_language()), 303)


@blueprint.get("/address/asked")
def asked() -> ResponseReturnValue:
    """What happens now; no address stands on this page or in its own."""
    return render_template("address_asked.html")


@blueprint.get("/address/old/<token>", defaults={"side": "old"})
@blueprint.get("/address/new/<token>", defaults={"side": "new"})
def look_at_change(side: str, token: str) -> ResponseReturnValue:
    """Show what is about to change, and the buttons."""
    with shared().database.read() as session:
        change, reader = _open_change(session, Side(side), token)
        return render_template(
            "address_confirm.html",
            side=side,
            old=masked(reader.address),
            new=masked(change.address),
            consent=_wording(Side(side), change),
            waiting=getattr(change, f"{side}_confirmed_at") is not None,
        )


@blueprint.post("/address/old/<token>", defaults={"side": "old"})
@blueprint.post("/address/new/<token>", defaults={"side": "new"})
def act(side: str, token: str) -> ResponseReturnValue:
    """Confirm the change, or stop it from the old mailbox."""
    here, where = shared(), Side(side)
    now = here.clock()
    with here.database.write() as session:
        change, _reader = _open_change(session, where, token)
        if where is Side.OLD and request.form.get("do") == "stop":
            subscribers.stop_change(session, change.handle, now)
            return render_template("address_stopped.html")
        done = subscribers.confirm_change(session, change.handle, where, _wording(where, change), now)
    return render_template("address_done.html", done=done, new=masked(change.address))


def _reader(session: Session, token: str) -> Subscriber:
    handle, made_at = handle_and_date(token, Purpose.ADDRESS, ADDRESS_WITHIN)
    reader = subscribers.open_to_change(session, handle, made_at)
    speak_to(reader.language)
    return reader


def _open_change(session: Session, side: Side, token: str) -> tuple[AddressChange, Subscriber]:
    """The change a link confirms. An address never to mail is as good as none: nothing must lead there."""
    handle = handle_from_recent(token, _PURPOSE[side], ADDRESS_WITHIN)
    change, reader = subscribers.open_change(session, handle, shared().clock())
    speak_to(reader.language)
    if is_suppressed(session, shared().settings.keys, change.address_key):
        raise ChangeClosed
    return change, reader


def _wording(side: Side, change: AddressChange) -> str:
    name = shared().publication.name
    if side is Side.OLD:
        return wording.leave_address_wording(name, masked(change.address))
    return wording.take_address_wording(name)


def _form_page(reader: Subscriber, form: AddressForm) -> str:
    return render_template("address.html", form=form, address=masked(reader.address))
