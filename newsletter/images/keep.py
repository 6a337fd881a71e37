"""Our copies of pictures in the database: kept once whoever wants them, and let go when they are old."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from newsletter.images.reencode import ImageCopy
from newsletter.models import Image, KeptLogo, Story


def keep(session: Session, copies: Iterable[ImageCopy], now: datetime) -> None:
    """Store copies; of one that is there already only note that it is wanted again."""
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert(Image)
    upsert = insert.on_conflict_do_update(
        index_elements=[Image.name], set_={"used_at": insert.excluded.used_at}
    )
    # In order of name, so that two closers of editions wait for each other, never in a knot.
    for copy in sorted(copies, key=lambda copy: copy.name):
        values = {"name": copy.name, "width": copy.width, "height": copy.height, "body": copy.body}
        session.execute(upsert, values | {"used_at": now})


def let_go(session: Session, now: datetime, after: timedelta) -> int:
    """Delete the copies that no edition of the time `after` wanted, but for logos; how many.

    Their stories stay, without a picture.
    """
    old = select(Image.name).where(
        Image.used_at < now - after, Image.name.not_in(select(KeptLogo.image_name))
    )
    names = session.scalars(old).all()
    if names:
        session.execute(update(Story).where(Story.image_name.in_(names)).values(image_name=None))
        session.execute(delete(Image).where(Image.name.in_(names)))
    return len(names)
