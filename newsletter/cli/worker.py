"""`newsletter worker`: a file of its own, because it loads none of the pages."""

import sys

import click

from newsletter.cli.context import Tools, pass_tools
from newsletter.log import configure_logging
from newsletter.stopping import StopFlag
from newsletter.supervisor import WorkerCrew, leave_with_parent

THREADS = 4


@click.command()
@click.option("--threads", default=THREADS, show_default=True, help="Tasks done side by side, each process.")
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    help="Worker processes to keep running (default: NEWSLETTER_WORKER_PROCESSES, else 1).",
)
@click.option("--with-parent", is_flag=True, hidden=True)
@pass_tools
def worker(tools: Tools, threads: int, processes: int | None, with_parent: bool) -> None:
    """Do the work: poll feeds, close editions, send mail. Run it on as many machines as you need."""
    settings = tools.settings
    configure_logging(settings.log_level, settings.log_json)
    stop = StopFlag()
    if with_parent:
        leave_with_parent(stop, sys.stdin.fileno())
    wanted = processes or settings.worker_processes
    if wanted > 1:
        _keep_crew(wanted, threads, stop)
        return
    from newsletter.worker import run_worker  # some 50 MB that who only watches over others never needs

    run_worker(settings, threads, stop)


def _keep_crew(processes: int, threads: int, stop: StopFlag) -> None:
    """Keep the workers running until a signal comes or the parent goes; all are gone within 10 s."""
    crew = WorkerCrew(processes, ("--threads", str(threads)))
    stop.listen()
    crew.start()
    stop.wait()
    crew.stop()
