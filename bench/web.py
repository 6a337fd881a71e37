"""How quickly pages are served, beside an empty Flask route under the same server in the same run."""

import json
import re
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlencode

from sqlalchemy import select

from bench.letters import fill
from bench.report import CannotMeasure, Report
from bench.web_load import EACH, request_bytes
from bench.web_server import KEY, settings_in
from newsletter import jobs, migrate
from newsletter.db import Database
from newsletter.models import Edition, Story, Subscriber
from newsletter.tokens import Purpose, make_token

ROOT = Path(__file__).resolve().parent.parent
READERS = 500
# Two processes of visitors, with so many connections each.
PROCESSES, CONNECTIONS = 2, 4
# The first number of each process: no two requests of a run have the same one.
_FIRST = count(0, CONNECTIONS * EACH)
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


@dataclass
class Measured:
    """A page over all rounds: answers a second, and what each visitor waited."""

    rates: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    @property
    def p99_ms(self) -> float:
        return quantiles(self.seconds, n=100)[98] * 1000


def measure(seconds: float, rounds: int) -> Report:
    """Two servers, each in a process of its own, visited in turn; the same number of threads each."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        asked = _requests(Path(folder))
        pages = running.enter_context(_served("pages", folder))
        empty = running.enter_context(_served("empty", folder))
        # Fetched first and sent last: a form that comes back within seconds is taken for a program's.
        asked["sign-up"] = [_sign_up(pages)]
        found = {name: Measured() for name in asked}
        for name, requests in asked.items():
            _visited(empty if name == "empty" else pages, requests, seconds / 4)
        for _ in range(rounds):
            for name, requests in asked.items():
                _measure(found[name], empty if name == "empty" else pages, requests, seconds)
        return _report(found, Path(folder))


def _requests(folder: Path) -> dict[str, list[str]]:
    """An installation with readers and editions, and what visitors ask of it."""
    settings = settings_in(folder)
    with closing(Database(settings.database_url)) as database:
        migrate.upgrade(database)
        fill(database, READERS, datetime.now(UTC))
        jobs.index_stories(database)
        with database.read() as session:
            handles = session.scalars(select(Subscriber.handle).limit(READERS)).all()
            stories = session.scalars(select(Story.id).order_by(Story.id)).all()
            editions = [(one.topic.slug, one.date) for one in session.scalars(select(Edition))]
    tokens = [make_token([KEY], Purpose.MANAGE, handle) for handle in handles]
    return {
        "empty": _gets(["/"]),
        "archive": _gets(["/archive", *(f"/archive/{slug}" for slug, _day in editions)]),
        "edition": _gets([f"/archive/{slug}/{day}" for slug, day in editions]),
        "story": _gets([f"/story/{number}" for number in stories]),
        "preferences": _gets([f"/preferences/{token}" for token in tokens]),
    }


def _gets(paths: Sequence[str]) -> list[str]:
    return [request_bytes("GET", path, {"Accept-Language": "en"}) for path in paths]


def _sign_up(port: int) -> str:
    """The form, filled in with an address and a network that are always others."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
        page = answer.read().decode()
        cookie = (answer.headers["Set-Cookie"] or "").partition(";")[0]
    topic = re.search(r'name="topics" value="([\w-]+)"', page)
    if topic is None:
        raise CannotMeasure("the front page shows no topic to tick")
    choices = {"topics": topic.group(1), "hour": "07:00", "zone": "Europe/Berlin", "website": ""}
    fields = {**dict(_HIDDEN.findall(page)), **choices}
    body = f"address=reader@@%40example.org&{urlencode(fields)}"
    headers = {"Cookie": cookie, "X-Forwarded-For": "2001:db8:##::1"}
    return request_bytes("POST", "/", headers, body)


@contextmanager
def _served(what: str, folder: str) -> Iterator[int]:
    command = [sys.executable, "-m", "bench.web_server", what, folder]
    server = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        yield int(server.stdout.readline())
    finally:
        server.stdin.close()
        server.wait(10)
        server.stdout.close()


def _visited(port: int, requests: Sequence[str], seconds: float) -> list[dict[str, object]]:
    command = [sys.executable, "-m", "bench.web_load", str(port), str(CONNECTIONS), str(seconds)]
    visitors = [
        subprocess.Popen(
            [*command, str(next(_FIRST))], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(PROCESSES)
    ]
    for place, visitor in enumerate(visitors):
        assert visitor.stdin is not None
        json.dump(requests[place::PROCESSES] or requests, visitor.stdin)
        visitor.stdin.close()
        visitor.stdin = None
    return [json.loads(visitor.communicate()[0]) for visitor in visitors]


def _measure(found: Measured, port: int, requests: Sequence[str], seconds: float) -> None:
    answers = 0
    for seen in _visited(port, requests, seconds):
        statuses: Mapping[str, int] = seen["statuses"]  # type: ignore[assignment]
        wrong = {status: number for status, number in statuses.items() if status not in ("200", "303")}
        if wrong:
            raise CannotMeasure(f"the server answered {wrong} to {requests[0].splitlines()[0]}")
        waited: list[float] = seen["seconds"]  # type: ignore[assignment]
        found.seconds += waited
        answers += len(waited)
    found.rates.append(answers / seconds)


def _report(found: Mapping[str, Measured], folder: Path) -> Report:
    ratios = {
        name: median(rate / empty for rate, empty in zip(one.rates, found["empty"].rates, strict=True))
        for name, one in found.items()
    }
    with closing(Database(settings_in(folder).database_url)) as database, database.read() as session:
        kept = len(session.scalars(select(Subscriber.id)).all()) - READERS
    answered = len(found["sign-up"].seconds)
    # The first answers, to warm up, are not among those counted.
    if kept < answered:
        raise CannotMeasure(f"of {answered} sign-ups that were answered only {kept} were stored")
    figures = {
        "ratio_signup": ratios["sign-up"],
        "ratio_preferences": ratios["preferences"],
        "ratio_archive": min(ratios["archive"], ratios["edition"], ratios["story"]),
        "p99_ms": max(one.p99_ms for name, one in found.items() if name != "empty"),
        "p99_ms_archive": max(found[name].p99_ms for name in ("archive", "edition", "story")),
        "p99_ms_empty": found["empty"].p99_ms,
        "empty_per_second": median(found["empty"].rates),
    }
    rows = [(name, median(one.rates), ratios[name], one.p99_ms) for name, one in found.items()]
    load = f"{PROCESSES * CONNECTIONS} visitors on kept connections, asking without a pause"
    notes = [f"{load}; {kept:,} sign-ups were stored. Ratios are medians of the rounds."]
    return Report("web", figures, ("a page", "a second", "ratio to empty", "p99 ms"), rows, notes)
