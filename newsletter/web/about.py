"""What readers may want to know of the service itself: how it is doing, and what is kept about them."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from newsletter.mail.mailbox import read_mailbox
from newsletter.subscribers import offered_topics
from newsletter.tokens import CONFIRM_WITHIN
from newsletter.web.shared import shared
from newsletter.web.standing_today import service_today

blueprint = Blueprint("about", __name__)


@blueprint.get("/status")
def status() -> ResponseReturnValue:
    """Whether editions are ready and mail goes out; whom to write to."""
    here = shared()
    now = here.clock()
    with here.database.read() as session:
        service = service_today(session, offered_topics(session), now)
        return render_template("status.html", service=service, contact=contact(), now=now)


@blueprint.get("/privacy")
def privacy() -> ResponseReturnValue:
    """What is kept and for how long, by the settings that are in force."""
    here = shared()
    return render_template(
        "privacy.html",
        settings=here.settings,
        contact=contact(),
        confirm_days=CONFIRM_WITHIN.days,
        stays=here.settings.outbox_dir is not None,
    )


def contact() -> str:
    """The address readers may write to: where answers to the mails go."""
    settings = shared().settings
    return read_mailbox(settings.reply_to or settings.sender).address
