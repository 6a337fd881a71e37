"""One hour earlier or later, by a mail's link: the page says what will be, the button does it."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from newsletter import subscribers
from newsletter.addresses import masked
from newsletter.models import Subscriber
from newsletter.subscribers import Move, hour_away
from newsletter.web.done import Undo, done_page
from newsletter.web.i18n import _, page_language
from newsletter.web.moments import near_moment, read_time, time_until
from newsletter.web.readers import reader_of, told_if_old
from newsletter.web.shared import shared
from newsletter.web.standing import next_issue_in_words

blueprint = Blueprint("hour", __name__)

EARLIER, LATER = -1, 1


@blueprint.get("/preferences/<token>/earlier", defaults={"hours": EARLIER})
@blueprint.get("/preferences/<token>/later", defaults={"hours": LATER})
def look(token: str, hours: int) -> ResponseReturnValue:
    """Say when mail comes now, and when it would."""
    return _page(token, hours)


@blueprint.post("/preferences/<token>/earlier", defaults={"hours": EARLIER})
@blueprint.post("/preferences/<token>/later", defaults={"hours": LATER})
def act(token: str, hours: int) -> ResponseReturnValue:
    """Move to the hour the page offered: pressed twice, it is still that hour."""
    here = shared()
    was, at = read_time(request.form.get("was", "")), read_time(request.form.get("at", ""))
    if was is None or at is None or at != hour_away(was, hours):
        abort(400)
    with here.database.write() as session:
        reader = reader_of(session, token)
        try:
            with told_if_old(session, reader, token):
                reader = subscribers.move_hour(session, reader.handle, was, at, here.clock())
        except subscribers.HourChanged:
            return _page(token, hours, stale=True), 409
        return _moved(token, reader, was, hours)


def _page(token: str, hours: int, stale: bool = False) -> str:
    here = shared()
    now = here.clock()
    with here.database.read() as session:
        reader = reader_of(session, token)
        move = subscribers.plan_move(session, reader, hour_away(reader.send_time, hours), now)
        return render_template(
            "hour.html",
            token=token,
            address=masked(reader.address),
            reader=reader,
            move=move,
            earlier=hours == EARLIER,
            around_midnight=(move.at < reader.send_time) != (hours == EARLIER),
            sentences=_what_it_means(reader, move, now),
            stale=stale,
        )


def _what_it_means(reader: Subscriber, move: Move, now: datetime) -> list[str]:
    """When the new hour begins to hold, and that an issue before that comes as it would have."""
    if move.since is None:
        return [_("Your mail is paused; the new hour holds as soon as it goes on.")]
    words = [
        _(
            "That holds from %(moment)s – that is %(wait)s.",
            moment=_near(reader, move.since, now),
            wait=time_until(now, move.since),
        )
    ]
    if move.before:
        words.append(
            _("The issue before that still comes %(moment)s.", moment=_near(reader, move.before, now))
        )
    return words


def _near(reader: Subscriber, moment: datetime, now: datetime) -> str:
    return near_moment(moment, now, ZoneInfo(reader.timezone), page_language())


def _moved(token: str, reader: Subscriber, was: time, hours: int) -> str:
    now, at = shared().clock(), reader.send_time
    back = Undo(
        url_for("hour.act", token=token, hours=-hours),
        _("Undo: back to %(time)s", time=f"{was:%H:%M}"),
        {"was": f"{at:%H:%M}", "at": f"{was:%H:%M}"},
    )
    title = _("Your mail now comes at %(time)s", time=f"{at:%H:%M}")
    return done_page(token, title, next_issue_in_words(reader, now), undo=back)
