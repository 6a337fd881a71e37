"""The starter catalogue: topics and well-known feeds, so that a new installation has something to read."""

from datetime import datetime, time
from importlib import resources

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.ingest.opml import import_opml
from newsletter.models import Topic


def install_starter_catalogue(session: Session, now: datetime, cutoff: time, timezone: str) -> int:
    """Add the catalogue's topics and sources, unless there is any topic; how many sources came.

    Their editions close at `cutoff`, local time in the IANA zone `timezone`.
    """
    if session.scalar(select(Topic.id).limit(1)) is not None:
        return 0
    return import_opml(session, catalogue_opml(), now, cutoff, timezone).added


def catalogue_opml() -> bytes:
    """The catalogue as it ships: an OPML file, its folders being the topics in their order."""
    return resources.files(__package__).joinpath("catalogue.opml").read_bytes()
