"""Postfix's own tools: `smtp-sink`, which throws mail away, and `smtp-source`, which makes it."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench.report import CannotMeasure

_SECONDS_TO_START = 10.0
_SBIN = "/usr/sbin:/usr/local/sbin:/usr/libexec/postfix"


@contextmanager
def running_sink() -> Iterator[int]:
    """A sink on loopback; its port."""
    port = _free_port()
    # As root it insists on becoming somebody else.
    somebody = ["-u", "nobody"] if os.geteuid() == 0 else []
    sink = subprocess.Popen([_tool("smtp-sink"), *somebody, f"127.0.0.1:{port}", "1024"])
    try:
        _wait_for(port, sink)
        yield port
    finally:
        sink.terminate()
        sink.wait(10)


def source_rate(port: int, sessions: int, messages: int, size: int) -> float:
    """Messages a second that `smtp-source -d` hands over on so many sessions, each used for many messages."""
    command = [_tool("smtp-source"), "-d", "-s", str(sessions), "-m", str(messages), "-l", str(size)]
    begun = time.perf_counter()
    subprocess.run(
        [*command, "-f", "a@example.com", "-t", "b@example.com", f"127.0.0.1:{port}"], check=True, timeout=600
    )
    return messages / (time.perf_counter() - begun)


def _tool(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path=_SBIN)
    if found is None:
        raise CannotMeasure(f"{name} is not here; it comes with Postfix (Debian: apt-get install postfix)")
    return found


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port: int = reserved.getsockname()[1]
        return port


def _wait_for(port: int, sink: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < ends and sink.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise CannotMeasure("smtp-sink did not start")
