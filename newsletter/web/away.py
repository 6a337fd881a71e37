"""A pause by a mail's link: the page with its button, and the pages after pausing and after coming back."""

from datetime import date
from zoneinfo import ZoneInfo

from flask import render_template, url_for

from newsletter.addresses import masked
from newsletter.models import Subscriber, SubscriberStatus
from newsletter.sendtime import local_date
from newsletter.subscribers import Profile
from newsletter.web.done import Undo, done_page
from newsletter.web.i18n import _, page_language
from newsletter.web.moments import day_in_words
from newsletter.web.pausing import A_WEEK
from newsletter.web.shared import shared
from newsletter.web.standing import next_issue_in_words

# Hidden in the forms of these pages, so that the answer is one of them too.
FROM_MAIL = ("from", "mail")
_OPEN = "open"


def today_of(reader: Subscriber | Profile) -> date:
    """The date on the reader's calendar."""
    return local_date(shared().clock(), ZoneInfo(reader.timezone))


def away_page(reader: Subscriber, token: str) -> str:
    """What pausing for a week would mean; to who is paused already, the way back."""
    return render_template(
        "away.html",
        token=token,
        address=masked(reader.address),
        reader=reader,
        paused=reader.status == SubscriberStatus.PAUSED,
        until=today_of(reader) + A_WEEK,
        ended=ended_pause(reader),
    )


def paused_page(reader: Subscriber, token: str) -> str:
    """What was done: mail rests. With a button to go on."""
    undo = Undo(
        url_for("preferences.resume", token=token),
        _("Undo: go on now"),
        dict([FROM_MAIL, ("ended", ended_pause(reader))]),
    )
    if reader.paused_until is None:
        return done_page(token, _("Your mail is paused"), _("It stays so until you come back."), undo=undo)
    day = day_in_words(reader.paused_until, page_language())
    return done_page(
        token, _("Your mail is paused"), _("It goes on by itself on %(day)s.", day=day), undo=undo
    )


def resumed_page(reader: Subscriber, token: str, ended: str) -> str:
    """What was done: mail goes on. With a button to pause again as before (`ended`, of `ended_pause`)."""
    when = {"for": "open"} if ended == _OPEN else {"for": "date", "until": ended}
    undo = Undo(
        url_for("preferences.pause", token=token),
        _("Undo: pause again"),
        dict([FROM_MAIL, *when.items()]),
    )
    words = next_issue_in_words(reader, shared().clock())
    return done_page(token, _("Your mail goes on"), words, undo=undo if ended else None)


def ended_pause(reader: Subscriber) -> str:
    """A pause as it stands in a hidden field: its date, `open`, or empty without one."""
    if reader.status != SubscriberStatus.PAUSED:
        return ""
    return reader.paused_until.isoformat() if reader.paused_until else _OPEN
