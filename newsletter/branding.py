"""The publication with its logo: what every process that shows either starts with."""

from collections.abc import Callable
from datetime import datetime

from newsletter.config import Settings
from newsletter.db import Database
from newsletter.mail.issue import Publication
from newsletter.publication import publication_of


def branded_publication(settings: Settings, database: Database, clock: Callable[[], datetime]) -> Publication:
    """The publication of the settings with our copy of its logo, which is made when there is none yet.

    A logo that cannot be had is missing, with a word in the log. Raises `SettingsError` as
    `publication_of` does.
    """
    if settings.logo is None:
        return publication_of(settings)
    from newsletter.images.logo import logo_of  # fetching costs 15 MB, which pages never need again
    from newsletter.ingest.fetch import FetchPolicy

    policy = FetchPolicy(base_url=settings.base_url, allow_networks=settings.fetch_allow_networks)
    return publication_of(settings, logo_of(settings.logo, database, policy, clock()))
