"""Every test of this folder has a browser, and Ann for a reader where it says nothing else."""

from datetime import datetime
from pathlib import Path

import pytest

from newsletter.db import Database
from tests.browsing import base_url, browser_page, browser_type_launch_args, open_page, serve
from tests.web.builders import add_news, add_subscriber
from tests.web.conftest import Site, make_site

__all__ = ["base_url", "browser_page", "browser_type_launch_args", "open_page", "serve"]


@pytest.fixture
def site(db: Database, now: datetime, tmp_path: Path) -> Site:
    """Ann follows World; its edition is the first there is."""
    with db.write() as session:
        add_news(session, now.date())
        add_subscriber(session, "ann@example.com", now)
    return make_site(db, now, tmp_path)
