"""What modules say in the log while a test runs."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import ModuleType
from unittest.mock import patch

import structlog
from structlog.testing import capture_logs
from structlog.typing import EventDict


@contextmanager
def what_is_said(*modules: ModuleType) -> Iterator[list[EventDict]]:
    """The entries of the log, as they come.

    With loggers of their own: those of the modules may have been bound to what an earlier test in this
    process configured.
    """
    with ExitStack() as stack:
        said = stack.enter_context(capture_logs())
        for module in modules:
            stack.enter_context(patch.object(module, "log", structlog.get_logger()))
        yield said
