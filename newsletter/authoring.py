"""The model that the settings name, with its budget; none where they name none."""

from collections.abc import Callable
from datetime import datetime

from newsletter.config import Settings
from newsletter.db import Database
from newsletter.machine.author import Author
from newsletter.machine.budget import Budget
from newsletter.machine.client import Client, Endpoint

_MILLION = 1_000_000


def author_of(settings: Settings, database: Database, clock: Callable[[], datetime]) -> Author | None:
    """Who writes with the model; None where no model is set."""
    if not settings.llm_url or not settings.llm_model:
        return None
    key = settings.llm_key.get_secret_value() if settings.llm_key else ""
    client = Client(Endpoint(settings.llm_url, settings.llm_model, key))
    return Author(database, client, settings.llm_model, budget_of(settings), clock)


def budget_of(settings: Settings) -> Budget:
    """What the model may cost a day, in millionths."""
    money = settings.llm_money_per_day
    return Budget(
        tokens=settings.llm_tokens_per_day,
        money=None if money is None else round(money * _MILLION),
        price_read=round(settings.llm_price_in * _MILLION),
        price_written=round(settings.llm_price_out * _MILLION),
    )
