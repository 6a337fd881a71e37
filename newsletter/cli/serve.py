"""`newsletter up | web | scheduler`: a running installation, whole or in parts."""

import socket
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import click
import structlog
import waitress

from newsletter.child import run_in_child
from newsletter.cli.context import Tools, fail, pass_tools
from newsletter.config import Settings
from newsletter.db import Database, DatabaseUnusable
from newsletter.log import configure_logging
from newsletter.memory import settle
from newsletter.queue import TaskQueue
from newsletter.scheduler import leader_of, start_scheduler
from newsletter.stopping import StopFlag
from newsletter.supervisor import WorkerCrew
from newsletter.wakeup import Wakeup
from newsletter.web.app import create_app

PREPARE_SECONDS = 600
# The largest there is: what a hub may send, with some room.
MAX_REQUEST = 11 * 1024 * 1024

log = structlog.get_logger()


@click.command()
@pass_tools
def up(tools: Tools) -> None:
    """Run everything: pages, scheduler and worker, in one process tree.

    At the first start this also makes the database and fills in the starter catalogue of feeds.
    """
    settings = tools.settings
    configure_logging(settings.log_level, settings.log_json)
    say(f"Setting up in {settings.data_dir} ...")
    run_everything(settings, prepare(settings))


def run_everything(settings: Settings, database: Database) -> None:
    """Serve, tick and work until a signal comes; then finish the mail in hand and return."""
    listening = _listen(settings)
    queue = TaskQueue(settings)
    workers = WorkerCrew(settings.worker_processes)
    workers.start()
    leader = leader_of(settings, database)
    scheduler = start_scheduler(leader, queue.ask_for_everything)
    say(welcome(settings))
    try:
        _serve(settings, database, queue, listening)
    finally:
        say("Stopping: finishing the mail in hand ...")
        scheduler.shutdown(wait=False)
        leader.resign()
        queue.close()
        workers.stop()


@click.command()
@pass_tools
def web(tools: Tools) -> None:
    """Serve the readers' pages only; scheduler and worker run elsewhere."""
    settings = tools.settings
    configure_logging(settings.log_level, settings.log_json)
    _serve(settings, tools.database, TaskQueue(settings), _listen(settings))


@click.command()
@pass_tools
def scheduler(tools: Tools) -> None:
    """Run the minute tick only. Several may run: one leads, the others stand by."""
    settings = tools.settings
    configure_logging(settings.log_level, settings.log_json)
    leader = leader_of(settings, tools.database)
    ticking = start_scheduler(leader, TaskQueue(settings).ask_for_everything)
    stop = StopFlag()
    stop.listen()
    log.info("scheduler ready")
    stop.wait()
    ticking.shutdown(wait=False)
    leader.resign()


def prepare(settings: Settings) -> Database:
    """The database of this installation, migrated, with the starter catalogue if it has no topics.

    Done in a process of its own: what only a start needs (some 30 MB) is not kept while running.
    """
    try:
        run_in_child(prepare_here, settings, datetime.now(UTC), seconds=PREPARE_SECONDS)
    except DatabaseUnusable as error:
        fail(str(error))
    return Database(settings.database_url)


def prepare_here(settings: Settings, now: datetime) -> None:
    """Migrate the database and fill in the starter catalogue. Raises `DatabaseUnusable`."""
    from newsletter import migrate
    from newsletter.ingest.catalogue import install_starter_catalogue

    with closing(Database(settings.database_url)) as database:
        migrate.upgrade(database)
        if settings.starter_catalogue:
            with database.write() as session:
                install_starter_catalogue(session, now, settings.cutoff, settings.timezone)


def welcome(settings: Settings) -> str:
    """What a person reads when everything runs: where the pages are, and what to do next."""
    lines = [
        "",
        f"  {settings.publication_name} is running.",
        "",
        f"  Sign-up page   {settings.base_url}/",
    ]
    if settings.outbox_dir:
        lines += [
            f"  Outbox         {settings.base_url}/outbox   (mail stays on this machine)",
            "",
            "  Next: open the sign-up page, subscribe, and find the mail in the outbox.",
            "  To send real mail, set NEWSLETTER_SMTP_URL; the README says how.",
        ]
    return "\n".join([*lines, "  Stop with Ctrl-C.", ""])


def say(text: str) -> None:
    """Print for the person at the terminal at once, also through a pipe."""
    click.echo(text)
    sys.stdout.flush()


def _listen(settings: Settings) -> socket.socket:
    """The listening socket, taken before anything else is started."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as error:
        fail(
            f"cannot listen on {settings.host}:{settings.port} ({error.strerror}). Is it running already? "
            "Stop the other program, or set NEWSLETTER_PORT to a free port."
        )
    listening.listen(128)
    return listening


def _serve(settings: Settings, database: Database, queue: TaskQueue, listening: socket.socket) -> None:
    app = create_app(settings, database, lambda: datetime.now(UTC), Wakeup(queue.ask_for_sending))
    server: Any = waitress.create_server(
        app,
        sockets=[listening],
        threads=settings.web_threads,
        ident=None,
        max_request_body_size=MAX_REQUEST,
        clear_untrusted_proxy_headers=False,
    )
    stop = StopFlag()
    stop.listen()
    threading.Thread(target=server.run, name="web", daemon=True).start()
    settle()
    log.info("pages ready", host=settings.host, port=settings.port)
    stop.wait()
    server.close()
