"""What mail is sent with, and what sending came to."""

import os
import secrets
import socket
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from newsletter.db import Database
from newsletter.delivery.composer import Composer
from newsletter.delivery.relay_gate import RelayGate
from newsletter.delivery.throttle import HORIZON, Book, Pacer
from newsletter.mail.issue import Publication
from newsletter.mail.transport import Transport
from newsletter.models import DeliveryState


@dataclass(slots=True)
class Desk:
    """What a worker process sends with, for as long as it lives: its composer remembers editions.

    A mail that limits hold back for longer than `horizon` is put back into the ledger meanwhile.
    """

    db: Database
    transport: Transport
    now_of: Callable[[], datetime]
    publication: Publication
    keys: Sequence[str]
    book: Book = field(default_factory=Book)
    horizon: timedelta = HORIZON
    composer: Composer = field(init=False)
    pacer: Pacer = field(init=False)

    def __post_init__(self) -> None:
        self.composer = Composer(self.db.read, self.publication, self.keys)
        self.pacer = Pacer(self.book, _worker_name(), self.now_of())
        self.transport.limit(RelayGate(self.pacer, self.now_of))


def _worker_name() -> str:
    """A name no other sender has, on whatever machine."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"


@dataclass(slots=True)
class SendReport:
    """What a send came to: claimed deliveries, how each ended, and why it ended early, if it did."""

    claimed: int = 0
    interrupted: str = ""
    counts: Counter[DeliveryState] = field(default_factory=Counter)

    @property
    def sent(self) -> int:
        return self.counts[DeliveryState.SENT]
