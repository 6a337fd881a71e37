"""The one way a move fails."""


class MoveFailed(Exception):
    """Nothing was moved and the old database is unchanged; the text says why and what to do."""


def said(error: BaseException | None) -> str:
    """What a database said, in one line. For the operator's eyes: it may name an address."""
    return " ".join(str(error).split())
