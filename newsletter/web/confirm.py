"""Confirming a sign-up: looking shows who, what and when; only the button confirms."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from newsletter import subscribers
from newsletter.addresses import masked
from newsletter.models import Subscriber, SubscriberStatus
from newsletter.tokens import CONFIRM_WITHIN, Purpose
from newsletter.web import wording
from newsletter.web.headlines import newest_news
from newsletter.web.i18n import page_language
from newsletter.web.joining import kept_network
from newsletter.web.links import fresh_token_for, handle_from_recent, subscriber_behind
from newsletter.web.shared import shared
from newsletter.web.standing import next_issue

blueprint = Blueprint("confirm", __name__)


@blueprint.get("/confirm/<token>")
def look(token: str) -> ResponseReturnValue:
    """Show what is about to be confirmed."""
    here = shared()
    handle = handle_from_recent(token, Purpose.CONFIRM, CONFIRM_WITHIN)
    with here.database.read() as session:
        subscriber = subscriber_behind(session, handle)
        if subscriber.status == SubscriberStatus.UNSUBSCRIBED:
            raise subscribers.LinkOutdated
        return render_template(
            "confirm.html",
            subscriber=subscriber,
            address=masked(subscriber.address),
            consent=wording.confirm_wording(here.publication.name),
            done=subscriber.status != SubscriberStatus.PENDING,
            preferences=fresh_token_for(handle, Purpose.MANAGE),
        )


@blueprint.post("/confirm/<token>")
def act(token: str) -> ResponseReturnValue:
    """Confirm; once confirmed, the same button does nothing more."""
    here = shared()
    handle = handle_from_recent(token, Purpose.CONFIRM, CONFIRM_WITHIN)
    with here.database.write() as session:
        subscriber_behind(session, handle)
        words = wording.confirm_wording(here.publication.name)
        subscriber = subscribers.confirm(
            session, handle, words, here.clock(), page_language(), kept_network()
        )
        news = newest_news(session, subscriber.topics)
    here.wake_workers()
    return _confirmed(subscriber, welcome=any(topic.date for topic in news))


def _confirmed(subscriber: Subscriber, welcome: bool) -> str:
    return render_template(
        "confirmed.html",
        subscriber=subscriber,
        welcome=welcome,
        next_issue=next_issue(subscriber, shared().clock()),
        preferences=fresh_token_for(subscriber.handle, Purpose.MANAGE),
    )
