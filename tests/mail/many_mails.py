"""Many mails over a transport at once, as the sending engine drives it, and what became of each."""

from collections.abc import Callable
from dataclasses import dataclass, field

from newsletter.mail.outgoing import OutgoingMail
from newsletter.mail.transport import Failed, Happening, Ready, Taken, Transport
from newsletter.mail.transport.blocking import BlockingTransport
from newsletter.mail.transport.smtp import SmtpTransport
from tests.mail.smtp_client import MAIL

_MOST_WAITS = 2000


def mail_to(number: int, message: bytes = b"") -> OutgoingMail:
    text = message or b"Subject: %d\r\n\r\nGood morning.\r\n" % number
    return MAIL._replace(envelope_to=f"reader-{number}@example.org", message=text)


@dataclass
class Drive:
    """`on_ready` decides whether a mail that is ready may go; `happened` is all that was told, in order."""

    transport: SmtpTransport | BlockingTransport | Transport
    on_ready: Callable[[int], bool] = lambda _ticket: True
    happened: list[Happening] = field(default_factory=list)
    waits: int = 0
    _under_way: set[int] = field(default_factory=set)

    def send(self, mails: dict[int, OutgoingMail]) -> dict[int, Taken | Failed]:
        """Hand these mails over, as many at once as there is room for; how each ended, unless dropped."""
        ends: dict[int, Taken | Failed] = {}
        left = list(mails.items())
        while left or self._under_way:
            while left and self.transport.room > 0:
                ticket, mail = left.pop(0)
                self._under_way.add(ticket)
                self.transport.offer(ticket, mail)
            for happening in self.wait():
                if isinstance(happening, Ready):
                    self._ready(happening.ticket)
                else:
                    assert happening.ticket not in ends, "a mail that ends twice"
                    ends[happening.ticket] = happening
                    self._under_way.remove(happening.ticket)
        return ends

    def wait(self, seconds: float = 10.0) -> list[Happening]:
        """One wait, kept count of."""
        self.waits += 1
        assert self.waits < _MOST_WAITS, "it goes round in circles"
        happened = self.transport.wait(seconds)
        self.happened += happened
        return happened

    def until(self, kind: type[Happening]) -> Happening:
        """Wait for the first happening of this kind."""
        while True:
            for happening in self.wait():
                if isinstance(happening, kind):
                    return happening

    def see_out(self, mails: int) -> None:
        """Let mails that are ready go until so many have ended since the beginning."""
        while sum(not isinstance(one, Ready) for one in self.happened) < mails:
            for happening in self.wait():
                if isinstance(happening, Ready):
                    self.transport.go(happening.ticket)

    def _ready(self, ticket: int) -> None:
        if self.on_ready(ticket):
            self.transport.go(ticket)
        else:
            self._under_way.remove(ticket)
            self.transport.drop(ticket)


def mails(count: int) -> dict[int, OutgoingMail]:
    return {number: mail_to(number) for number in range(1, count + 1)}
