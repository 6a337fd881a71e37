"""A model on loopback: an OpenAI-compatible endpoint that says what a test wants it to."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# Given what it was asked (the user's JSON), what the model says.
Speak = Callable[[dict[str, Any]], str]


@dataclass
class ModelServer:
    """`speak` may be changed at any time; `status` other than 200 is answered with an error.

    `hold` keeps answers back until the test lets them go; `cut` closes the connection in mid-answer;
    `raw` is sent in place of a completion. `asked` are the requests that came, whole.
    """

    url: str = ""
    speak: Speak = lambda _material: "{}"
    status: int = 200
    message: str = "no"
    hold: threading.Event | None = None
    cut: bool = False
    raw: bytes | None = None
    usage: dict[str, int] | None = field(
        default_factory=lambda: {"prompt_tokens": 100, "completion_tokens": 40}
    )
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    def answer(self, body: dict[str, Any]) -> tuple[int, bytes]:
        """Status and body for one request."""
        if self.status != 200:
            return self.status, json.dumps({"error": {"message": self.message}}).encode()
        if self.raw is not None:
            return 200, self.raw
        said = self.speak(json.loads(body["messages"][-1]["content"]))
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": said}}
        whole = {
            "id": "1",
            "object": "chat.completion",
            "created": 1,
            "model": body["model"],
            "choices": [choice],
        }
        return 200, json.dumps(whole | ({"usage": self.usage} if self.usage else {})).encode()


@contextmanager
def model_server() -> Iterator[ModelServer]:
    """A running endpoint; it ends with the block."""
    model = ModelServer()

    class Endpoint(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            model.asked.append(body)
            model.keys.append(self.headers.get("Authorization", ""))
            if model.hold is not None:
                model.hold.wait(20)
            status, answer = model.answer(body)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer[: len(answer) // 2] if model.cut else answer)

        def log_message(self, *_args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_args: object) -> None:
            """Clients that hang up are part of these tests."""

    server = Server(("127.0.0.1", 0), Endpoint)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    model.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield model
    finally:
        if model.hold is not None:
            model.hold.set()
        server.shutdown()
        server.server_close()


def says(**lists: list[str]) -> Speak:
    """A model that always says the same."""
    return lambda _material: json.dumps(lists)
