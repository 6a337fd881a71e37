"""Back from a pause, from a mail's link: looking shows the button, the button is the preferences'."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from newsletter.addresses import masked
from newsletter.models import SubscriberStatus
from newsletter.tokens import Purpose
from newsletter.web.links import handle_and_age, subscriber_behind
from newsletter.web.shared import shared

blueprint = Blueprint("resume", __name__)


@blueprint.get("/preferences/<token>/resume")
def look(token: str) -> ResponseReturnValue:
    """Show the button that ends a pause."""
    handle, _is_old = handle_and_age(token, Purpose.MANAGE)
    with shared().database.read() as session:
        reader = subscriber_behind(session, handle)
        return render_template(
            "resume.html",
            reader=reader,
            paused=reader.status == SubscriberStatus.PAUSED,
            address=masked(reader.address),
            token=token,
        )
