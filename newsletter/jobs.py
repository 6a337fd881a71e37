"""The recurring work, one plain function a piece, given `now`: what commands and tasks both call.

Every one asks the database what is due, does it, and may be interrupted or repeated anywhere.
"""

from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from time import monotonic

import structlog
from sqlalchemy.exc import OperationalError

from newsletter import subscribers
from newsletter.alerts.look import look
from newsletter.alerts.tell import Operator, tell
from newsletter.attempts import forget_attempts
from newsletter.authoring import author_of
from newsletter.branding import branded_publication
from newsletter.child import run_in_child
from newsletter.config import Settings
from newsletter.db import Database
from newsletter.delivery import due, send
from newsletter.delivery.lost_links import answer_requests
from newsletter.delivery.sweep import sweep
from newsletter.delivery.throttle import Book
from newsletter.editions import build, content, search, topic_learning
from newsletter.editions.due import DueEdition
from newsletter.editions.pair_meaning import Meaning
from newsletter.editions.thread_store import let_go_of_threads
from newsletter.images import keep
from newsletter.images.illustrate import Illustrate, Illustrator, no_images
from newsletter.ingest import full_text, keeping
from newsletter.ingest.draining import drain
from newsletter.ingest.fetch import FetchPolicy
from newsletter.ingest.robots import Robots
from newsletter.limits import Limit
from newsletter.log import configure_logging
from newsletter.machine import kept as machine_texts
from newsletter.machine.editor import Edit, editor_of, unedited
from newsletter.mail.mailbox import read_mailbox
from newsletter.mail.transport import Transport, open_transport, parse_smtp_urls
from newsletter.meaning import meaning_of
from newsletter.models import Edition
from newsletter.publication import publication_of
from newsletter.websub import ask
from newsletter.websub.plan import make_due
from newsletter.websub.reach import is_public

# So many sources are claimed at a time; who dies leaves no more of them waiting for a claim to end.
POLL_BATCH = 200
CLOSE_SECONDS = 300
# Of each hour: away from the full and half hours, when editions close and mails go out.
KEEPING_MINUTE = 47

log = structlog.get_logger()

Close = Callable[[Database, DueEdition, datetime, timedelta], bool]


def poll_due(
    settings: Settings, database: Database, now: datetime, stop: Callable[[], bool] = lambda: False
) -> int:
    """Poll every source whose time has come, or until `stop` says so; the number of new articles."""
    drained = drain(database, _minutes_from(now), fetch_policy(settings), POLL_BATCH, stop=stop)
    if drained.sources:
        log.info("sources polled", sources=drained.sources, new_articles=drained.new, failed=drained.failed)
    return drained.new


def _minutes_from(now: datetime) -> Callable[[], datetime]:
    """A clock that starts at `now` and moves on by whole minutes: polling thousands takes many."""
    started = monotonic()
    return lambda: now + timedelta(minutes=int((monotonic() - started) // 60))


def tend_hubs(settings: Settings, database: Database, now: datetime) -> int:
    """Say to the hubs of sources what is due, and make due what they told us of; how many sources."""
    policy = fetch_policy(settings)
    if is_public(settings.base_url, policy.allow_networks):
        asked = ask.tend_hubs(database, now, ask.HubTools(settings.base_url, policy))
        if asked:
            log.info("hubs asked", hubs=asked)
    with database.write() as session:
        return make_due(session, now)


def fetch_policy(settings: Settings) -> FetchPolicy:
    """What the installation's settings say about fetching."""
    return FetchPolicy(base_url=settings.base_url, allow_networks=settings.fetch_allow_networks)


def robots_of(settings: Settings) -> Robots:
    """What sites allow us to read; whoever reads pages keeps it, for what it remembers."""
    return full_text.robots_of(fetch_policy(settings))


def read_pages(settings: Settings, database: Database, now: datetime, robots: Robots) -> int:
    """Read the pages of new articles whose sources give only teasers, a few a minute; how many texts."""
    return full_text.read_full_texts(database, now, fetch_policy(settings), robots)


def transport_of(settings: Settings) -> Transport:
    """The way mail leaves: the SMTP server of the settings, else the local outbox folder."""
    smtp_url = settings.smtp_url.get_secret_value() if settings.smtp_url else None
    return open_transport(smtp_url, settings.outbox_dir)


def close_due(settings: Settings, now: datetime) -> int:
    """Close every edition whose cut-off has passed, in a process of its own; how many came to be.

    Raises `newsletter.child.ChildFailed`.
    """
    with closing(Database(settings.database_url)) as database, database.read() as session:
        waiting = bool(build.due_topics(session, now))
    return int(run_in_child(_close_in_child, settings, now, seconds=CLOSE_SECONDS)) if waiting else 0


def _close_in_child(settings: Settings, now: datetime) -> int:
    configure_logging(settings.log_level, settings.log_json)
    return close_here(settings, now)


def close_here(settings: Settings, now: datetime, close: Close | None = None) -> int:
    """Close every edition whose cut-off has passed, in this process; how many came to be.

    One topic that cannot be closed is logged and tried again at the next tick; the others are closed.
    """
    window = timedelta(hours=settings.story_window_hours)
    with closing(Database(settings.database_url)) as database:
        with database.read() as session:
            waiting = build.due_topics(session, now)
        author = author_of(settings, database, lambda: now)
        close = close or partial(
            close_one,
            illustrate=illustrator_of(settings, database),
            edit=editor_of(author, settings.llm_seconds),
            meaning=meaning_of(settings, now.date()),
        )
        return sum(_close_safely(close, database, edition, now, window) for edition in waiting)


def illustrator_of(settings: Settings, database: Database) -> Illustrate:
    """What finds pictures for the editions of one round; finds none where the settings want none."""
    return Illustrator(database, fetch_policy(settings)) if settings.images else no_images


def _close_safely(
    close: Close, database: Database, due: DueEdition, now: datetime, window: timedelta
) -> bool:
    try:
        return close(database, due, now, window)
    except OperationalError:
        raise
    except Exception:
        log.exception("edition could not be closed", topic=due.topic_id, date=str(due.date))
        return False


def close_one(
    database: Database,
    due: DueEdition,
    now: datetime,
    window: timedelta,
    illustrate: Illustrate = no_images,
    edit: Edit = unedited,
    meaning: Meaning | None = None,
) -> bool:
    """Close one edition. Deciding, finding pictures and a model take seconds; storing alone writes."""
    with database.read() as session:
        plan = build.plan_edition(session, due.topic_id, due.date, due.cutoff, now, window, meaning=meaning)
    images = illustrate(plan.leads, now)
    words = edit(plan)
    with database.write() as session:
        edition = build.store_edition(session, plan, now, images=images, words=words)
    if edition is None:
        return False
    render_edition(database, edition.id)
    return True


def index_stories(database: Database, stop: Callable[[], bool] = lambda: False) -> int:
    """Let the archive's search find the stories that came; how many."""
    written = 0
    while not stop():
        with database.read() as session:
            if not search.any_unwritten(session):
                break
        with database.write() as session:
            written += search.write_words(session)
    return written


def render_edition(database: Database, edition_id: int) -> None:
    """Render a closed edition in every language and length, for all its issues.

    What is missing, should this be interrupted, issues render for themselves.
    """
    with database.read() as session:
        edition = content.edition_content(session, session.get_one(Edition, edition_id))
    renderings = list(content.render_all(edition))
    with database.write() as session:
        content.keep_fragments(session, edition_id, renderings)


def plan_due(settings: Settings, database: Database, now: datetime) -> int:
    """Enter every mail that is due into the ledger, a chunk a transaction; how many."""
    publication = publication_of(settings)
    with database.write() as session:
        planned = answer_requests(session, now, publication.list_domain, settings.counting_key)
    for plan in (due.plan_due, due.plan_welcomes):
        chunk = due.Planned(planned=0, more=True)
        while chunk.more:
            with database.write() as session:
                chunk = plan(session, now, settings.freshness, publication.list_domain, after=chunk.last)
            planned += chunk.planned
    return planned


def desk_of(settings: Settings, database: Database, clock: Callable[[], datetime]) -> send.Desk:
    """What mail is sent with; whoever has it keeps it, for its connections and what it remembers."""
    publication, book = branded_publication(settings, database, clock), book_of(settings)
    return send.Desk(database, transport_of(settings), clock, publication, settings.keys, book)


def book_of(settings: Settings) -> Book:
    """The limits on sending: for recipients' domains, for relays, for a new sending address."""
    servers = parse_smtp_urls(settings.smtp_url.get_secret_value()) if settings.smtp_url else ()
    relays = {one.name: Limit(one.rate, one.hourly, one.daily) for one in servers}
    return Book(settings.domain_limits, relays, settings.warm_up)


def send_due(
    desk: send.Desk, stop: Callable[[], bool] = lambda: False, report: send.SendReport | None = None
) -> send.SendReport:
    """Send everything that is due until nothing is left, no mail can leave, or `stop` says so."""
    return send.send(desk, stop=stop, report=report)


def alert(settings: Settings, database: Database, now: datetime) -> int:
    """Look what is wrong and enter the mails that tell the operator; how many. None without an address."""
    if settings.operator_address is None:
        return 0
    publication = publication_of(settings)
    to = read_mailbox(settings.operator_address).address
    operator = Operator(to, settings.publication_language, settings.timezone)
    with database.write() as session:
        return tell(session, look(session, now), operator, now, publication.list_domain)


def tidy(settings: Settings, database: Database, now: datetime) -> None:
    """Free what a dead worker left claimed; forget who never confirmed, old wishes, and old pictures.

    Once an hour also let go of old articles and texts, a little at a time.
    """
    with database.write() as session:
        sweep(session, now)
        subscribers.purge_unconfirmed(session, now)
        subscribers.forget_changes(session, now)
        subscribers.forget_told(session, now)
        forget_attempts(session, now)
        keep.let_go(session, now, timedelta(days=settings.image_days))
    if now.minute == KEEPING_MINUTE:
        keep_news(settings, database, now)


def keep_news(settings: Settings, database: Database, now: datetime) -> int:
    """Let go of old articles and texts; of how many articles."""
    text_after, article_after = timedelta(days=settings.text_days), timedelta(days=settings.article_days)
    gone = keeping.let_go(database, now, text_after, article_after)
    with database.write() as session:
        let_go_of_threads(session, now - article_after)
        topic_learning.forget_refusals(session, now)
        machine_texts.forget(session, now - text_after)
    if gone:
        log.info("old articles let go", articles=gone)
    return gone
