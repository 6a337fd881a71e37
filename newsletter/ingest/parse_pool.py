"""Reading feeds in child processes that are killed when they take too long or too much memory.

Open the pool while polling only; its children start with the first feed that needs reading and end
with the `with` block. A round in which nothing changed starts none.
"""

import multiprocessing
import resource
import signal
import sys
from concurrent.futures import TimeoutError as FutureTimeoutError
from concurrent.futures.process import BrokenProcessPool
from datetime import datetime
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Self

from pebble import ProcessExpired, ProcessPool

from newsletter.ingest.entries import ReadFeed
from newsletter.ingest.parse import ParseError
from newsletter.ingest.read import read_feed
from newsletter.ingest.shorten import shorten

SECONDS = 5.0
# Of a processor, whatever the clock says on a busy machine.
WORK_SECONDS = 1.6
# On top of what a child has before it reads.
MEMORY_BYTES = 72 * 1024 * 1024
WORKERS = 2
# A child gives its memory back by being replaced now and then.
FEEDS_PER_CHILD = 200

_DIED = "Reading it took more memory or processor time than allowed, and was stopped."


class ParsePool:
    """Reads feeds in `workers` children; `read` may be called from several threads at once."""

    def __init__(
        self, workers: int = WORKERS, seconds: float = SECONDS, memory_bytes: int = MEMORY_BYTES
    ) -> None:
        self._workers = workers
        self._seconds = seconds
        self._memory_bytes = memory_bytes
        self._lock = Lock()
        self._pool: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._discard(self._pool)

    def read(self, body: bytes, url: str, content_type: str, now: datetime) -> ReadFeed:
        """`read.read_feed` in a child. Raises `ParseError`, also for a child that was killed."""
        pool = self._open()
        arguments = (body, url, content_type, now, self._memory_bytes)
        try:
            return _expect_feed(pool.schedule(_read_limited, args=arguments, timeout=self._seconds).result())
        except FutureTimeoutError:
            reason = f"Reading it took longer than {self._seconds:g} seconds, and was stopped."
            raise ParseError(reason) from None
        except (ProcessExpired, MemoryError):
            raise ParseError(_DIED) from None
        except (BrokenProcessPool, RuntimeError):
            # A child that dies outside of a task takes pebble's pool with it: the next feed gets a new one.
            self._discard(pool)
            raise ParseError(_DIED) from None

    def _open(self) -> Any:
        with self._lock:
            if self._pool is None:
                self._pool = ProcessPool(
                    max_workers=self._workers,
                    max_tasks=FEEDS_PER_CHILD,
                    # Never fork: the parent has threads and open databases.
                    context=multiprocessing.get_context("spawn"),
                )
            return self._pool

    def _discard(self, pool: Any) -> None:
        with self._lock:
            if pool is None or pool is not self._pool:
                return
            self._pool = None
        pool.stop()
        pool.join()


def _expect_feed(answer: ReadFeed | str) -> ReadFeed:
    if isinstance(answer, str):
        raise ParseError(answer)
    return answer


def _read_limited(
    body: bytes, url: str, content_type: str, now: datetime, memory_bytes: int
) -> ReadFeed | str:
    """In the child: the feed, or why there is none; words cross processes more safely than errors."""
    _limit_memory(memory_bytes)
    # Unanswered, this signal ends the process, even inside of a library's C code.
    signal.setitimer(signal.ITIMER_PROF, WORK_SECONDS)
    try:
        return read_feed(shorten(body), url, content_type, now)
    except ParseError as error:
        return error.reason
    except MemoryError:
        return _DIED
    except Exception as error:
        # Whatever a library stumbles over is this feed's failure, not the newsroom's.
        return f"It could not be read: a part of it is beyond the feed reader ({type(error).__name__})."
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _limit_memory(more: int) -> None:
    """In the child: no more than `more` bytes of address space than now, where the system can say so."""
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        limit = pages * resource.getpagesize() + more
        resource.setrlimit(resource.RLIMIT_AS, (limit if hard < 0 else min(limit, hard), hard))
