"""What models wrote, kept so that the same is asked once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from newsletter.models import MachineText


def kept(session: Session, key: str) -> dict[str, Any] | None:
    """What was kept under `key`."""
    return session.scalar(select(MachineText.text).where(MachineText.key == key))


def keep(
    session: Session, key: str, kind: str, model: str, language: str, text: Mapping[str, Any], now: datetime
) -> None:
    """Keep an answer; one that is there already stays."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    row = {
        "key": key,
        "kind": kind,
        "model": model[:120],
        "language": language,
        "text": dict(text),
        "at": now,
    }
    session.execute(dialect.insert(MachineText).values(row).on_conflict_do_nothing())


def forget(session: Session, before: datetime) -> None:
    """Let go of what was written before that moment: its stories are long printed."""
    session.execute(delete(MachineText).where(MachineText.at < before))
