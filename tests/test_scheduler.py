"""The minute tick: one leader at a time, and a catch-up at once."""

from pathlib import Path

from newsletter.db import Database
from newsletter.scheduler import FileLeader, Leader, PostgresLeader, start_scheduler


def _rivals(database: Database, folder: Path) -> tuple[Leader, Leader]:
    if database.is_sqlite:
        return FileLeader(folder / "lock"), FileLeader(folder / "lock")
    return PostgresLeader(database), PostgresLeader(database)


def test_of_two_schedulers_one_leads_until_it_goes(any_db: Database, tmp_path: Path) -> None:
    first, second = _rivals(any_db, tmp_path)
    assert first.leads()
    assert not second.leads()
    assert first.leads()
    first.resign()
    assert second.leads()
    second.resign()


def test_the_first_tick_comes_at_once_and_later_ones_on_the_minute(tmp_path: Path) -> None:
    ticks: list[None] = []
    leader = FileLeader(tmp_path / "lock")
    scheduler = start_scheduler(leader, lambda: ticks.append(None))
    try:
        assert len(ticks) == 1
        job = scheduler.get_job("tick")
        assert job.next_run_time.second == 0
        assert (job.coalesce, job.max_instances) == (True, 1)
        job.func()
        assert len(ticks) == 2
    finally:
        scheduler.shutdown()
        leader.resign()


def test_a_scheduler_that_does_not_lead_asks_for_nothing(tmp_path: Path) -> None:
    leading, standing_by = FileLeader(tmp_path / "lock"), FileLeader(tmp_path / "lock")
    assert leading.leads()
    ticks: list[None] = []
    scheduler = start_scheduler(standing_by, lambda: ticks.append(None))
    scheduler.shutdown()
    assert ticks == []
    leading.resign()
    standing_by.resign()


def test_a_tick_that_fails_does_not_end_the_next(tmp_path: Path) -> None:
    leader = FileLeader(tmp_path / "lock")

    def broken() -> None:
        raise OSError("the database is away")

    scheduler = start_scheduler(leader, broken)
    assert scheduler.running
    scheduler.shutdown()
    leader.resign()
