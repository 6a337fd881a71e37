"""What a benchmark found: figures for machines (`--json`), a table for people."""

import json
import os
import platform
import resource
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

Row = Sequence[str | float]


class CannotMeasure(Exception):
    """Something the benchmark needs is not here; the text says what, and how to get it."""


@dataclass(frozen=True, slots=True)
class Report:
    """The result of one benchmark.

    `figures` are the numbers that have names of their own (`docs/benchmarks.md` explains each);
    `columns` and `rows` are the table: what was measured, peers and limits included.
    """

    bench: str
    figures: Mapping[str, float]
    columns: Sequence[str] = ()
    rows: Sequence[Row] = ()
    notes: Sequence[str] = field(default=())

    def as_json(self) -> str:
        """One object: the benchmark's name, the machine, the figures."""
        figures = {name: _rounded(value) for name, value in self.figures.items()}
        return json.dumps({"bench": self.bench, "machine": machine(), "figures": figures})

    def print(self, console: Console) -> None:
        """The table, the figures and the notes, for a person."""
        if self.rows:
            console.print(_table(self.columns, self.rows))
        console.print(_table(("figure", self.bench), list(self.figures.items())))
        for note in self.notes:
            console.print(note)


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_mb": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20,
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
    }


def peak_rss_mb() -> float:
    """The most memory this process has held, in MB."""
    # Not `ru_maxrss` where it can be helped: on Linux that begins at what the parent held when it forked.
    with suppress(OSError, LookupError):
        lines = Path("/proc/self/status").read_text().splitlines()
        return int(dict(line.split(":", 1) for line in lines)["VmHWM"].split()[0]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 1024


def cpu_seconds(who: int = resource.RUSAGE_SELF) -> float:
    """The processor time this process (or its ended children) has used, in seconds."""
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def _table(columns: Iterable[str], rows: Iterable[Row]) -> Table:
    table = Table()
    for place, column in enumerate(columns):
        table.add_column(column, justify="right" if place else "left")
    for row in rows:
        table.add_row(*(cell if isinstance(cell, str) else f"{_rounded(cell):,}" for cell in row))
    return table


def _rounded(value: float) -> float:
    """Three digits that count: a figure says no more than was measured."""
    return float(f"{value:.3g}") if abs(value) < 100 else round(value)
