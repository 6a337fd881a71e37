"""The front page with its sign-up form, and the page after signing up."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from newsletter.delivery.due import enqueue_notice
from newsletter.subscribers import offered_topics, sign_up
from newsletter.web import wording
from newsletter.web.forms import SignUpForm, read_sign_up
from newsletter.web.headlines import newest_news
from newsletter.web.i18n import page_language
from newsletter.web.moments import HOURS, listed_zones
from newsletter.web.places import regions_in
from newsletter.web.shared import shared

blueprint = Blueprint("public", __name__)

# People never see this field; programs that fill in every field do not know that.
TRAP = "website"


@blueprint.get("/")
def front() -> ResponseReturnValue:
    """What this newsletter is, today's headlines, and the form."""
    return _front_page(SignUpForm(zone=shared().settings.timezone), fresh=True)


@blueprint.post("/", endpoint="sign_up")
def take_sign_up() -> ResponseReturnValue:
    """Take a sign-up; whatever the address, the answer is the same."""
    if request.form.get(TRAP):
        return _look_in_inbox()
    with shared().database.read() as session:
        offered = [topic.slug for topic in offered_topics(session)]
    form = read_sign_up(request.form, offered)
    if form.problems:
        return _front_page(form), 422
    _store(form)
    return _look_in_inbox()


@blueprint.get("/check-your-inbox")
def check_inbox() -> ResponseReturnValue:
    """What to do after signing up; no address stands on this page or in its own."""
    return render_template("check_inbox.html")


def _store(form: SignUpForm) -> None:
    here = shared()
    now, publication = here.clock(), here.publication
    asked = form.request(wording.sign_up_wording(publication.name), page_language())
    with here.database.write() as session:
        outcome = sign_up(session, asked, now)
        enqueue_notice(session, outcome.subscriber, outcome.notice, now, publication.list_domain)
    here.wake_workers()


def _front_page(form: SignUpForm, fresh: bool = False) -> str:
    here = shared()
    with here.database.read() as session:
        news = newest_news(session, offered_topics(session))
    return render_template(
        "front.html",
        form=form,
        fresh=fresh,
        trap=TRAP,
        news=news,
        today=here.clock().astimezone(here.settings.zone).date(),
        hours=HOURS,
        regions=regions_in(page_language()),
        listed_zones=listed_zones(),
        consent=wording.sign_up_wording(here.publication.name),
    )


def _look_in_inbox() -> ResponseReturnValue:
    return redirect(url_for("public.check_inbox"), 303)
