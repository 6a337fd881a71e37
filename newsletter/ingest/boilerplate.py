"""What blog software and newsrooms put behind a summary; the mail has its own link. Pure."""

import re

_POSTS = ("The post", "Der Beitrag", "L'article", "L’article", "La entrada", "L'articolo", "L’articolo")
_POSTS_TOO = ("O post", "Het bericht")
_LEADING_ON = (
    *("Continue reading", "Read more", "Read the full story", "Read the full article", "Read full article"),
    *("Weiterlesen", "Lire la suite", "Seguir leyendo", "Leia mais", "Lees verder", "Continua a leggere"),
)
_BOILERPLATE = re.compile(
    rf" ?(?:(?:{'|'.join(_POSTS + _POSTS_TOO)}) .{{1,300}} "
    r"(?:appeared first on|first appeared on|erschien zuerst auf|est apparu en premier sur"
    r"|(?:se publicó|aparece) primero en|proviene da|apareceu primeiro em|verscheen eerst op) .{1,200}"
    rf"|[\[(]?(?:{'|'.join(_LEADING_ON)})\b.{{0,120}})$",
    re.I,
)
_SIGNS = tuple(words.lower() for words in (*_POSTS, *_POSTS_TOO, *_LEADING_ON))


def without_boilerplate(text: str) -> str:
    """A summary's plain text without them."""
    lower = text.lower()
    # The pattern is tried at every letter: it takes twenty times as long to find nothing.
    if not any(sign in lower for sign in _SIGNS):
        return text.strip()
    return _BOILERPLATE.sub("", text).strip()
