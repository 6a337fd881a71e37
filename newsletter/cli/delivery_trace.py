"""`newsletter delivery trace`: one reader's mails, from the feed's entry to the server's reply."""

from collections.abc import Iterator
from datetime import datetime

from newsletter.cli.plain import plain
from newsletter.delivery.origins import TracedEdition, TracedStory
from newsletter.delivery.trace import Trace, TracedDelivery
from newsletter.models import DeliveryState


def trace_lines(found: Trace) -> Iterator[str]:
    """The whole story, the answer first."""
    yield f"Today's issue ({found.today}): {plain(found.answer)}."
    yield f"The reader is {found.status}; next issue: {_moment(found.next_issue_at)}."
    if found.origins:
        yield ""
        yield "What stands in the newest issue, and where it came from:"
        for edition in found.origins:
            yield from _edition(edition)
    for delivery in found.deliveries:
        yield from _delivery(delivery)


def _edition(edition: TracedEdition) -> Iterator[str]:
    yield f"  {edition.name}, closed {_moment(edition.closed_at)}"
    for story in edition.stories:
        yield from _story(story)


def _story(story: TracedStory) -> Iterator[str]:
    others = story.sources - 1
    also = f", and {others} more {'source' if others == 1 else 'sources'}" if others > 0 else ""
    yield f"    {plain(story.headline)}"
    yield f"      {plain(story.source)}, published {_moment(story.published_at)}{also}"
    yield f"      came in {_moment(story.came_in)} from {plain(story.feed)}"


def _delivery(delivery: TracedDelivery) -> Iterator[str]:
    what = "welcome issue" if delivery.welcome else delivery.kind.replace("_", " ")
    yield ""
    yield f"{what} of {delivery.occasion}: {delivery.state}   (delivery {delivery.id})"
    yield f"  Message-ID {delivery.message_id}"
    if delivery.editions:
        yield f"  editions   {', '.join(delivery.editions)}"
    yield f"  {_moment(delivery.created_at)}  planned, to be sent by {_moment(delivery.expires_at)}"
    for event in delivery.events:
        said = plain(event.detail)
        yield f"  {_moment(event.at)}  {event.kind}{': ' if said else ''}{said}"
    if delivery.state in (DeliveryState.QUEUED, DeliveryState.DEFERRED):
        yield f"  next attempt {_moment(delivery.next_attempt_at)}"


def _moment(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC") if moment else "none"
