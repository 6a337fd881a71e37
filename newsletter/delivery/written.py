"""A mail written whole from its values: the same values give the same bytes.

Nothing comes from the clock or from chance, so that a repeat after a crash is a copy which the
reader's mailbox can recognise.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from newsletter.delivery.letter import Letter
from newsletter.delivery.links import LinkMaker
from newsletter.delivery.readers import zone_of
from newsletter.mail.clock import Clock, clock_of
from newsletter.mail.issue import IssueContent, Links, Publication, Section, ToldChange
from newsletter.mail.message import build_message, issue_headers
from newsletter.mail.render import render_issue


class NothingToSay(Exception):
    """None of an issue's editions can be read any more: gone, withdrawn, or never rendered."""


def write_issue(
    letter: Letter,
    publication: Publication,
    links: Links,
    sections: Sequence[Section],
    changed: ToldChange | None = None,
) -> bytes:
    """A reader's issue of these sections, unsigned. Raises `NothingToSay` without any.

    Of the reader's own choices a welcome tells the hour; otherwise words depend on language, length and
    clock. The sections are without the sources the reader has muted.
    """
    if not sections:
        raise NothingToSay("none of its editions can be read any more")
    day = date.fromisoformat(letter.occasion)
    content = IssueContent(
        publication=publication,
        links=links,
        date=day,
        language=letter.language,
        sections=tuple(sections),
        clock=reader_clock(letter.timezone, letter.occasion),
        length=letter.length,
        welcome=letter.welcome,
        send_time=f"{letter.send_time:%H:%M}" if letter.welcome else "",
        changed=changed,
    )
    headers = issue_headers(
        publication,
        links,
        to=letter.address,
        message_id=letter.message_id,
        written_at=letter.created_at,
        day=None if letter.welcome else day,
    )
    return build_message(render_issue(content), headers)


def told_change(about: Mapping[str, Any], links: LinkMaker) -> ToldChange | None:
    """What the row has to tell of choices that an old link changed."""
    if "change" not in about:
        return None
    return ToldChange(
        date.fromisoformat(about["on"]), tuple(about["changed"]), links.undo_url(about["change"])
    )


@lru_cache(maxsize=4096)
def reader_clock(timezone: str, occasion: str) -> Clock:
    """What a zone's clocks show in the issue of a date, as `2026-11-22`."""
    return clock_of(zone_of(timezone), date.fromisoformat(occasion))
