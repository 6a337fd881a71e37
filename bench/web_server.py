"""The pages under the server that serves them in production; or an empty Flask route under the same.

`python -m bench.web_server pages|empty FOLDER` prints the port it listens on, and serves until its
input ends.
"""

import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import waitress
from flask import Flask
from pydantic import SecretStr

from newsletter.config import Settings
from newsletter.db import Database
from newsletter.log import configure_logging
from newsletter.memory import settle
from newsletter.queue import TaskQueue
from newsletter.wakeup import Wakeup
from newsletter.web.app import create_app

KEY = "a-signing-key-for-benchmarks-32-bytes"


def settings_in(folder: Path) -> Settings:
    """An installation in this folder, behind a proxy: every request may have a network of its own."""
    # No limit of all together is to be measured, only the work.
    limits = {"sign_ups_per_hour": 10**6} if "sign_ups_per_hour" in Settings.model_fields else {}
    return Settings(
        **limits,  # type: ignore[arg-type]
        _env_file=None,
        data_dir=folder,
        secret_keys=(SecretStr(KEY),),
        trusted_proxies=1,
        log_level="ERROR",
    )


def empty() -> Flask:
    """An application with one route and nothing on it."""
    app = Flask("empty")
    app.add_url_rule("/", view_func=lambda: "")
    return app


def pages(settings: Settings) -> Flask:
    """The readers' pages, as `newsletter web` makes them."""
    queue = TaskQueue(settings)
    database = Database(settings.database_url)
    return create_app(settings, database, lambda: datetime.now(UTC), Wakeup(queue.ask_for_sending))


def main(what: str, folder: str) -> None:
    """Serve, and say where."""
    settings = settings_in(Path(folder))
    configure_logging(settings.log_level, settings.log_json)
    app = pages(settings) if what == "pages" else empty()
    server: Any = waitress.create_server(
        app,
        host="127.0.0.1",
        port=0,
        threads=settings.web_threads,
        ident=None,
        clear_untrusted_proxy_headers=False,
    )
    threading.Thread(target=server.run, daemon=True).start()
    settle()
    print(server.effective_port, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
