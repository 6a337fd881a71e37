"""Peak memory of sending to very many readers, beside that of sending to few."""

from pathlib import Path
from tempfile import TemporaryDirectory

from bench import databases
from bench.crew import Done, run_crew
from bench.letters import fill
from bench.report import CannotMeasure, Report
from bench.sink import running_sink

FEW = 10_000
PROCESSES = 2
CONNECTIONS = 100


def measure(recipients: int) -> Report:
    """Send to 10,000, then to `recipients`, each from new processes and a new SQLite file.

    Raises `CannotMeasure` when there are no more than in the small send.
    """
    if recipients <= FEW:
        raise CannotMeasure(f"memory is compared with that for {FEW:,} recipients: take more")
    few, many = _try(FEW), _try(recipients)
    return Report(
        bench="memory",
        figures={
            "peak_rss_mb_few": few.peak_rss_mb,
            "peak_rss_mb_many": many.peak_rss_mb,
            "growth": many.peak_rss_mb / few.peak_rss_mb,
            "messages_per_second_many": many.rate,
        },
        columns=("recipients", "messages/s", "peak MB a worker"),
        rows=[(f"{done.sent:,}", done.rate, done.peak_rss_mb) for done in (few, many)],
        notes=[f"{PROCESSES} workers with {CONNECTIONS} connections each, the whole ledger on SQLite."],
    )


def _try(recipients: int) -> Done:
    with (
        TemporaryDirectory() as folder,
        running_sink() as port,
        databases.sqlite(Path(folder) / "memory")() as bench,
    ):
        fill(bench.database, recipients, domains=50)
        bench.database.close()
        smtp_url = f"smtp://127.0.0.1:{port}?starttls=off&connections={CONNECTIONS}&mails=100000"
        return run_crew("engine", [(bench.url, "power", smtp_url)] * PROCESSES)
