"""The values of mails that are no issue, from what is known to what their templates place.

What each kind takes, beside the publication: `confirm` `confirm_url`, `topics` (names), `send_time`
(`07:00`), `expires_days`; `already_subscribed` `preferences_url`, `unsubscribe_url`; `preferences_link`
`preferences_url`, `address_url`, `expires_days`, `mine_url`, `mine_days`; `paused` `until` (a date,
or None), `resume_url`, `preferences_url`;
`resumed` `send_time`, `preferences_url`; `goodbye` `undo_url`, `undo_days`;
`address_old` and `address_new` `other` (the other address, masked), `change_url`, `expires_days`;
`quiet_day` `topics`, `date`, `preferences_url`, `unsubscribe_url`, `changed`
(`mail.changed`, or None); `alert` `alert` (`mail.alert.Alert`)
and `zone` (of its times).
"""

from collections.abc import Mapping
from typing import Any

from newsletter.mail.alert import Alert, alert_values
from newsletter.mail.dates import dateline, long_date
from newsletter.mail.languages import listed, translations
from newsletter.mail.wording import one_line

NOTICES = (
    "confirm",
    "already_subscribed",
    "preferences_link",
    "paused",
    "resumed",
    "goodbye",
    "address_old",
    "address_new",
    "quiet_day",
    "alert",
)
LONGEST_NAME = 80


def notice_values(given: Mapping[str, Any], language: str) -> dict[str, Any]:
    """What the templates place, in words of the language; what needs none goes through."""
    values = dict(given)
    if "topics" in given:
        values["topics"] = _named(given["topics"], language)
    if "expires_days" in given:
        values["validity"] = _validity(given["expires_days"], language)
    if "mine_days" in given:
        values["mine_validity"] = _validity(given["mine_days"], language)
    if "undo_days" in given:
        values["undo_within"] = _undo_within(given["undo_days"], language)
    if "until" in given:
        values["until"] = long_date(given["until"], language) if given["until"] else ""
    if "date" in given:
        values["date"] = dateline(given["date"], language)
    if "alert" in given:
        alert: Alert = given["alert"]
        values |= alert_values(alert, given["zone"], language)
    return values


def _named(topics: list[str], language: str) -> str:
    return listed((one_line(name, LONGEST_NAME) for name in topics), language)


def _validity(days: int, language: str) -> str:
    ngettext = translations(language).ngettext
    words = ngettext("The link works for %(number)d day.", "The link works for %(number)d days.", days)
    return words % {"number": days}


def _undo_within(days: int, language: str) -> str:
    ngettext = translations(language).ngettext
    words = ngettext(
        "By mistake? You can take it back for %(number)d day; everything is then as it was.",
        "By mistake? You can take it back for %(number)d days; everything is then as it was.",
        days,
    )
    return words % {"number": days}
