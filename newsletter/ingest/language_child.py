"""One process that tells languages, started by the first feed that needs it.

Its model takes 90 MB: the readers of feeds, of which there are several, must not each hold it.
"""

import multiprocessing
from concurrent.futures import TimeoutError as FutureTimeoutError
from concurrent.futures.process import BrokenProcessPool
from threading import Lock
from types import TracebackType
from typing import Any, Self

import structlog
from pebble import ProcessExpired, ProcessPool

from newsletter.ingest.language import detect

log = structlog.get_logger()

# Loading the model takes a second, more on a busy machine.
SECONDS = 30.0


class LanguageChild:
    """Tells languages in a child; `detect` may be called from several threads at once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._pool: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.stop()
            self._pool.join()

    def detect(self, words: str) -> str | None:
        """`language.detect`; None also where the child fails: a feed without a language is still read."""
        try:
            told = self._open().schedule(detect, args=(words,), timeout=SECONDS).result()
            return str(told) if told else None
        except (FutureTimeoutError, ProcessExpired, BrokenProcessPool, RuntimeError, MemoryError) as error:
            log.warning("language not told", error=type(error).__name__)
            return None

    def _open(self) -> Any:
        with self._lock:
            if self._pool is None:
                # Never fork: the parent has threads and open databases.
                context = multiprocessing.get_context("spawn")
                self._pool = ProcessPool(max_workers=1, context=context)
            return self._pool
