"""The faulty server's side of a conversation: commands are answered in order, also when many came at once."""

import socket
import socketserver
import ssl
from typing import Protocol

FINE = ""
HANG_UP = "hang up"
SAY_NOTHING = "say nothing"
KEEP_SILENT = "keep silent"
TAKE_AND_HANG_UP = "take and hang up"
TAKE_AND_TELL_NOBODY = "take and tell nobody"

_ANSWERS = {
    "GREETING": "220 faulty.example.org ready",
    "STARTTLS": "220 2.0.0 go ahead",
    "AUTH": "235 2.7.0 welcome",
    "MAIL": "250 2.1.0 fine",
    "RCPT": "250 2.1.5 fine",
    "DATA": "354 go on",
    "DOT": "250 2.0.0 taken",
    "RSET": "250 2.0.0 forgotten",
    "QUIT": "221 2.0.0 bye",
}
_COMES_BEFORE = {"RCPT": "MAIL", "DATA": "RCPT"}
_OUT_OF_TURN = {"RCPT": "503 5.5.1 a sender comes first", "DATA": "554 5.5.1 no valid recipients"}


class Smtp(Protocol):
    """What a conversation asks its server."""

    tls: ssl.SSLContext | None
    extensions: tuple[str, ...]

    @property
    def offers(self) -> tuple[str, ...]: ...

    def reach(self, stage: str, recipient: str, grouped: bool) -> str: ...

    def take(self, recipient: str, content: bytes) -> None: ...


class _End(Exception):
    """This conversation is over."""


class _Inbox:
    """What a client has sent, line by line. `grouped` when the last line came in one go with another."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection, self._rest, self.grouped = connection, b"", False

    def line(self) -> bytes:
        """The next line; empty at the end."""
        before = bool(self._rest)
        while b"\n" not in self._rest:
            octets = self._connection.recv(65_536)
            if not octets:
                return b""
            self._rest += octets
        line, newline, self._rest = self._rest.partition(b"\n")
        self.grouped = before or bool(self._rest)
        return line + newline

    def drain(self) -> None:
        """All there is, until the client hangs up."""
        while self._connection.recv(65_536):
            pass


class Conversation(socketserver.StreamRequestHandler):
    """One client's commands, and what the server's mood makes of them."""

    timeout = 30
    disable_nagle_algorithm = True
    smtp: Smtp

    def handle(self) -> None:
        self.inbox = _Inbox(self.connection)
        self.recipient, self.accepted, self.encrypted = "", "", False
        try:
            self._say("GREETING")
            while line := self.inbox.line():
                self._obey(line.decode().strip())
        except (_End, OSError):
            return

    def _obey(self, command: str) -> None:
        verb = command.split(" ")[0].upper()
        if verb == "RCPT":
            self.recipient = command.partition("<")[2].partition(">")[0]
        if self.accepted != _COMES_BEFORE.get(verb, self.accepted):
            self._write(_OUT_OF_TURN[verb])
            return
        said = self._say(verb)
        if verb in ("MAIL", "RCPT", "RSET"):
            self.accepted = verb if said.startswith("250") and verb != "RSET" else ""
        if said.startswith("354"):
            self.accepted = ""
            self._take_message()
        if verb == "STARTTLS" and said.startswith("220"):
            self._encrypt()
        if verb == "QUIT":
            raise _End

    def _take_message(self) -> None:
        if self._reach("CONTENT", self.recipient):
            self.inbox.line()
            raise _End
        lines: list[bytes] = []
        while (line := self.inbox.line()) != b".\r\n":
            if not line:
                raise _End
            lines.append(line)
        said = self._reach("DOT", self.recipient)
        if said in (FINE, TAKE_AND_HANG_UP, TAKE_AND_TELL_NOBODY) or said.startswith("250"):
            self.smtp.take(self.recipient, b"".join(lines))
        if said == TAKE_AND_TELL_NOBODY:
            # The answer comes when whoever asked has lost patience and hung up.
            self.inbox.drain()
        self._answer("DOT", said)

    def _encrypt(self) -> None:
        said = self._reach("HANDSHAKE", "")
        if said or self.smtp.tls is None:
            self._answer("HANDSHAKE", said)
            raise _End
        self.connection = self.smtp.tls.wrap_socket(self.connection, server_side=True)
        self.inbox = _Inbox(self.connection)
        self.encrypted = True

    def finish(self) -> None:
        super().finish()
        if self.encrypted:
            self.connection.close()

    def _say(self, stage: str) -> str:
        of_recipient = stage in ("RCPT", "DATA")
        return self._answer(stage, self._reach(stage, self.recipient if of_recipient else ""))

    def _reach(self, stage: str, recipient: str) -> str:
        return self.smtp.reach(stage, recipient, self.inbox.grouped)

    def _answer(self, stage: str, said: str) -> str:
        if said in (HANG_UP, TAKE_AND_HANG_UP):
            raise _End
        if said == KEEP_SILENT:
            # For good: until the client has lost patience and hung up.
            self.inbox.drain()
            raise _End
        if said == SAY_NOTHING:
            # To the commands that follow it behaves as if it had said yes.
            return _ANSWERS[stage]
        if said == TAKE_AND_TELL_NOBODY:
            said = FINE
        if not said and stage in ("EHLO", "HELO"):
            offers = self.smtp.extensions if self.encrypted else self.smtp.offers
            said = "\r\n".join(["250-faulty.example.org", *(f"250-{x}" for x in offers), "250 OK"])
        said = said or _ANSWERS.get(stage, "500 5.5.2 what?")
        self._write(said)
        if said.startswith("421"):
            raise _End
        return said

    def _write(self, said: str) -> None:
        self.connection.sendall(f"{said}\r\n".encode())
