"""That an old link changed a reader's choices: which, in words, and where to put them back. Pure."""

from collections.abc import Callable

from newsletter.mail.dates import long_date
from newsletter.mail.issue import ToldChange
from newsletter.mail.languages import listed, translations

Translate = Callable[[str], str]


def told_in_words(changed: ToldChange | None, language: str) -> dict[str, str] | None:
    """What templates print: `date`, `choices` (a list in words) and `undo_url`; None without a change."""
    if changed is None:
        return None
    names = choice_names(translations(language).gettext)
    choices = (names[name] for name in names if name in changed.names)
    return {
        "date": long_date(changed.on, language),
        "choices": listed(choices, language),
        "undo_url": changed.undo_url,
    }


def choice_names(_: Translate) -> dict[str, str]:
    """A reader's choices by name, in the order of the preferences page."""
    return {
        "topics": _("topics"),
        "send_time": _("hour"),
        "timezone": _("time zone"),
        "weekdays": _("weekdays"),
        "language": _("language"),
        "length": _("length"),
        "quiet_note": _("note on quiet days"),
        "muted_sources": _("sources you do without"),
    }
