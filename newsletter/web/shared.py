"""What every view works with, kept on the application: settings, database, clock, and the wake-up."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from flask import current_app

from newsletter.config import Settings
from newsletter.db import Database
from newsletter.mail.issue import Publication

log = structlog.get_logger()
_NAME = "newsletter"


@dataclass(frozen=True, slots=True)
class Shared:
    """`clock` gives the moment in UTC; `wake` tells the workers that mail is waiting."""

    settings: Settings
    database: Database
    clock: Callable[[], datetime]
    wake: Callable[[], None]
    publication: Publication

    def wake_workers(self) -> None:
        """Tell the workers; when nobody can be told, the minute tick finds the mail all the same."""
        try:
            self.wake()
        except Exception:
            log.exception("could not wake the workers")


def shared() -> Shared:
    """The running application's `Shared`."""
    found = current_app.extensions[_NAME]
    assert isinstance(found, Shared)  # noqa: S101 - narrows the type; create_app put it there
    return found


def share(extensions: dict[str, object], parts: Shared) -> None:
    """Keep `parts` among an application's extensions."""
    extensions[_NAME] = parts
