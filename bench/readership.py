"""A made-up readership in a SQLite database, of any size: a quarter of it is due at one moment."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from newsletter import migrate
from newsletter.db import Database
from newsletter.models import Edition, Topic

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
TOPICS = 12

_DAY = timedelta(days=1)
_ZONES = ("Europe/Berlin", "Europe/London", "America/New_York", "Asia/Kolkata", "Pacific/Auckland")
# A quarter of the readers at each of these; the first is the slot to be planned.
_SLOTS = tuple(NOW + hours * timedelta(hours=1) for hours in (0, 6, 12, 18))

# Nobody needs this file after a power cut.
_FAST = ("journal_mode = OFF", "synchronous = OFF", "cache_size = -400000")

# Each reader's hour and zone, one of twenty, whatever their number.
_SUBSCRIBERS = """
    WITH RECURSIVE generated (number) AS (
        SELECT 1 UNION ALL SELECT number + 1 FROM generated WHERE number < :count)
    INSERT INTO subscriber (id, handle, address, address_key, status, send_time, timezone, weekdays, length,
        language, quiet_note, next_issue_at, editions_until, welcomed_at, created_at, confirmed_at)
    SELECT number, lower(hex(randomblob(11))), 'reader' || number || '@example.org',
        'reader' || number || '@example.org', 'active', send_time, timezone, 127,
        'standard', 'en', 0, next_issue_at, editions_until, :joined, :joined, :joined
    FROM generated JOIN habit ON habit.id = number * 7919 % 20
"""
_SUBSCRIPTIONS = """
    INSERT INTO subscription (subscriber_id, topic_id)
    SELECT subscriber.id, 1 + (subscriber.id * 31 + step.value * (1 + subscriber.id % 3)) % 12
    FROM subscriber CROSS JOIN (SELECT 0 AS value UNION ALL SELECT 1 UNION ALL SELECT 2) AS step
"""
_HAD = """
    INSERT INTO delivery (subscriber_id, kind, occasion, welcome, editions, message_id, state, attempts,
        next_attempt_at, expires_at, fence, repeats, created_at, finished_at)
    SELECT id, 'issue', :day, 0, '1,2,3',
        '<issue.' || :day || '.' || lower(hex(randomblob(16))) || '@news.example.com>', 'sent', 1,
        editions_until, editions_until, 1, 0, editions_until, editions_until
    FROM subscriber WHERE next_issue_at = :slot
"""


def make_readership(path: Path, subscribers: int) -> None:
    """A migrated database of topics with an edition each, and of subscribers.

    A quarter is due at `NOW`, the others six, twelve and eighteen hours later; they live in five time
    zones, each follows three of twelve topics, and whoever is due had an issue the day before.
    """
    database = Database(f"sqlite:///{path}")
    with closing(database):
        migrate.upgrade(database)
        with database.write() as session:
            topics = [_topic(number) for number in range(TOPICS)]
            session.add_all(topics)
            session.flush()
            session.add_all(_edition(topic) for topic in topics)
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        _fill(raw, subscribers)


def stored(moment: datetime) -> str:
    """An instant as SQLAlchemy writes it to SQLite (`models.base.Instant`)."""
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")


def _fill(raw: sqlite3.Connection, subscribers: int) -> None:
    for pragma in _FAST:
        raw.execute(f"PRAGMA {pragma}")
    raw.execute(
        "CREATE TEMP TABLE habit (id INTEGER PRIMARY KEY, send_time, timezone, next_issue_at, editions_until)"
    )
    raw.executemany("INSERT INTO habit VALUES (?, ?, ?, ?, ?)", _habits())
    values = {
        "count": subscribers,
        "joined": stored(NOW - 20 * _DAY),
        "day": (NOW - _DAY).date().isoformat(),
        "slot": stored(NOW),
    }
    raw.execute("BEGIN")
    for statement in (_SUBSCRIBERS, _SUBSCRIPTIONS, _HAD):
        raw.execute(statement, values)
    raw.execute("COMMIT")


def _habits() -> list[tuple[int, str, str, str, str]]:
    """The hour at which each zone's readers are due at each slot."""
    pairs = [(slot, zone) for slot in _SLOTS for zone in _ZONES]
    return [
        (
            place,
            slot.astimezone(ZoneInfo(zone)).strftime("%H:%M:%S.%f"),
            zone,
            stored(slot),
            stored(slot - _DAY),
        )
        for place, (slot, zone) in enumerate(pairs)
    ]


def _topic(number: int) -> Topic:
    return Topic(
        slug=f"topic-{number}",
        name=f"Topic {number}",
        cutoff=time(4),
        timezone="UTC",
        position=number,
        created_at=NOW - 30 * _DAY,
    )


def _edition(topic: Topic) -> Edition:
    closed_at = NOW - timedelta(hours=2)
    return Edition(
        topic_id=topic.id, date=NOW.date(), language="en", closed_at=closed_at, published_at=closed_at
    )
