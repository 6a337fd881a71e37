"""The office mail is sent from, over each kind of database."""

import pytest

from newsletter.db import Database
from tests.delivery.office import Office


@pytest.fixture
def office(any_db: Database) -> Office:
    return Office(any_db)
