"""`newsletter demo`: the whole service over made-up news, without internet."""

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from newsletter import jobs
from newsletter.cli.context import fail
from newsletter.cli.serve import prepare, run_everything, say
from newsletter.config import PREFIX, Settings, SettingsError
from newsletter.db import Database
from newsletter.demo.history import replay, replay_moments
from newsletter.demo.install import install
from newsletter.demo.server import DemoServer, DemoServerError, serve
from newsletter.installation import open_installation
from newsletter.log import configure_logging

FOLDER = Path("var") / "demo"
_MARK = "this-is-a-demo"
# What a demo takes over from the environment; all else would point at the real installation.
_KEPT = ("HOST", "PORT", "BASE_URL", "LOG_LEVEL", "LOG_JSON")


@click.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=FOLDER,
    show_default=True,
    help="The folder of the demo's own database; emptied at every start.",
)
def demo(data: Path) -> None:
    """Show everything with made-up news: no internet, no mail server, nothing real touched."""
    started = datetime.now(UTC)
    settings = _own_installation(data)
    configure_logging(settings.log_level, settings.log_json)
    try:
        with serve(started) as server:
            say("Demo: making up three days of news ...")
            database = prepare(settings)
            live_three_days(settings, database, server)
            say(f"Demo: the made-up sources are at {server.base_url}/")
            run_everything(settings, database)
    except DemoServerError as error:
        fail(str(error))


def live_three_days(settings: Settings, database: Database, server: DemoServer) -> None:
    """Poll and close as if the service had run for three days: editions with a past."""
    cutoff = (server.now - timedelta(minutes=1)).time()
    with database.write() as session:
        install(session, server.base_url, server.now - timedelta(days=3), cutoff, "UTC")

    def step(moment: datetime) -> None:
        jobs.poll_due(settings, database, moment)
        jobs.close_due(settings, moment)

    replay(server, replay_moments(server.now), step)


def _own_installation(data: Path) -> Settings:
    """Settings for the demo alone, in the environment too: the worker process reads them there.

    The demo moves into its own folder, away from the `.env` of a real installation.
    """
    _empty(data)
    os.chdir(data)
    _forget_settings()
    os.environ |= {
        f"{PREFIX}DATA_DIR": str(Path.cwd()),
        f"{PREFIX}STARTER_CATALOGUE": "false",
        f"{PREFIX}FETCH_ALLOW_NETWORKS": "127.0.0.0/8",
        f"{PREFIX}POSTAL_ADDRESS": "Daily Edition, 1 Saltgate, Port Ostrel 10204",
    }
    try:
        return open_installation()
    except SettingsError as error:
        fail("the settings are wrong:\n  " + "\n  ".join(error.problems))


def _empty(data: Path) -> None:
    """Make the demo's folder anew; only one that a demo marked as its own is ever deleted."""
    mark = data / _MARK
    if mark.exists():
        shutil.rmtree(data)
    elif data.exists() and any(data.iterdir()):
        fail(f"{data} holds files that are not a demo's. Choose an empty or new folder with --data.")
    data.mkdir(parents=True, exist_ok=True)
    mark.write_text("This folder belongs to `newsletter demo`, which empties it at every start.\n")


def _forget_settings() -> None:
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        if name.removeprefix(PREFIX) not in _KEPT:
            del os.environ[name]
