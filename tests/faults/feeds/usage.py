"""What a process and its children use, read from /proc as it happens; children that are killed count."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")
_SAMPLE_SECONDS = 0.02
_QUIET_SECONDS = 0.05


@dataclass
class Usage:
    """Processor seconds and the growth of memory, in MB, of the processes there at the beginning."""

    start: dict[int, tuple[float, float]]
    last: dict[int, tuple[float, float]] = field(default_factory=dict)

    @property
    def cpu(self) -> float:
        return sum(used[0] - self.start[number][0] for number, used in self.last.items())

    @property
    def megabytes(self) -> float:
        return sum(used[1] - self.start[number][1] for number, used in self.last.items())

    def sample(self) -> None:
        for number in self.start:
            with suppress(OSError, StopIteration):
                self.last[number] = (_cpu(number), _memory(number, "VmHWM"))


@contextmanager
def measured(number: int) -> Iterator[Usage]:
    """Measure the process of this number and its children for as long as the `with` block runs."""
    usage = Usage({})
    for one in _settled(number):
        with suppress(OSError, StopIteration):  # it may be ending just now
            (PROC / str(one) / "clear_refs").write_text("5")  # forget the peak there was (man 5 proc)
            usage.start[one] = (_cpu(one), _memory(one, "VmRSS"))
    over = Event()

    def watch() -> None:
        while not over.wait(_SAMPLE_SECONDS):
            usage.sample()

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield usage
    finally:
        over.set()
        watcher.join()
        usage.sample()


def _settled(number: int) -> dict[int, float]:
    """The process and its children with what they have used, as soon as none is busy starting any more."""
    pause, before = Event(), dict[int, float]()
    for _time in range(100):
        used = dict[int, float]()
        for one in (number, *_children(number)):
            with suppress(OSError):
                used[one] = _cpu(one)
        if used == before:
            return used
        before = used
        pause.wait(_QUIET_SECONDS)
    raise AssertionError("the poller never comes to rest")


def _children(number: int) -> list[int]:
    tasks = (PROC / str(number) / "task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def _cpu(number: int) -> float:
    fields = (PROC / str(number) / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _memory(number: int, name: str) -> float:
    lines = (PROC / str(number) / "status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:"))
