"""The front page with its sign-up form, and the page after signing up."""

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from newsletter.web import joining, stamps, wording, work
from newsletter.web.forms import SignUpForm
from newsletter.web.moments import HOURS, listed_zones
from newsletter.web.offers import offers
from newsletter.web.shared import shared

blueprint = Blueprint("public", __name__)

# In the cookie that guards the forms: this visitor has asked already, so that nobody asks them again.
ASKED = "asked"


@blueprint.get("/")
def front() -> ResponseReturnValue:
    """What this newsletter is, today's headlines, and the form, if it was not sent from here already."""
    asked = ASKED in session and "another" not in request.args
    return front_page(SignUpForm(zone=shared().settings.timezone), fresh=True, asked=asked)


@blueprint.post("/", endpoint="sign_up")
def take_sign_up() -> ResponseReturnValue:
    """Take a sign-up; whatever the address, the answer is the same."""
    here = shared()
    if joining.is_trapped():
        return look_in_inbox()
    form = joining.read_form()
    if form.problems:
        return front_page(form), 422
    shown = request.form.get(stamps.FIELD, "")
    if not stamps.too_quick(here.settings.keys, shown, here.clock()):
        joining.take(form)
    return (front_page(form), 422) if form.problems else look_in_inbox()


@blueprint.get("/check-your-inbox")
def check_inbox() -> ResponseReturnValue:
    """What to do after signing up; no address stands on this page or in its own."""
    return render_template("check_inbox.html")


def front_page(form: SignUpForm, fresh: bool = False, asked: bool = False) -> str:
    """The page with this form; `fresh`: nothing was typed yet, `asked`: show that it was sent instead."""
    here = shared()
    now, settings = here.clock(), here.settings
    return render_template(
        "front.html",
        form=form,
        fresh=fresh,
        asked=asked,
        trap=joining.TRAP,
        stamp=_stamp(),
        challenge=work.challenge(settings.counting_key, now) if settings.altcha and not asked else None,
        news=offers(),
        today=now.astimezone(settings.zone).date(),
        hours=HOURS,
        listed_zones=listed_zones(),
        consent=wording.sign_up_wording(here.publication.name),
    )


def look_in_inbox() -> ResponseReturnValue:
    """The answer to every sign-up."""
    session[ASKED] = True
    return redirect(url_for("public.check_inbox"), 303)


def _stamp() -> str:
    """When the form was first shown: one that comes back with mistakes keeps its moment."""
    here = shared()
    keys, earlier = here.settings.keys, request.form.get(stamps.FIELD, "")
    return earlier if stamps.is_stamp(keys, earlier) else stamps.stamp(keys, here.clock())
