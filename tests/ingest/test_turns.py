"""Jobs side by side, by host."""

import threading

import pytest

from newsletter.ingest.turns import Job, refilled, side_by_side


def test_results_come_in_the_order_of_the_jobs() -> None:
    jobs = [Job(f"{n % 7}.example.com", lambda n=n: n * n) for n in range(100)]  # type: ignore[misc]

    assert side_by_side(jobs, 8) == [n * n for n in range(100)]


def test_a_host_whose_jobs_hang_holds_up_nobody_elses() -> None:
    all_others_done, others = threading.Event(), list[int]()

    def hang() -> str:
        assert all_others_done.wait(20)
        return "at last"

    def other() -> str:
        others.append(1)
        if len(others) == 20:
            all_others_done.set()
        return "done"

    jobs = [Job("slow.example.com", hang) for _n in range(10)]
    jobs += [Job(f"{n}.example.com", other) for n in range(20)]

    assert side_by_side(jobs, workers=3) == ["at last"] * 10 + ["done"] * 20


def test_a_host_never_has_more_than_its_share() -> None:
    lock, now, most = threading.Lock(), [0], [0]
    third = threading.Event()

    def job() -> None:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
            if now[0] > 2:
                third.set()
        third.wait(0.01)
        with lock:
            now[0] -= 1

    side_by_side([Job("example.com", job) for _n in range(12)], workers=6)

    assert most[0] == 2


def test_what_one_job_raises_is_raised_when_all_are_done() -> None:
    done: list[int] = []

    def fail() -> None:
        raise LookupError("first")

    jobs = [Job("a", fail), *(Job("a", lambda n=n: done.append(n)) for n in range(5))]  # type: ignore[misc]

    with pytest.raises(LookupError, match="first"):
        side_by_side(jobs, workers=2)
    assert sorted(done) == [0, 1, 2, 3, 4]


def test_nothing_to_do_is_done_at_once() -> None:
    assert side_by_side(list[Job[int]](), workers=4) == []


def test_a_supply_is_asked_for_more_before_the_slow_ones_are_done() -> None:
    rest_done = threading.Event()
    left, done = list(range(40)), list[int]()
    told: list[int] = []

    def job(number: int) -> None:
        if number == 0:
            assert rest_done.wait(20), "the slow one held up the others"
        done.append(number)
        if len(done) == 39:
            rest_done.set()

    def supply(room: int) -> list[Job[None]]:
        told.append(room)
        taken = [left.pop(0) for _n in range(min(room, len(left)))]
        return [Job(f"{n}.example.com", lambda n=n: job(n)) for n in taken]  # type: ignore[misc]

    refilled(supply, room=8, workers=4)

    assert sorted(done) == list(range(40))
    assert done[-1] == 0
    assert max(told) == 8


def test_what_a_job_raises_ends_the_asking() -> None:
    asked: list[int] = []

    def fail() -> None:
        raise LookupError("the database is away")

    def supply(room: int) -> list[Job[None]]:
        asked.append(room)
        return [Job("example.com", fail)]

    with pytest.raises(LookupError, match="away"):
        refilled(supply, room=1, workers=1)
    assert asked == [1]
