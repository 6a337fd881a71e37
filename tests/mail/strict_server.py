"""An SMTP server without a socket: bytes in, replies out, and no patience with what is not SMTP."""

from collections import deque
from collections.abc import Callable


class StrictServer:
    """Follows RFC 5321 to the letter and fails the test when its client does not.

    `say` gives the reply to a stage (MAIL, RCPT, DATA, DOT, VOID, RSET, QUIT); `taken` are the messages
    it said 2xx to, `answered` what it was asked and what it said, in order.
    """

    def __init__(self, say: Callable[[str], str]) -> None:
        self._say = say
        self._in = b""
        self._state = "idle"
        self._recipient = ""
        self.closed = False
        self.answers: deque[bytes] = deque()
        self.answered: list[tuple[str, str]] = []
        self.taken: list[bytes] = []

    def feed(self, octets: bytes) -> None:
        """These bytes have come."""
        self._in += octets
        while not self.closed and (self._message() if self._state == "data" else self._command()):
            pass

    def _command(self) -> bool:
        line, ended, rest = self._in.partition(b"\r\n")
        if not ended:
            return False
        self._in = rest
        verb = line.split(b" ")[0].decode()
        assert verb in ("MAIL", "RCPT", "DATA", "RSET", "QUIT"), f"{line!r} is no command"
        assert verb != "MAIL" or self._state == "idle", "a mail within another"
        self._obey(verb, line, self._answer(verb))
        return True

    def _obey(self, verb: str, line: bytes, reply: str) -> None:
        match verb, reply[0]:
            case "MAIL", "2":
                self._state = "mail"
            case "RCPT", "2":
                # Even without a sender: such servers have been seen.
                self._state, self._recipient = "mail", line.decode()
            case "DATA", "3":
                self._state = "data"
            case "RSET", "2":
                self._state, self._recipient = "idle", ""

    def _message(self) -> bool:
        if self._in.startswith(b".\r\n"):
            body, self._in = b"", self._in[3:]
        elif b"\r\n.\r\n" in self._in:
            body, _dot, self._in = self._in.partition(b"\r\n.\r\n")
        else:
            return False
        assert body or not self._recipient, "an empty message for somebody"
        assert not body or self._recipient, "a message for nobody"
        reply = self._answer("DOT" if body else "VOID")
        if body and reply[0] == "2":
            self.taken.append(body + b"\r\n")
        self._state, self._recipient = "idle", ""
        return True

    def _answer(self, stage: str) -> str:
        reply = self._say(stage)
        self.answered.append((stage, reply))
        self.answers.append(f"{reply}\r\n".encode())
        self.closed = reply.startswith("421") or stage == "QUIT"
        return reply
