"""How long a mail may be, in a reader's words."""

from newsletter.models import Length
from newsletter.web.i18n import _


def length_names() -> tuple[tuple[str, str], ...]:
    """Each length with what it means, the shortest first."""
    return (
        (Length.HEADLINES, _("Headlines alone")),
        (Length.STANDARD, _("Headlines, pictures and short summaries")),
        (Length.FULL, _("Everything, with long summaries")),
        (Length.TEXT, _("Short summaries as plain text, without pictures")),
    )
