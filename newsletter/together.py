"""Small writes of many threads in one transaction: the disk is waited for once, and nobody waits in turn.

Made for a database with one writer. Where several write at once, each write is a transaction of its own:
two that hold rows for others would wait for each other.
"""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, TypeVar, cast

from sqlalchemy.exc import DBAPIError

from newsletter.direct import Direct

T = TypeVar("T")
Work = Callable[[Direct], T]


class Together:
    """Does each piece of work as if it were alone: what one raises undoes what that one did, and no more.

    `writing` opens a transaction that is committed when its block ends.
    """

    def __init__(self, writing: Callable[[], AbstractContextManager[Direct]], one_writer: bool) -> None:
        self._writing, self._one_writer = writing, one_writer
        self._waiting: list[_Piece] = []
        self._gathering, self._turn = threading.Lock(), threading.Lock()

    def __call__(self, work: Work[T]) -> T:
        """The result of `work`, once what it wrote is committed. Raises what it or the database raises."""
        if not self._one_writer:
            with self._writing() as direct:
                return work(direct)
        piece = _Piece(work)
        with self._gathering:
            self._waiting.append(piece)
        # Whoever gets the turn does all that has come by then; the others find theirs done.
        with self._turn:
            if not piece.done:
                self._do_all()
        if piece.error is not None:
            raise piece.error
        return cast("T", piece.result)

    def _do_all(self) -> None:
        with self._gathering:
            pieces, self._waiting = self._waiting, []
        if not self._do(pieces):
            # One of them, or the database: alone, each gets its own answer.
            for piece in pieces:
                self._do([piece])

    def _do(self, pieces: "list[_Piece]") -> bool:
        """Do these in one transaction; False if several may have to be done again, one by one."""
        error: BaseException | None = None
        for piece in pieces:
            piece.error = None
        try:
            with self._writing() as direct:
                for piece in pieces:
                    piece.be_done(direct, alone=len(pieces) == 1)
        except BaseException as failure:
            error = failure
        if error is not None and len(pieces) > 1:
            return False
        for piece in pieces:
            piece.done, piece.error = True, piece.error or error
        return True


class _Piece:
    """Work that waits for its transaction, and what came of it."""

    __slots__ = ("done", "error", "result", "work")

    def __init__(self, work: Work[Any]) -> None:
        self.work = work
        self.done = False
        self.error: BaseException | None = None
        self.result: Any = None

    def be_done(self, direct: Direct, alone: bool) -> None:
        """Do it, keeping what it raises; what the database raises goes on, for it ends the transaction.

        Who is alone ends it too, and needs no savepoint.
        """
        if alone:
            self.result = self.work(direct)
            return
        try:
            with direct.undone_if_it_fails():
                self.result = self.work(direct)
        except DBAPIError:
            raise
        except Exception as error:
            self.error = error
