"""What senders say in the log while a test runs."""

from contextlib import AbstractContextManager

from structlog.typing import EventDict

from newsletter.delivery import claims, flight, send
from tests.hearing import what_is_said

SENDING_WAITS = {"ledger cannot be written, sending waits", "ledger cannot be used, sending waits"}


def what_senders_say() -> AbstractContextManager[list[EventDict]]:
    """The entries of the senders' log, as they come."""
    return what_is_said(send, flight, claims)
