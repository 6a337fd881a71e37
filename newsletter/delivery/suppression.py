"""Addresses never to mail: kept as a keyed hash only, which outlives the erasure of the reader."""

import hmac
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from newsletter.delivery.direct import Direct
from newsletter.models import Suppression

_PURPOSE = b"newsletter.suppression\0"
_AMONG = "SELECT address_hash FROM suppression WHERE address_hash AMONG :hashes"


def address_hash(secret: str, address_key: str) -> str:
    """The keyed hash (HMAC-SHA256, hex) an address is suppressed under.

    `address_key` is the form addresses are compared in. Without the key nobody can try addresses
    against the table.
    """
    return hmac.digest(secret.encode(), _PURPOSE + address_key.encode(), "sha256").hex()


def is_suppressed(session: Session, keys: Sequence[str], address_key: str) -> bool:
    """Whether the address is suppressed; every key counts, as older rows were made with older keys."""
    hashes = [address_hash(key, address_key) for key in keys]
    return bool(session.scalar(select(exists().where(Suppression.address_hash.in_(hashes)))))


def suppressed_among(direct: Direct, keys: Sequence[str], address_keys: Sequence[str]) -> set[str]:
    """Which of these addresses are suppressed."""
    by_hash = {address_hash(key, address): address for address in address_keys for key in keys}
    found = direct.rows(_AMONG, hashes=list(by_hash)) if by_hash else ()
    return {by_hash[row.address_hash] for row in found}


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
    hashes = [address_hash(key, address_key) for key in keys]
    found = session.scalars(
        delete(Suppression).where(Suppression.address_hash.in_(hashes)).returning(Suppression.id)
    ).all()
    return bool(found)
