"""Mail handed to an SMTP server over a connection that is kept while it is of use."""

import time
from collections.abc import Callable
from contextlib import suppress

import structlog

from newsletter.mail.mailbox import Mailbox, read_mailbox
from newsletter.mail.outgoing import (
    OutgoingMail,
    PermanentRefusal,
    TemporaryRefusal,
    TransportDown,
    UnknownOutcome,
)
from newsletter.mail.transport.server import SmtpServer
from newsletter.mail.transport.session import Closed, Reply, Session, open_session

log = structlog.get_logger()

# RFC 5321, section 4.5.3.2.6: a server may take ten minutes to think about a message. Who hangs up
# before does not know whether it was taken.
AFTER_DOT_SECONDS = 600.0
COMMAND_SECONDS = 60.0
GOODBYE_SECONDS = 5.0

# 421: the server is closing (RFC 5321, section 3.8).
_CLOSING = 421
# RFC 4954, section 6: about our standing with the server, not about this mail.
_UNAUTHENTICATED = (530, 534, 535, 538)


class SmtpTransport:
    """Sends through one server, by one connection at a time.

    It is opened when needed, used for up to `most_mails`, and opened anew when it stood idle for more
    than `idle_seconds` or died between two mails. What keeps every mail from leaving (no such host, no
    encryption, a refused password, a server that is busy before the first mail) is `TransportDown`.
    """

    def __init__(
        self,
        server: SmtpServer,
        *,
        command_seconds: float = COMMAND_SECONDS,
        after_dot_seconds: float = AFTER_DOT_SECONDS,
        most_mails: int = 100,
        idle_seconds: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._server = server
        self._command_seconds, self._after_dot_seconds = command_seconds, after_dot_seconds
        self._most_mails, self._idle_seconds = most_mails, idle_seconds
        self._clock = clock
        self._session: Session | None = None
        self._mails, self._used_at = 0, 0.0

    def send(self, mail: OutgoingMail, about_to_hand_over: Callable[[], None]) -> str:
        """Hand one mail over; the server's reply. Raises one of the `HandOverError`s."""
        sender, recipient = _envelope_address(mail.envelope_from), _envelope_address(mail.envelope_to)
        session = self._envelope(sender, recipient, len(mail.message))
        try:
            about_to_hand_over()
        except BaseException:
            self._start_over(session)
            raise
        reply = self._data(session, mail.message)
        self._mails += 1
        self._used_at = self._clock()
        return str(reply)

    def close(self) -> None:
        """Say goodbye to the server; a later mail connects again."""
        session, self._session = self._session, None
        if session:
            session.quit(GOODBYE_SECONDS)

    def _envelope(self, sender: Mailbox, recipient: Mailbox, size: int) -> Session:
        """A connection that has accepted sender and recipient.

        A kept connection may have died unnoticed: nothing of this mail has left, so a new one is tried.
        """
        kept = self._kept()
        if kept:
            try:
                return self._introduce(kept, sender, recipient, size)
            except Closed:
                log.debug("smtp connection was gone")
        fresh = self._connect()
        try:
            return self._introduce(fresh, sender, recipient, size)
        except Closed as error:
            raise TemporaryRefusal(str(error)) from error

    def _introduce(self, session: Session, sender: Mailbox, recipient: Mailbox, size: int) -> Session:
        """MAIL and RCPT. Raises `Closed` when the connection is, and the refusals."""
        international = sender.needs_smtputf8 or recipient.needs_smtputf8
        if international and not session.speaks("smtputf8"):
            raise PermanentRefusal("the mail server cannot send to addresses beyond ASCII (SMTPUTF8)")
        try:
            self._expect_sender(session, session.mail(sender.address, size, international))
            self._expect(session, session.command(f"RCPT TO:<{recipient.address}>"), 2)
        except Closed:
            self._drop()
            raise
        return session

    def _expect_sender(self, session: Session, reply: Reply) -> None:
        if reply.code == _CLOSING:
            # Often said to a connection that stood idle, when nobody was listening.
            raise Closed(str(reply))
        if reply.code in _UNAUTHENTICATED:
            self._drop()
            raise TransportDown(f"the mail server wants another login: {reply}")
        self._expect(session, reply, 2)

    def _data(self, session: Session, message: bytes) -> Reply:
        """DATA and the message; the server's word that it has taken it over."""
        try:
            self._expect(session, session.command("DATA"), 3)
        except Closed as error:
            self._drop()
            raise TemporaryRefusal(str(error)) from error
        try:
            reply = session.message(message, self._after_dot_seconds)
        except Closed as error:
            self._drop()
            raise UnknownOutcome(str(error)) from error
        self._expect(session, reply, 2)
        return reply

    def _expect(self, session: Session, reply: Reply, kind: int) -> None:
        """Nothing when the reply is of this kind (2 or 3, its first digit); else the refusal it means."""
        if reply.code // 100 == kind:
            return
        self._start_over(session)
        raise PermanentRefusal(str(reply)) if reply.code >= 500 else TemporaryRefusal(str(reply))

    def _kept(self) -> Session | None:
        """The connection there is, if it may still be used."""
        worn = self._mails >= self._most_mails or self._clock() - self._used_at > self._idle_seconds
        if self._session and worn:
            self.close()
        return self._session

    def _connect(self) -> Session:
        self._session = open_session(self._server, self._command_seconds)
        self._mails, self._used_at = 0, self._clock()
        return self._session

    def _start_over(self, session: Session) -> None:
        """Make the connection forget this mail, ready for the next (RFC 5321, section 4.1.1.5).

        One that does not obey is given up: a server that said 421 is gone already.
        """
        try:
            fine = session.command("RSET").code // 100 == 2
        except Closed:
            fine = False
        if not fine:
            self._drop()

    def _drop(self) -> None:
        session, self._session = self._session, None
        if session:
            with suppress(OSError):
                session.close()


def _envelope_address(address: str) -> Mailbox:
    try:
        return read_mailbox(address)
    except ValueError as error:
        raise PermanentRefusal("the envelope's address is none") from error
