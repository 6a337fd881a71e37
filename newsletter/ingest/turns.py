"""Jobs side by side, none of them in the way of another host's: who would only wait is not begun."""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from threading import Condition
from typing import Generic, TypeVar

from newsletter.ingest.hosts import PER_HOST

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Job(Generic[T]):
    """Something to be done with a host; `future` has what came of it."""

    host: str
    do: Callable[[], T]
    future: Future[T] = field(default_factory=Future)


# Its place in the order of asking, and the job.
_Turn = tuple[int, Job[T]]


def side_by_side(jobs: Sequence[Job[T]], workers: int, per_host: int = PER_HOST) -> list[T]:
    """Do these jobs, the first ones first, at most `per_host` with one host at a time; their results.

    What a job raises is raised here, once all are done.
    """
    turns = _Turns[T](per_host)
    with ThreadPoolExecutor(workers, thread_name_prefix="poll") as threads:
        turns.add(jobs, threads)
        turns.wait_for_all()
    return [job.future.result() for job in jobs]


def refilled(
    supply: Callable[[int], Sequence[Job[T]]], room: int, workers: int, per_host: int = PER_HOST
) -> None:
    """Do the jobs `supply` gives, and ask it for more as soon as some are done, until it gives none.

    `supply` is told how many it may give: never more than `room` are waiting or being done. What a job
    raises ends the asking and is raised here, once those in hand are done.
    """
    turns = _Turns[T](per_host)
    with ThreadPoolExecutor(workers, thread_name_prefix="poll") as threads:
        while (free := turns.wait_for_room(room)) and (jobs := supply(free)):
            turns.add(jobs, threads)
        turns.wait_for_all()
    if turns.error is not None:
        raise turns.error


class _Turns(Generic[T]):
    """Nobody waits here for a host: a job is given to the threads once its host has room for it."""

    def __init__(self, per_host: int) -> None:
        self.error: BaseException | None = None
        self._per_host = per_host
        self._order = count()
        # What a thread may begin, the first one first; and by host, what has to wait for it.
        self._ready: list[_Turn[T]] = []
        self._waiting: defaultdict[str, deque[_Turn[T]]] = defaultdict(deque)
        self._busy: Counter[str] = Counter()
        self._in_hand = 0
        self._changed = Condition()

    def add(self, jobs: Sequence[Job[T]], threads: ThreadPoolExecutor) -> None:
        """Take these jobs in hand."""
        with self._changed:
            self._in_hand += len(jobs)
            for job in jobs:
                self._waiting[job.host].append((next(self._order), job))
            for host in dict.fromkeys(job.host for job in jobs):
                self._admit(host, threads)

    def wait_for_room(self, room: int) -> int:
        """Wait until a quarter of `room` is free; how much is. None when something went wrong."""
        portion = max(1, room // 4)
        with self._changed:
            self._changed.wait_for(lambda: self._in_hand <= room - portion)
            return 0 if self.error else room - self._in_hand

    def wait_for_all(self) -> None:
        """Wait until nothing is in hand: jobs that wait for a host need the threads still."""
        with self._changed:
            self._changed.wait_for(lambda: not self._in_hand)

    def _admit(self, host: str, threads: ThreadPoolExecutor) -> None:
        """Let as many of the host's jobs begin as it has room for."""
        waiting = self._waiting[host]
        while waiting and self._busy[host] < self._per_host:
            self._busy[host] += 1
            heappush(self._ready, waiting.popleft())
            threads.submit(self._work, threads)
        if not waiting:
            del self._waiting[host]

    def _work(self, threads: ThreadPoolExecutor) -> None:
        with self._changed:
            _, job = heappop(self._ready)
        try:
            job.future.set_result(job.do())
        except BaseException as error:
            self.error = self.error or error
            job.future.set_exception(error)
        finally:
            with self._changed:
                self._leave(job.host, threads)

    def _leave(self, host: str, threads: ThreadPoolExecutor) -> None:
        self._busy[host] -= 1
        self._admit(host, threads)
        if not self._busy[host]:
            del self._busy[host]
        self._in_hand -= 1
        self._changed.notify_all()
