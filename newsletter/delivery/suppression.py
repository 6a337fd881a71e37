"""Addresses never to mail: kept as a keyed hash only, which outlives the erasure of the reader."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from newsletter.direct import Direct
from newsletter.keyed import KeyedHash
from newsletter.models import Suppression

_PURPOSE = b"newsletter.suppression\0"
_AMONG = "SELECT address_hash FROM suppression WHERE address_hash AMONG :hashes"


def address_hash(secret: str, address_key: str) -> str:
    """The keyed hash (HMAC-SHA256, hex) an address is suppressed under.

    `address_key` is the form addresses are compared in. Without the key nobody can try addresses
    against the table.
    """
    return _keyed(secret).of(address_key.encode()).hex()


@lru_cache(maxsize=16)
def _keyed(secret: str) -> KeyedHash:
    return KeyedHash(secret.encode(), _PURPOSE)


def is_suppressed(session: Session, keys: Sequence[str], address_key: str) -> bool:
    """Whether the address is suppressed; every key counts, as older rows were made with older keys."""
    hashes = hashes_of(keys, address_key)
    return bool(session.scalar(select(exists().where(Suppression.address_hash.in_(hashes)))))


def hashes_of(keys: Sequence[str], address_key: str) -> tuple[str, ...]:
    """What an address may be suppressed under: with each key, as older rows were made with older keys."""
    return tuple(address_hash(key, address_key) for key in keys)


def suppressed_among(direct: Direct, hashes: Iterable[str]) -> set[str]:
    """Which of these hashes stand for a suppressed address."""
    asked = list(hashes)
    return {row[0] for row in direct.rows(_AMONG, hashes=asked)} if asked else set()


def suppress(
    session: Session, keys: Sequence[str], address_key: str, reason: str, now: datetime, detail: str = ""
) -> bool:
    """Never mail this address again; False when it was suppressed already (the first reason stays)."""
    if is_suppressed(session, keys, address_key):
        return False
    session.add(
        Suppression(
            address_hash=address_hash(keys[0], address_key), reason=reason, detail=detail, created_at=now
        )
    )
    session.flush()
    return True


def unsuppress(session: Session, keys: Sequence[str], address_key: str) -> bool:
    """Take the address off the list, by an operator's decision; whether it stood there."""
    hashes = hashes_of(keys, address_key)
    found = session.scalars(
        delete(Suppression).where(Suppression.address_hash.in_(hashes)).returning(Suppression.id)
    ).all()
    return bool(found)
