"""Fakes for the two edges we wrap. A fake transport takes mail over in memory, or fails as it is told."""

from collections import defaultdict, deque
from collections.abc import Callable

from newsletter.mail.outgoing import HandOverError, OutgoingMail

Mark = Callable[[], None]
Behaviour = Callable[["FakeTransport", OutgoingMail, Mark], str]

ACCEPTED = "250 2.0.0 taken"


class Killed(BaseException):
    """The process is gone, as far as the code under test can tell: nothing of it runs on."""


class FakeTransport:
    """A transport whose server keeps what it took in `taken`; tell it how to behave to an address."""

    def __init__(self, always: Behaviour | None = None) -> None:
        self.taken: list[OutgoingMail] = []
        self.asked: list[OutgoingMail] = []
        self._always = always or accept
        self._next: defaultdict[str, deque[Behaviour]] = defaultdict(deque)

    def to(self, address: str, *behaviours: Behaviour) -> "FakeTransport":
        """Behave like this to the next mails for an address, one after the other."""
        self._next[address].extend(behaviours)
        return self

    def send(self, mail: OutgoingMail, about_to_hand_over: Mark) -> str:
        self.asked.append(mail)
        told = self._next[mail.envelope_to]
        return (told.popleft() if told else self._always)(self, mail, about_to_hand_over)

    def close(self) -> None:
        """Nothing to close."""

    def heal(self) -> None:
        """Forget every bad behaviour it was told."""
        self._next.clear()

    def addresses(self) -> list[str]:
        """Whom the server has mail for, in the order it was taken."""
        return [mail.envelope_to for mail in self.taken]


def accept(transport: FakeTransport, mail: OutgoingMail, mark: Mark) -> str:
    """The server takes the mail and says so."""
    mark()
    transport.taken.append(mail)
    return ACCEPTED


def refuse(error: HandOverError) -> Behaviour:
    """The server refuses before the message is on its way."""

    def behave(_transport: FakeTransport, _mail: OutgoingMail, _mark: Mark) -> str:
        raise error

    return behave


def refuse_at_the_end(error: BaseException) -> Behaviour:
    """The server refuses, or breaks off, after the whole message."""

    def behave(_transport: FakeTransport, _mail: OutgoingMail, mark: Mark) -> str:
        mark()
        raise error

    return behave


def take_in_silence(error: BaseException) -> Behaviour:
    """The server takes the mail, but its answer never comes."""

    def behave(transport: FakeTransport, mail: OutgoingMail, mark: Mark) -> str:
        mark()
        transport.taken.append(mail)
        raise error

    return behave


def first(action: Callable[[], object], then: Behaviour = accept) -> Behaviour:
    """Something happens elsewhere while the mail is about to be handed over."""

    def behave(transport: FakeTransport, mail: OutgoingMail, mark: Mark) -> str:
        action()
        return then(transport, mail, mark)

    return behave


def killed_before_the_mark(_transport: FakeTransport, _mail: OutgoingMail, _mark: Mark) -> str:
    raise Killed


killed_after_the_mark = refuse_at_the_end(Killed())
killed_after_it_was_taken = take_in_silence(Killed())
