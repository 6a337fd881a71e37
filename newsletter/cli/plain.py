"""What strangers wrote, fit for a terminal: no control character reaches it."""


def plain(text: str) -> str:
    """The text on one line, with a mark in place of what cannot be printed, escape sequences included."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in " ".join(text.split()))
