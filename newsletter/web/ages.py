"""How long ago something was, as people say it."""

from datetime import datetime, timedelta

from newsletter.web.i18n import _, ngettext

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# Longer ago than this, a date says more.
LONGEST = 7 * _DAY


def age_in_words(then: datetime, now: datetime) -> str:
    """Just now, 5 minutes ago, 3 hours ago, 2 days ago; empty for what is older than a week."""
    age = now - then
    if age > LONGEST:
        return ""
    if age < _MINUTE:
        return _("just now")
    if age < _HOUR:
        return ngettext("one minute ago", "%(num)s minutes ago", age // _MINUTE)
    if age < 2 * _DAY:
        return ngettext("one hour ago", "%(num)s hours ago", age // _HOUR)
    return ngettext("one day ago", "%(num)s days ago", age // _DAY)
