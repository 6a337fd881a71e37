"""`newsletter worker`: a file of its own, because it loads none of the pages."""

import sys

import click

from newsletter.cli.context import Tools, pass_tools
from newsletter.log import configure_logging
from newsletter.stopping import StopFlag
from newsletter.supervisor import leave_with_parent
from newsletter.worker import run_worker

THREADS = 4


@click.command()
@click.option("--threads", default=THREADS, show_default=True, help="Tasks done side by side.")
@click.option("--with-parent", is_flag=True, hidden=True)
@pass_tools
def worker(tools: Tools, threads: int, with_parent: bool) -> None:
    """Do the work: poll feeds, close editions, send mail. Run as many as you need."""
    settings = tools.settings
    configure_logging(settings.log_level, settings.log_json)
    stop = StopFlag()
    if with_parent:
        leave_with_parent(stop, sys.stdin.fileno())
    run_worker(settings, threads, stop)
