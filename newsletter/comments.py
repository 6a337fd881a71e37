"""What readers write about a story's thread: shown once the operator has let it through.

The seam for the operator's desk: `waiting`, and `decide`.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import zip_longest

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from newsletter.mail.wording import one_line, safe_url
from newsletter.models import Comment, CommentState

LONGEST, LONGEST_NAME = 2000, 60
MOST_LINES = 40
# Of one reader: in an hour, and waiting for the operator.
MOST_AN_HOUR, MOST_WAITING = 5, 10
# On one page, the newest.
MOST_SHOWN = 200
_HOUR = timedelta(hours=1)
# An address within words; the signs that end a sentence are not part of it.
ADDRESS = re.compile(r"https?://[^\s<>\"'()]+[^\s<>\"'().,;:!?]", re.IGNORECASE)


class TooManyComments(Exception):
    """The reader has written enough for now."""


def read_text(typed: str) -> str:
    """A comment as it is kept: plain lines without controls, at most 2,000 characters; "" for nothing."""
    lines = (_line(line) for line in typed[: 4 * LONGEST].splitlines())
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines).strip())
    return "\n".join(text.split("\n")[:MOST_LINES])[:LONGEST] if _says_something(text) else ""


def _line(typed: str) -> str:
    """One line; addresses of the web stay as they are, as far as they lead anywhere."""
    parts = ADDRESS.split(typed)
    addresses = [safe_url(found[0]) for found in ADDRESS.finditer(typed)]
    words = (one_line(part, LONGEST) for part in parts)
    told = [one for pair in zip_longest(words, addresses, fillvalue="") for one in pair if one]
    return " ".join(told)


def _says_something(text: str) -> bool:
    return any(unicodedata.category(sign)[0] in "LNPS" for sign in text)


def read_name(typed: str) -> str:
    """A name to write under, on one line; "" for one without a letter or a digit."""
    name = one_line(typed, LONGEST_NAME)
    return name if any(sign.isalnum() for sign in name) else ""


def write(
    session: Session,
    thread_id: int,
    subscriber_id: int,
    name: str,
    text: str,
    language: str,
    now: datetime,
) -> Comment:
    """Keep a comment for the operator to look at. Raises `TooManyComments`."""
    mine = select(func.count()).select_from(Comment).where(Comment.subscriber_id == subscriber_id)
    waits = session.scalar(mine.where(Comment.state == CommentState.WAITING)) or 0
    lately = session.scalar(mine.where(Comment.at > now - _HOUR)) or 0
    if lately >= MOST_AN_HOUR or waits >= MOST_WAITING:
        raise TooManyComments
    comment = Comment(thread_id=thread_id, subscriber_id=subscriber_id, name=name, text=text)
    comment.language, comment.at, comment.state = language, now, CommentState.WAITING
    session.add(comment)
    session.flush()
    return comment


def about(session: Session, threads: Collection[int], reader: int | None = None) -> Sequence[Comment]:
    """The comments on these threads in the order they came: those shown, and the reader's own that wait."""
    seen = [Comment.state == CommentState.SHOWN]
    if reader is not None:
        seen.append((Comment.subscriber_id == reader) & (Comment.state == CommentState.WAITING))
    newest = (
        select(Comment)
        .where(Comment.thread_id.in_(threads), or_(*seen))
        .order_by(Comment.at.desc(), Comment.id.desc())
        .limit(MOST_SHOWN)
    )
    return list(reversed(session.scalars(newest).all()))


def take_back(session: Session, comment_id: int, subscriber_id: int) -> bool:
    """Erase a reader's own comment; False when it is nobody's, or another's."""
    gone = session.execute(
        delete(Comment).where(Comment.id == comment_id, Comment.subscriber_id == subscriber_id)
    )
    return bool(gone.rowcount)  # type: ignore[attr-defined]


def waiting(
    session: Session, state: CommentState = CommentState.WAITING, most: int = 100
) -> Sequence[Comment]:
    """The comments in this state, the oldest first."""
    return session.scalars(
        select(Comment).where(Comment.state == state).order_by(Comment.at, Comment.id).limit(most)
    ).all()


def decide(session: Session, numbers: Iterable[int], state: CommentState, now: datetime) -> int:
    """Show these comments, or refuse them; how many there were."""
    changed = session.execute(
        update(Comment).where(Comment.id.in_(list(numbers))).values(state=state, decided_at=now)
    )
    return int(changed.rowcount)  # type: ignore[attr-defined]
