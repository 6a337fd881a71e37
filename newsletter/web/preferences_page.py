"""Readers' own page as it is shown: their choices, today's headlines beside the topics, what was done."""

from collections.abc import Sequence
from typing import Any

from flask import render_template, request

from newsletter.addresses import masked
from newsletter.direct import Direct
from newsletter.mail.languages import LANGUAGES, own_name
from newsletter.subscribers import Profile
from newsletter.tokens import Purpose, make_token
from newsletter.web.away import today_of
from newsletter.web.forms import ChoicesForm, choices_of
from newsletter.web.i18n import _
from newsletter.web.lengths import length_names
from newsletter.web.links import handle_and_age
from newsletter.web.marks import own
from newsletter.web.moments import HOURS, listed_zones
from newsletter.web.offers import offers
from newsletter.web.pausing import A_DAY, LONGEST, PauseForm
from newsletter.web.push import our_public_key
from newsletter.web.readers import profile_of
from newsletter.web.shared import shared
from newsletter.web.sources import muted_sources
from newsletter.web.standing import next_issue


def preferences_page(
    direct: Direct, token: str, form: ChoicesForm | None = None, pausing: PauseForm | None = None
) -> str:
    """The page as it stands for the reader of this link, or as `form` or `pausing` were typed and not taken.

    Readers of the same choices share one (`own_pages`): what else it shows of a reader is of their profile,
    or one of their own words. Raises what `profile_of` raises.
    """
    reader = profile_of(direct, token)
    today = today_of(reader)
    words = own_words(shared().settings.keys, reader, token)
    return render_template(
        "preferences.html",
        **{name: own(name, word) for name, word in words.items()},
        **_always(),
        subscriber=reader,
        form=form or choices_of(reader),
        pausing=pausing or PauseForm(),
        earliest=today + A_DAY,
        latest=today + LONGEST,
        muted=muted_sources(direct, reader.muted_sources),
        done=_done(request.args.get("done", "")),
        next_issue=next_issue(reader, shared().clock()),
        news=offers(),
        browsers=reader.browsers,
        push_key=our_public_key(),
        comments=_commenting(token),
    )


def own_words(keys: Sequence[str], reader: Profile, token: str) -> dict[str, str]:
    """What the page shows that is this reader's alone; the guard of its forms apart (`link_guard`)."""
    return {
        "address": masked(reader.address),
        "token": token,
        "unsubscribe": make_token(keys, Purpose.UNSUBSCRIBE, reader.handle),
    }


def _always() -> dict[str, Any]:
    """What the page shows to everybody who reads its language."""
    return {
        "hours": HOURS,
        "languages": [(tag, own_name(tag)) for tag in LANGUAGES],
        "listed_zones": listed_zones(),
        "lengths": length_names(),
    }


def _done(what: str) -> str | None:
    """What was done a moment ago, in words."""
    match what:
        case "saved":
            return _("Your choices are saved.")
        case "paused":
            return _("Your mail is paused.")
        case "resumed":
            return _("Welcome back. Your mail goes on.")
        case "brought-back":
            return _("That source is back from your next issue on.")
        case "comments-on":
            return _("You can comment in this browser now, at the end of every story.")
        case "notices-on":
            return _("This browser tells you from your next issue on.")
        case "notices-off":
            return _("No browser tells you any more.")
    return None


def _commenting(token: str) -> str:
    """Whether the link lets this browser comment: `fresh`, `old`, or "" where there are no comments."""
    if not shared().settings.comments:
        return ""
    return "old" if handle_and_age(token, Purpose.MANAGE)[1] else "fresh"
