"""A source's hub as its feed names it: the wish to be told by it (WebSub, section 3).

Polls note here what a feed offers; `newsletter.websub` talks to the hubs. What `lease_until` means:
*asked* and *refused*: nothing more is said to the hub until then; *verified*: the hub tells us until
then. None: the hub is to be spoken to at once, to ask, or, when *refused*, to take leave.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from newsletter.direct import Direct
from newsletter.ingest.entries import ReadFeed
from newsletter.ingest.fetch import Fetched
from newsletter.ingest.source_address import source_address
from newsletter.models import SourceHub

# A hub that has not said anything for so long may have forgotten us, or its publisher forgets it.
TRUST = timedelta(days=7)
_TOLD = """
SELECT source_id FROM source_hub
WHERE source_id AMONG :numbers AND state = 'verified' AND lease_until > :now AND told_at > :since"""
NO_LONGER = "The feed names no hub any more."


@dataclass(frozen=True, slots=True)
class HubOffer:
    """Where one is told of what is new in a feed: the hub, and the topic it knows the feed by."""

    hub: str
    topic: str


def hub_offer(fetched: Fetched, feed: ReadFeed) -> HubOffer | None:
    """The hub a feed offers: by the headers of its answer, else by links in the feed itself.

    Without a `self` link the topic is where the feed was found.
    """
    links = fetched.links if fetched.links.get("hub") else {"hub": feed.hub, "self": feed.self_url}
    hub = source_address(links.get("hub") or "")
    # To the letter: the hub knows the topic by no other spelling.
    topic = (links.get("self") or "").strip()
    return HubOffer(hub, topic if source_address(topic) else fetched.url) if hub else None


def note_offer(session: Session, source_id: int, offer: HubOffer | None, now: datetime) -> None:
    """Have the hub that a feed offers asked, once its time has come, or left when it is offered no more.

    Another hub, or another topic at it, is asked under a new key. The old one is not written to: it is
    answered that we are gone.
    """
    row = session.get(SourceHub, source_id)
    if offer is None:
        if row is not None and row.state != "refused":
            row.state, row.failure, row.lease_until = "refused", NO_LONGER, None
    elif row is None:
        row = SourceHub(source_id=source_id, hub=offer.hub, topic=offer.topic)
        _ask_anew(row, now)
        session.add(row)
    elif (row.hub, row.topic) != (offer.hub, offer.topic) or _may_be_asked_again(row, now):
        row.hub, row.topic = offer.hub, offer.topic
        _ask_anew(row, now)


def told_by_hubs(connection: Connection, source_ids: Sequence[int], now: datetime) -> set[int]:
    """Of these sources those whose hub tells us of their news, and lately did: their polls may be rare."""
    lately = Direct(connection).rows(_TOLD, numbers=list(source_ids), now=now, since=now - TRUST)
    return {row[0] for row in lately}


def _may_be_asked_again(row: SourceHub, now: datetime) -> bool:
    return row.state == "refused" and row.lease_until is not None and row.lease_until <= now


def _ask_anew(row: SourceHub, now: datetime) -> None:
    # Unguessable and of this subscription alone: the callback's address lets the hub in (section 5.1.1).
    row.key, row.secret = secrets.token_urlsafe(32), secrets.token_hex(32)
    row.state, row.asked_at, row.lease_until, row.told_at, row.failure = "asked", now, None, None, None
