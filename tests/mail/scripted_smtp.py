"""An SMTP server on loopback that follows a script: what it says, refuses, or leaves unsaid at each stage."""

import base64
import io
import socket
import ssl
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

HANG_UP = "hang up"
SILENCE = "silence"
_BUFFER = 65_536

_ANSWERS = {
    "GREETING": "220 scripted.example.org ready",
    "STARTTLS": "220 go ahead",
    "AUTH": "235 2.7.0 welcome",
    "MAIL": "250 2.1.0 fine",
    "RCPT": "250 2.1.5 fine",
    "DATA": "354 go on",
    "DOT": "250 2.0.0 queued as 4711",
    "RSET": "250 2.0.0 forgotten",
    "QUIT": "221 2.0.0 bye",
}


@dataclass
class ScriptedSmtp:
    """What the server was told to say, and what it saw.

    `script` maps a stage (GREETING, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA, DOT, RSET) to its replies
    in order; when they run out it behaves. `cut_after` hangs up when so many bytes of a message came;
    a message is read only once `may_read` is set. `reads` counts how often it had to wait for bytes.
    """

    script: Mapping[str, Sequence[str]] = field(default_factory=dict)
    extensions: tuple[str, ...] = ("SIZE 1000000", "8BITMIME")
    tls: ssl.SSLContext | None = None
    implicit_tls: bool = False
    cut_after: int | None = None
    may_read: threading.Event = field(default_factory=threading.Event)
    reads: int = 0
    connections: int = 0
    commands: list[str] = field(default_factory=list)
    messages: list[bytes] = field(default_factory=list)
    sockets: list[socket.socket] = field(default_factory=list)
    port: int = 0

    def __post_init__(self) -> None:
        self._turns: defaultdict[str, int] = defaultdict(int)
        self.may_read.set()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def answer(self, stage: str) -> str:
        """What the script has next for this stage."""
        told = self.script.get(stage, ())
        turn = self._turns[stage]
        self._turns[stage] += 1
        return told[turn] if turn < len(told) else _ANSWERS.get(stage, "500 5.5.2 what?")

    def verbs(self) -> list[str]:
        """The commands it got, without their arguments."""
        return [command.split(":")[0].split(" ")[0].upper() for command in self.commands]


class _End(Exception):
    """This conversation is over."""


class _Reader(socket.SocketIO):
    """The bytes of a connection, every wait for them counted."""

    def __init__(self, server: ScriptedSmtp, connection: socket.socket) -> None:
        super().__init__(connection, "r")
        self._server = server

    def readinto(self, buffer: Any) -> int | None:
        self._server.reads += 1
        return super().readinto(buffer)


class _Conversation:
    def __init__(self, server: ScriptedSmtp, connection: socket.socket) -> None:
        self.server = server
        self.connection = connection
        self.opened = connection
        self.encrypted = False

    def run(self) -> None:
        try:
            if self.server.implicit_tls:
                self._encrypt()
            self._open_file()
            self._say("GREETING")
            while line := self.file.readline():
                self._obey(line.decode("utf-8").rstrip("\r\n"))
        except (_End, OSError):
            pass
        finally:
            self.connection.close()
            self.opened.close()

    def _open_file(self) -> None:
        self.file = io.BufferedReader(_Reader(self.server, self.connection), _BUFFER)

    def _obey(self, command: str) -> None:
        verb = command.split(" ")[0].upper()
        self.server.commands.append(command)
        if verb == "EHLO" and "EHLO" not in self.server.script:
            self._send("250-scripted.example.org")
            for extension in self._offered():
                self._send(f"250-{extension}")
            self._send("250 HELP")
            return
        said = self._say(verb)
        if verb == "STARTTLS" and said.startswith("220"):
            self._encrypt()
            self._open_file()
        elif verb == "DATA" and said.startswith("354"):
            self._take_message()
        elif verb == "QUIT":
            raise _End

    def _offered(self) -> Iterator[str]:
        yield from self.server.extensions
        if self.server.tls and not self.encrypted and not self.server.implicit_tls:
            yield "STARTTLS"

    def _take_message(self) -> None:
        if self.server.cut_after is not None:
            self.file.read(self.server.cut_after)
            raise _End
        self.server.may_read.wait(10)
        lines = []
        while (line := self.file.readline()) != b".\r\n":
            if not line:
                raise _End
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        said = self._say("DOT")
        if said.startswith("250"):
            self.server.messages.append(b"".join(lines))

    def _encrypt(self) -> None:
        assert self.server.tls is not None
        self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
        self.encrypted = True

    def _say(self, stage: str) -> str:
        answer = self.server.answer(stage)
        if answer == HANG_UP:
            raise _End
        if answer != SILENCE:
            self._send(answer)
        if answer.startswith("421"):
            raise _End
        return answer

    def _send(self, line: str) -> None:
        self.connection.sendall(f"{line}\r\n".encode())


@contextmanager
def serving(server: ScriptedSmtp) -> Iterator[ScriptedSmtp]:
    """The server, listening on a free port until the block ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)
    server.port = listener.getsockname()[1]
    over = threading.Event()

    def listen() -> None:
        while not over.is_set():
            try:
                connection, _peer = listener.accept()
            except TimeoutError:
                continue
            connection.settimeout(5)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            server.connections += 1
            server.sockets.append(connection)
            _talk(server, connection)

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        over.set()
        thread.join(10)
        listener.close()


def _talk(server: ScriptedSmtp, connection: socket.socket) -> None:
    conversation = _Conversation(server, connection)
    threading.Thread(target=conversation.run, daemon=True).start()


def login_of(command: str) -> tuple[str, str]:
    """User and password of an AUTH PLAIN command (RFC 4616)."""
    _nothing, user, password = base64.b64decode(command.split(" ")[-1]).decode().split("\0")
    return user, password
