"""What mail is sent with, and what sending came to."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from newsletter.db import Database
from newsletter.delivery.composer import Composer
from newsletter.mail.issue import Publication
from newsletter.mail.transport import Transport
from newsletter.models import DeliveryState


@dataclass(slots=True)
class Desk:
    """What a worker process sends with, for as long as it lives: its composer remembers editions."""

    db: Database
    transport: Transport
    now_of: Callable[[], datetime]
    publication: Publication
    keys: Sequence[str]
    composer: Composer = field(init=False)

    def __post_init__(self) -> None:
        self.composer = Composer(self.db.read, self.publication, self.keys)


@dataclass(slots=True)
class SendReport:
    """What a send came to: claimed deliveries, how each ended, and why it ended early, if it did."""

    claimed: int = 0
    interrupted: str = ""
    counts: Counter[DeliveryState] = field(default_factory=Counter)

    @property
    def sent(self) -> int:
        return self.counts[DeliveryState.SENT]
