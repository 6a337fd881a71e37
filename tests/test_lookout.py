"""The lookout: it sends along when mail waits, keeps quiet when not, and does not hammer a dead server."""

import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import update

from newsletter.config import Settings
from newsletter.db import Database
from newsletter.delivery.waiting import mail_waits
from newsletter.lookout import LOOK_SECONDS, REST_SECONDS, Lookout
from newsletter.models import Delivery
from newsletter.stopping import StopFlag
from newsletter.worker import Workbench
from tests.delivery.cast import DAY, DEFERRED, MINUTE, NOW, SENDING, SENT, some_deliveries


class Mailbag:
    """So many mails wait; `send` sends up to `speed` of them."""

    def __init__(self, waiting: int, speed: int = 1_000) -> None:
        self.waiting, self.speed, self.calls = waiting, speed, 0
        self.looked = Lookout(lambda: self.waiting > 0, self.send, StopFlag())

    def send(self) -> None:
        self.calls += 1
        self.waiting = max(0, self.waiting - self.speed)


def test_nothing_waits_nothing_is_sent_and_it_looks_again_soon() -> None:
    bag = Mailbag(waiting=0)
    assert bag.looked.look() == LOOK_SECONDS
    assert bag.calls == 0


def test_waiting_mail_is_sent_and_it_looks_again_soon() -> None:
    bag = Mailbag(waiting=10)
    assert bag.looked.look() == LOOK_SECONDS
    assert bag.calls == 1


def test_mail_that_cannot_leave_is_tried_once_a_minute() -> None:
    bag = Mailbag(waiting=10, speed=0)
    assert bag.looked.look() == REST_SECONDS
    assert bag.calls == 1


def test_a_look_that_fails_is_no_end() -> None:
    def locked() -> bool:
        raise OSError("the database is locked")

    assert Lookout(locked, lambda: None, StopFlag()).look() == REST_SECONDS


def test_it_looks_at_once_when_it_starts_and_ends_when_told() -> None:
    sent, stop = threading.Event(), StopFlag()
    lookout = Lookout(lambda: True, sent.set, stop)
    lookout.start()
    assert sent.wait(10)
    stop.set()
    lookout.join(10)
    assert not lookout.is_alive()


def test_mail_waits_while_one_is_due_queued_or_put_off(any_db: Database) -> None:
    some_deliveries(any_db, 2)
    seen = []
    for state, later in ((None, 0), (DEFERRED, 0), (DEFERRED, 1), (SENDING, 0), (SENT, 0)):
        with any_db.write() as session:
            change = {"next_attempt_at": NOW + later * MINUTE} | ({"state": state} if state else {})
            session.execute(update(Delivery).values(change))
            seen.append(mail_waits(session, NOW))
    assert seen == [True, True, False, False, False]


def test_a_worker_that_is_sending_already_does_not_look(db: Database, tmp_path: Path) -> None:
    some_deliveries(db, 1)
    with db.write() as session:
        session.execute(update(Delivery).values(next_attempt_at=datetime.now(UTC) - DAY))
    settings = Settings(data_dir=tmp_path, secret_keys=(SecretStr("a key for this test only"),))
    bench = Workbench(settings)
    seen: list[bool] = []

    def sending() -> None:
        seen.append(bench.could_send())

    bench._work["send"] = sending
    with closing(bench.database), closing(bench.queue):
        bench.perform("send")
        seen.append(bench.could_send())
    assert seen == [False, True]
