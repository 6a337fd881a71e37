"""Putting choices back that an older mail's link changed: the page says what, the button does it, once."""

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter import subscribers
from newsletter.addresses import masked
from newsletter.mail.changed import choice_names
from newsletter.mail.languages import listed, own_name
from newsletter.models import EVERY_DAY, Length, Source, Topic
from newsletter.mutes import read_mutes
from newsletter.tokens import Purpose
from newsletter.web.done import done_page
from newsletter.web.i18n import _, page_language, speak_to
from newsletter.web.lengths import length_names
from newsletter.web.links import fresh_token_for, handle_from
from newsletter.web.months import day_names
from newsletter.web.shared import shared

blueprint = Blueprint("undo", __name__)


@blueprint.get("/undo/<token>")
def look(token: str) -> ResponseReturnValue:
    """Say what would be put back."""
    with shared().database.read() as session:
        return _page(session, token)


@blueprint.post("/undo/<token>")
def act(token: str) -> ResponseReturnValue:
    """Put it back; pressed twice, the page says that there is nothing left to do."""
    here = shared()
    with here.database.write() as session:
        try:
            reader = subscribers.put_back(session, handle_from(token, Purpose.UNDO), here.clock())
        except (subscribers.ChangeUndone, subscribers.UnknownChange):
            return _page(session, token), 409
        speak_to(reader.language)
        preferences = fresh_token_for(reader.handle, Purpose.MANAGE)
        return done_page(preferences, _("It is as it was"), _("Your choices are back as they were before."))


def _page(session: Session, token: str) -> str:
    try:
        change, reader = subscribers.find_change(session, handle_from(token, Purpose.UNDO))
    except subscribers.UnknownChange:
        return render_template("undo.html", lines=[], address="", token=token, day=None)
    speak_to(reader.language)
    before = subscribers.to_put_back(change, reader)
    return render_template(
        "undo.html",
        lines=_lines(session, before),
        address=masked(reader.address),
        token=token,
        day=change.at.date(),
    )


def _lines(session: Session, before: dict[str, Any]) -> list[tuple[str, str]]:
    """What each choice was, in words, with its name."""
    names = choice_names(_)
    return [(names[name], _in_words(session, name, before[name])) for name in names if name in before]


def _in_words(session: Session, name: str, value: Any) -> str:
    match name:
        case "topics":
            return _names(session, Topic, Topic.slug.in_(value))
        case "weekdays":
            days = [
                day
                for place, day in enumerate(day_names(page_language()))
                if (value & EVERY_DAY) >> place & 1
            ]
            return listed(days, page_language())
        case "language":
            return own_name(str(value))
        case "length":
            return dict(length_names())[Length(value)]
        case "quiet_note":
            return _("on") if value else _("off")
        case "muted_sources":
            return _names(session, Source, Source.id.in_(read_mutes(value))) or _("none")
        case _other:
            return str(value).replace("_", " ")


def _names(session: Session, kind: type[Topic] | type[Source], wanted: Any) -> str:
    return listed(session.scalars(select(kind.name).where(wanted).order_by(kind.id)), page_language())
