"""Asking for the link to one's preferences, for who lost their mail. The answer is always the same."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from newsletter.delivery.lost_links import ask_for_link
from newsletter.web.forms import AddressForm, read_address_form
from newsletter.web.shared import shared

blueprint = Blueprint("link", __name__)


@blueprint.get("/link")
def look() -> ResponseReturnValue:
    """Show the form."""
    return render_template("link.html", form=AddressForm())


@blueprint.post("/link")
def ask() -> ResponseReturnValue:
    """Note the address; whether it reads us is looked up elsewhere, so that nobody learns it here."""
    form = read_address_form(request.form)
    if form.address is None:
        return render_template("link.html", form=form), 422
    here = shared()
    with here.database.write() as session:
        ask_for_link(session, form.address.key, here.clock())
    here.wake_workers()
    return redirect(url_for("link.sent"), 303)


@blueprint.get("/link/sent")
def sent() -> ResponseReturnValue:
    """What happens now; no address stands on this page or in its own."""
    return render_template("link_sent.html")
