"""Recurring work on stories and topics that loads much, and is done in a process of its own.

As in `newsletter.jobs`: each asks the database whether it is due, and may be interrupted or repeated.
"""

from contextlib import closing
from datetime import datetime, timedelta

import structlog

from newsletter.child import run_in_child
from newsletter.config import Settings
from newsletter.db import Database
from newsletter.editions import thread_arrivals as arrivals
from newsletter.editions import topic_learning
from newsletter.editions.topic_training import train
from newsletter.log import configure_logging

# New articles are compared with all of the window: not every minute.
THREAD_MINUTES = 5
THREAD_SECONDS = 300
# Of each hour, when it is looked whether topics are to be learnt anew.
LEARNING_MINUTE = 17
LEARN_SECONDS = 600

log = structlog.get_logger()


def thread_arrivals(settings: Settings, database: Database, now: datetime) -> int:
    """Put new articles into the threads of their events, in a process of its own; how many.

    Every five minutes: it compares them with all of the window. Raises `newsletter.child.ChildFailed`.
    """
    since = now - timedelta(hours=settings.story_window_hours)
    with database.read() as session:
        waits = now.minute % THREAD_MINUTES == 0 and arrivals.waiting(session, since, now)
    return int(run_in_child(_thread_in_child, settings, now, seconds=THREAD_SECONDS)) if waits else 0


def _thread_in_child(settings: Settings, now: datetime) -> int:
    configure_logging(settings.log_level, settings.log_json)
    with closing(Database(settings.database_url)) as database:
        return thread_here(database, now, timedelta(hours=settings.story_window_hours))


def thread_here(database: Database, now: datetime, window: timedelta) -> int:
    """The same in this process. Comparing takes seconds; storing alone holds the one writer."""
    with database.read() as session:
        planned = arrivals.plan_arrivals(session, now - window, now)
    with database.write() as session:
        return arrivals.store_arrivals(session, planned, now)


def learn_topics(settings: Settings, database: Database, now: datetime) -> int:
    """Learn what topics are about from their sources' articles, once a day, in a process of its own.

    How many models came of it. Looked at once an hour. Raises `newsletter.child.ChildFailed`.
    """
    if now.minute != LEARNING_MINUTE:
        return 0
    with database.read() as session:
        due = topic_learning.is_due(session, now)
    return int(run_in_child(_learn_in_child, settings, now, seconds=LEARN_SECONDS)) if due else 0


def _learn_in_child(settings: Settings, now: datetime) -> int:
    configure_logging(settings.log_level, settings.log_json)
    with closing(Database(settings.database_url)) as database:
        return learn_here(database, now)


def learn_here(database: Database, now: datetime) -> int:
    """The same in this process, whenever it was last done. Learning takes seconds; storing alone writes."""
    models = {}
    with database.read() as session:
        for language in topic_learning.languages_to_learn(session):
            examples = topic_learning.examples_of(session, language, now)
            if model := train(examples):
                models[language] = model, len(examples)
    with database.write() as session:
        topic_learning.keep_models(session, models, now)
    log.info("topics learnt", models=len(models))
    return len(models)
