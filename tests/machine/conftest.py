"""A model on loopback, and an author who asks it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from newsletter.db import Database
from newsletter.machine.author import Author
from newsletter.machine.budget import Budget
from newsletter.machine.client import Client, Endpoint
from tests.machine.model_server import ModelServer, model_server

NOW = datetime(2026, 11, 22, 5, 0, 40, tzinfo=UTC)


@pytest.fixture
def model() -> Iterator[ModelServer]:
    with model_server() as running:
        yield running


@pytest.fixture
def author(model: ModelServer, db: Database) -> Author:
    return author_at(model, db)


def author_at(model: ModelServer, database: Database, budget: Budget | None = None) -> Author:
    """An author with a key and, unless told otherwise, more budget than a test can use."""
    client = Client(Endpoint(model.url, "tiny-1", "a-key"))
    return Author(database, client, "tiny-1", budget or Budget(1_000_000), lambda: NOW)
