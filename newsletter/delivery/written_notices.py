"""Mails that are no issue, written whole: from a letter to bytes, the same values to the same bytes."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from newsletter.delivery.about import read
from newsletter.delivery.letter import Letter
from newsletter.delivery.links import LinkMaker
from newsletter.mail.alert import Alert, AlertKind
from newsletter.mail.changed import told_in_words
from newsletter.mail.issue import Links, Publication, ToldChange
from newsletter.mail.message import build_message, issue_headers, notice_headers
from newsletter.mail.render import render_notice
from newsletter.models import MailKind
from newsletter.tokens import ADDRESS_WITHIN, CONFIRM_WITHIN, MINE_WITHIN

QUIET_DAY = "quiet_day"
# So long an unsubscription can be undone by its link (`subscribers.leaving`; a test compares).
UNDO_DAYS = 7

Values = Mapping[str, Any]


def write_quiet_note(
    letter: Letter,
    publication: Publication,
    links: Links,
    topics: Sequence[str],
    changed: ToldChange | None = None,
) -> bytes:
    """The note of a day without news in `topics`: list mail, as the issue whose place it takes."""
    day = date.fromisoformat(letter.occasion)
    rendered = render_notice(
        QUIET_DAY,
        publication,
        letter.language,
        topics=topics,
        date=day,
        changed=told_in_words(changed, letter.language),
        preferences_url=links.preferences,
        unsubscribe_url=links.unsubscribe,
    )
    headers = issue_headers(
        publication,
        links,
        to=letter.address,
        message_id=letter.message_id,
        written_at=letter.created_at,
        day=day,
    )
    return build_message(rendered, headers)


def write_notice(
    letter: Letter, publication: Publication, links: LinkMaker, topics: Sequence[str] = ()
) -> bytes:
    """A notice of the letter's kind, unsigned; `topics` are the names that a confirmation tells.

    Raises `KeyError` for an issue, which is none.
    """
    kind = MailKind(letter.kind)
    values = dict(_VALUES[kind](letter, links))
    if kind is MailKind.CONFIRM:
        values["topics"] = topics
    rendered = render_notice(kind, publication, letter.language, **values)
    headers = notice_headers(publication, letter.address, letter.message_id, letter.created_at)
    return build_message(rendered, headers)


def _own(letter: Letter, links: LinkMaker) -> Links:
    return links.links(*links.tokens(letter.handle, letter.created_at))


def _confirm(letter: Letter, links: LinkMaker) -> Values:
    return {
        "confirm_url": links.confirm_url(letter.handle, letter.created_at),
        "send_time": f"{letter.send_time:%H:%M}",
        "expires_days": CONFIRM_WITHIN.days,
    }


def _already(letter: Letter, links: LinkMaker) -> Values:
    own = _own(letter, links)
    return {"preferences_url": own.preferences, "unsubscribe_url": own.unsubscribe}


def _link(letter: Letter, links: LinkMaker) -> Values:
    return {
        "preferences_url": _own(letter, links).preferences,
        "address_url": links.address_url(letter.handle, letter.created_at),
        "mine_url": links.mine_url(letter.handle, letter.created_at),
        "mine_days": MINE_WITHIN.days,
        "expires_days": ADDRESS_WITHIN.days,
    }


def _paused(letter: Letter, links: LinkMaker) -> Values:
    until = read(letter.about).get("until")
    preferences = _own(letter, links).preferences
    return {
        "until": date.fromisoformat(until) if until else None,
        "resume_url": f"{preferences}/resume",
        "preferences_url": preferences,
    }


def _resumed(letter: Letter, links: LinkMaker) -> Values:
    return {
        "send_time": f"{letter.send_time:%H:%M}",
        "preferences_url": _own(letter, links).preferences,
    }


def _goodbye(letter: Letter, links: LinkMaker) -> Values:
    return {"undo_url": _own(letter, links).unsubscribe, "undo_days": UNDO_DAYS}


def _change_of_address(letter: Letter, links: LinkMaker) -> Values:
    about = read(letter.about)
    return {
        "other": about["masked"],
        "change_url": links.change_url(MailKind(letter.kind), about["change"], letter.created_at),
        "expires_days": ADDRESS_WITHIN.days,
    }


def _alert(letter: Letter, _links: LinkMaker) -> Values:
    about = read(letter.about)
    alert = Alert(AlertKind(about["alert"]), about["cases"], about["over"])
    return {"alert": alert, "zone": letter.timezone}


_VALUES: dict[MailKind, Callable[[Letter, LinkMaker], Values]] = {
    MailKind.CONFIRM: _confirm,
    MailKind.ALREADY: _already,
    MailKind.LINK: _link,
    MailKind.PAUSED: _paused,
    MailKind.RESUMED: _resumed,
    MailKind.GOODBYE: _goodbye,
    MailKind.ADDRESS_OLD: _change_of_address,
    MailKind.ADDRESS_NEW: _change_of_address,
    MailKind.ALERT: _alert,
}
