"""From a delivery to the finished message: the same row gives the same bytes, however often.

Nothing comes from the clock or from chance, so that a repeat after a crash is a copy which the
reader's mailbox can recognise.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from newsletter.delivery.sections import Sections
from newsletter.mail.issue import IssueContent, Links, Publication, Rendered
from newsletter.mail.message import build_message, issue_headers, notice_headers
from newsletter.mail.outgoing import OutgoingMail
from newsletter.mail.render import render_issue, render_notice
from newsletter.models import Delivery, MailKind, Subscriber
from newsletter.tokens import CONFIRM_WITHIN, Purpose, make_dated_token, make_token


class NothingToSay(Exception):
    """None of an issue's editions can be read any more: gone, withdrawn, or never rendered."""


def compose(
    session: Session,
    delivery: Delivery,
    publication: Publication,
    keys: Sequence[str],
    sections: Sections | None = None,
) -> OutgoingMail:
    """The message of a delivery with its envelope. Raises `NothingToSay`.

    `keys` sign the reader's links, newest first; `sections` remembers editions between mails.
    """
    subscriber = delivery.subscriber
    links = links_for(subscriber, publication, keys)
    if delivery.kind == MailKind.ISSUE:
        message = _issue(session, delivery, publication, links, sections or Sections())
    else:
        message = _notice(delivery, publication, links, keys)
    signer = publication.signer
    return OutgoingMail(
        message_id=delivery.message_id,
        envelope_from=publication.bounce_address,
        envelope_to=subscriber.address,
        message=signer.sign(message, delivery.created_at) if signer else message,
    )


def links_for(subscriber: Subscriber, publication: Publication, keys: Sequence[str]) -> Links:
    """A reader's own links; the page to unsubscribe is also where one-click posts go (RFC 8058)."""
    leave = make_token(keys, Purpose.UNSUBSCRIBE, subscriber.handle)
    manage = make_token(keys, Purpose.MANAGE, subscriber.handle)
    unsubscribe = f"{publication.base_url}/unsubscribe/{leave}"
    return Links(
        preferences=f"{publication.base_url}/preferences/{manage}",
        unsubscribe=unsubscribe,
        one_click=unsubscribe,
        unsubscribe_mail=f"mailto:{publication.bounce_address}?subject=unsubscribe%20{leave}",
    )


def _issue(
    session: Session, delivery: Delivery, publication: Publication, links: Links, sections: Sections
) -> bytes:
    day = date.fromisoformat(delivery.occasion)
    rendered = render_issue(_content(session, delivery, day, publication, links, sections))
    headers = issue_headers(
        publication,
        links,
        to=delivery.subscriber.address,
        message_id=delivery.message_id,
        written_at=delivery.created_at,
        day=None if delivery.welcome else day,
    )
    return build_message(rendered, headers)


def _content(
    session: Session,
    delivery: Delivery,
    day: date,
    publication: Publication,
    links: Links,
    sections: Sections,
) -> IssueContent:
    subscriber = delivery.subscriber
    editions = [int(number) for number in delivery.editions.split(",") if number]
    found = sections.of(session, editions, subscriber.language, subscriber.length)
    if not found:
        raise NothingToSay("none of its editions can be read any more")
    return IssueContent(
        publication=publication,
        links=links,
        date=day,
        language=subscriber.language,
        sections=found,
        zone=subscriber.timezone,
        welcome=delivery.welcome,
        send_time=f"{subscriber.send_time:%H:%M}",
    )


def _notice(delivery: Delivery, publication: Publication, links: Links, keys: Sequence[str]) -> bytes:
    subscriber = delivery.subscriber
    rendered = (
        _confirmation(delivery, publication, keys)
        if delivery.kind == MailKind.CONFIRM
        else render_notice(
            delivery.kind,
            publication,
            subscriber.language,
            preferences_url=links.preferences,
            unsubscribe_url=links.unsubscribe,
        )
    )
    headers = notice_headers(publication, subscriber.address, delivery.message_id, delivery.created_at)
    return build_message(rendered, headers)


def _confirmation(delivery: Delivery, publication: Publication, keys: Sequence[str]) -> Rendered:
    subscriber = delivery.subscriber
    token = make_dated_token(keys, Purpose.CONFIRM, subscriber.handle, delivery.created_at)
    return render_notice(
        MailKind.CONFIRM,
        publication,
        subscriber.language,
        confirm_url=f"{publication.base_url}/confirm/{token}",
        topics=[topic.name for topic in subscriber.topics],
        send_time=f"{subscriber.send_time:%H:%M}",
        expires_days=CONFIRM_WITHIN.days,
    )
