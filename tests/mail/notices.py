"""One mail of each kind that is no issue, as an ordinary reader or operator gets it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from newsletter.mail.alert import Alert, AlertKind
from newsletter.mail.issue import Rendered
from newsletter.mail.message import build_message, issue_headers, notice_headers
from newsletter.mail.render import render_notice
from tests.mail.sample import DAWN, DAY, LINKS, PUBLICATION

_TOKEN = "ImhhbmRsZSI.1795320000.kL8c"
_BASE = PUBLICATION.base_url

FEEDS = Alert(
    AlertKind.FEEDS,
    [
        {
            "name": "Harbour Radio",
            "url": "https://harbour-radio.example.org/feed",
            "since": "2026-11-14T05:10:00+00:00",
            "said": "the server answered 503",
        },
        {
            "name": "Quay Review",
            "url": "https://quay-review.example.org/rss",
            "since": "2026-11-15T17:40:00+00:00",
            "said": "",
        },
    ],
)
HABITS = Alert(
    AlertKind.HABITS,
    [
        {
            "name": "Harbour Radio",
            "url": "https://harbour-radio.example.org/feed",
            "change": "stopped",
            "since": "2026-11-14T05:10:00+00:00",
            "daily": 0.0,
            "usual": 12.0,
        },
        {
            "name": "Quay Review",
            "url": "https://quay-review.example.org/rss",
            "change": "flood",
            "since": "2026-11-21T17:40:00+00:00",
            "daily": 1480,
            "usual": 21,
        },
    ],
)
EDITIONS = Alert(AlertKind.EDITIONS, [{"topic": "Science", "date": "2026-11-22", "stories": 1, "usual": 9}])
COMPLAINTS = Alert(AlertKind.COMPLAINTS, [{"complaints": 12, "mails": 4800}])
SIGN_UPS = Alert(AlertKind.SIGN_UPS, [{"since": "2026-11-22T05:00:00+00:00", "limit": 500}])
SENDING = Alert(
    AlertKind.SENDING,
    [{"waiting": 1840, "since": "2026-11-22T05:00:00+00:00", "said": "connection refused"}],
)

NOTICES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "confirm": (
        "confirm",
        {
            "confirm_url": f"{_BASE}/confirm/ImhhbmRsZSI.aSGZ4A.kL8c",
            "topics": ["Town and harbour", "Science"],
            "send_time": "07:00",
            "expires_days": 7,
        },
    ),
    "already_subscribed": (
        "already_subscribed",
        {"preferences_url": LINKS.preferences, "unsubscribe_url": LINKS.unsubscribe},
    ),
    "preferences_link": (
        "preferences_link",
        {
            "preferences_url": LINKS.preferences,
            "address_url": f"{_BASE}/address/{_TOKEN}",
            "expires_days": 7,
            "mine_url": f"{_BASE}/mine/{_TOKEN}",
            "mine_days": 2,
        },
    ),
    "paused": (
        "paused",
        {
            "until": date(2026, 11, 29),
            "resume_url": f"{LINKS.preferences}/resume",
            "preferences_url": LINKS.preferences,
        },
    ),
    "paused_open": (
        "paused",
        {
            "until": None,
            "resume_url": f"{LINKS.preferences}/resume",
            "preferences_url": LINKS.preferences,
        },
    ),
    "resumed": ("resumed", {"send_time": "07:00", "preferences_url": LINKS.preferences}),
    "goodbye": ("goodbye", {"undo_url": LINKS.unsubscribe, "undo_days": 7}),
    "address_old": (
        "address_old",
        {"other": "b…@e….net", "change_url": f"{_BASE}/address/old/{_TOKEN}", "expires_days": 7},
    ),
    "address_new": (
        "address_new",
        {"other": "a…@e….org", "change_url": f"{_BASE}/address/new/{_TOKEN}", "expires_days": 7},
    ),
    "quiet_day": (
        "quiet_day",
        {
            "topics": ["Town and harbour", "Science"],
            "date": DAY,
            "preferences_url": LINKS.preferences,
            "unsubscribe_url": LINKS.unsubscribe,
            "changed": None,
        },
    ),
    "alert_feeds": ("alert", {"alert": FEEDS, "zone": "Europe/Berlin"}),
    "alert_habits": ("alert", {"alert": HABITS, "zone": "Europe/Berlin"}),
    "alert_editions": ("alert", {"alert": EDITIONS, "zone": "Europe/Berlin"}),
    "alert_complaints": ("alert", {"alert": COMPLAINTS, "zone": "Europe/Berlin"}),
    "alert_sending": ("alert", {"alert": SENDING, "zone": "Europe/Berlin"}),
    "alert_sign_ups": ("alert", {"alert": SIGN_UPS, "zone": "Europe/Berlin"}),
    "alert_feeds_over": (
        "alert",
        {"alert": Alert(AlertKind.FEEDS, FEEDS.cases, over=True), "zone": "Europe/Berlin"},
    ),
    "alert_habits_over": (
        "alert",
        {"alert": Alert(AlertKind.HABITS, HABITS.cases, over=True), "zone": "Europe/Berlin"},
    ),
    "alert_sending_over": (
        "alert",
        {"alert": Alert(AlertKind.SENDING, SENDING.cases, over=True), "zone": "Europe/Berlin"},
    ),
    "alert_sign_ups_over": (
        "alert",
        {"alert": Alert(AlertKind.SIGN_UPS, SIGN_UPS.cases, over=True), "zone": "Europe/Berlin"},
    ),
    "alert_complaints_over": (
        "alert",
        {"alert": Alert(AlertKind.COMPLAINTS, COMPLAINTS.cases, over=True), "zone": "Europe/Berlin"},
    ),
}


def notice(name: str, language: str = "en") -> Rendered:
    """The words of one of `NOTICES`."""
    kind, values = NOTICES[name]
    return render_notice(kind, PUBLICATION, language, **values)


def notice_message(name: str, language: str = "en") -> bytes:
    """The whole mail of one of `NOTICES`."""
    message_id = f"<{name}.1@news.example.com>"
    to = "ann@example.org"
    headers = (
        issue_headers(PUBLICATION, LINKS, to, message_id, DAWN, DAY)
        if name == "quiet_day"
        else notice_headers(PUBLICATION, to, message_id, DAWN)
    )
    return build_message(notice(name, language), headers)
