"""Did this reader get today's issue, and if not, why? The answer in one sentence."""

from datetime import datetime

from newsletter import sendtime
from newsletter.delivery.readers import zone_of
from newsletter.models import Delivery, DeliveryState, Subscriber, SubscriberStatus


def answer_from(delivery: Delivery, now: datetime) -> str:
    """What became of today's issue, told from its delivery with its events."""
    said = _last_word(delivery)
    match DeliveryState(delivery.state):
        case DeliveryState.SENT:
            return f"Yes: it was handed over {_moment(delivery.finished_at)}; the server said: {said}"
        case DeliveryState.COMPLAINED:
            return f"Yes, and they reported it as unwanted: {said}"
        case DeliveryState.BOUNCED:
            return f"No: it was sent {_moment(delivery.handed_over_at)} and came back: {said}"
        case DeliveryState.UNCERTAIN:
            return f"Perhaps: no answer came when it was handed over: {said}"
        case DeliveryState.SENDING:
            return f"{'Perhaps' if delivery.handed_over_at else 'Not yet'}: it is being handed over right now"
        case DeliveryState.QUEUED | DeliveryState.DEFERRED:
            return f"{'Perhaps' if delivery.repeats else 'Not yet'}: {_waiting(delivery, said, now)}"
        case DeliveryState.FAILED:
            return f"No: it was given up: {said}"
        case _:
            return f"No: {said}"


def answer_without(subscriber: Subscriber, suppressed: bool, held: list[str], now: datetime) -> str:
    """Why no issue of today was entered for this reader; `held` names editions kept back, of their topics."""
    zone = zone_of(subscriber.timezone)
    today = sendtime.local_date(now, zone)
    due = subscriber.next_issue_at
    if suppressed:
        return "No: the address is suppressed, it must never be mailed"
    if subscriber.status != SubscriberStatus.ACTIVE:
        return f"No: {_standing(subscriber)}"
    if not subscriber.topics:
        return "No: they follow no topic"
    if not subscriber.weekdays >> today.weekday() & 1:
        return f"No, as they wish: they chose no issue on {today:%A}s"
    if due is not None and due > now and sendtime.local_date(due, zone) == today:
        return f"Not yet: it is due at {due.astimezone(zone):%H:%M} of their clock, {_moment(due)}"
    if due is not None and due <= now:
        return f"Not yet: due since {_moment(due)}, and planned within a minute while the service runs"
    kept = f"; held back: {', '.join(held)}" if held else ""
    return f"No: when it was due there was no new edition of their topics{kept}"


def _waiting(delivery: Delivery, said: str, now: datetime) -> str:
    words = f" ({said})" if said else ""
    if delivery.next_attempt_at > now:
        return f"it is tried again {_moment(delivery.next_attempt_at)}{words}"
    return f"it waits for its turn since {_moment(max(delivery.next_attempt_at, delivery.created_at))}{words}"


def _standing(subscriber: Subscriber) -> str:
    match SubscriberStatus(subscriber.status):
        case SubscriberStatus.PENDING:
            return "they have not confirmed the subscription"
        case SubscriberStatus.PAUSED:
            until = f" until {subscriber.paused_until}" if subscriber.paused_until else ""
            return f"they have paused{until}"
        case _:
            return "they have unsubscribed"


def _last_word(delivery: Delivery) -> str:
    words = [event.detail for event in delivery.events if event.kind == delivery.state and event.detail]
    return words[-1] if words else ""


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "earlier"
