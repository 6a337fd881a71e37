"""What senders say in the log while a test runs."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

import structlog
from structlog.testing import capture_logs
from structlog.typing import EventDict

from newsletter.delivery import claims, flight, send

SENDING_WAITS = {"ledger cannot be written, sending waits", "ledger cannot be used, sending waits"}


@contextmanager
def what_senders_say() -> Iterator[list[EventDict]]:
    """The entries of the log, as they come.

    With loggers of their own: those of the modules may have been bound to what an earlier test in this
    process configured.
    """
    with ExitStack() as stack:
        said = stack.enter_context(capture_logs())
        for module in (send, flight, claims):
            stack.enter_context(patch.object(module, "log", structlog.get_logger()))
        yield said
