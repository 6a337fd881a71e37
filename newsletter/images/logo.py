"""The publication's logo: the operator's picture, copied once, kept for as long as it is the same one."""

import hashlib
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.db import Database
from newsletter.images.keep import keep
from newsletter.images.reencode import ImageRefused, reencode
from newsletter.ingest.fetch import FetchError, FetchPolicy
from newsletter.ingest.fetch_image import MAX_BYTES, fetch_image
from newsletter.mail.brand import Logo
from newsletter.models import Image, KeptLogo

log = structlog.get_logger()


def logo_of(source: str, database: Database, policy: FetchPolicy, now: datetime) -> Logo | None:
    """Our copy of the logo at `source`, a file's path or a web address; made when there is none yet.

    None, with a word in the log, when there can be none: a newsletter without its logo still goes out.
    The copy's address starts with the policy's `base_url`. A file is copied again when its content
    changes, an address when it is another.
    """
    try:
        body = b"" if is_web_address(source) else _content(Path(source))
        key = hashlib.sha256(body or source.encode()).hexdigest()
        with database.read() as session:
            name, width, height = _kept(session, key) or ("", 0, 0)
        if not name:
            name, width, height = _made(database, key, body or fetch_image(source, policy), now)
        return Logo(f"{policy.base_url}/image/{name}", width, height)
    except (OSError, FetchError, ImageRefused) as error:
        log.warning("the logo cannot be used; the name stands in its place", reason=_reason(error))
        return None


def is_web_address(source: str) -> bool:
    """Whether a logo is fetched from the web; else it is a file."""
    return source.lower().startswith(("https://", "http://"))


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        body = file.read(MAX_BYTES + 1)
    if not body or len(body) > MAX_BYTES:
        raise ImageRefused(f"The file {path} is {'empty' if not body else 'larger than 5 MB'}.")
    return body


def _made(database: Database, key: str, body: bytes, now: datetime) -> tuple[str, int, int]:
    copy = reencode(body, "logo")
    with database.write() as session:
        keep(session, [copy], now)
        session.merge(KeptLogo(source=key, image_name=copy.name))
    return copy.name, copy.width, copy.height


def _kept(session: Session, key: str) -> tuple[str, int, int] | None:
    query = select(Image.name, Image.width, Image.height).join(KeptLogo, KeptLogo.image_name == Image.name)
    found = session.execute(query.where(KeptLogo.source == key)).one_or_none()
    return (found.name, found.width, found.height) if found else None


def _reason(error: OSError | FetchError | ImageRefused) -> str:
    return f"{error.filename}: {error.strerror}" if isinstance(error, OSError) else error.reason
