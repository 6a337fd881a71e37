"""Foreign words made fit to print: one visible line, cut at a word, linked only to the web."""

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

LONGEST_URL = 2048

# Marks that reorder the text around them, unclosed ones for good. `dir="auto"` does their work.
_REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_SKIN_TONES = frozenset(map(chr, range(0x1F3FB, 0x1F400)))
_JOINER = "\u200d"
_MOST_MARKS = 4
_GAP = re.compile(r"\s+")
# French sets its colons and question marks after them: no line begins with one.
NO_BREAK = "\u00a0\u2007\u202f"
# What makes words a link to a mail client, an address pretend to be another (www.bank@evil), and a
# control out of harmless signs (%0a).
_LINKING = re.compile(r"https?:[/\\]*+(?=\S)|\bwww\.(?=[^\s@]*@)|%0[0-9a-f]", re.I)
# A checksum, a tracking number: long, and full of digits.
_SERIAL = re.compile(r"\b(?=(?:[A-Za-z]*[0-9]){6})([A-Za-z0-9]{12})[A-Za-z0-9]{12,}\b")
# Where a headline may end early: before a colon, a dash, a comma or the like.
_CLAUSE = re.compile(r"[:;,](?=\s)|\s[–—|-](?=\s)")
# The beginning of a tag that nothing ends: filters read on for its end in the words that follow.
_UNCLOSED = re.compile(r"(?<!\w)<(?=[A-Za-z/!])(?![^<>]*>)")
_EXCLAMATION = re.compile(r"\s?!|¡")
_RUN = re.compile(r"([!?])[!?]+")
# From this share of capitals on, a headline shouts.
_MOSTLY = 0.8
_FEWEST_CAPITALS = 10
# RFC 3986, section 2: what may stand in an address as it is; everything else is percent-encoded.
_URL_CHARACTERS = "%:/?#[]@!$&'()*+,;=-._~"


def one_line(text: str, limit: int) -> str:
    """`text` as one line of at most `limit` visible characters: no controls, no reordering marks.

    Bytes that were no characters are dropped, piles of combining marks flattened, letters dressed up as
    mathematics written plainly. Addresses are told without their scheme: links are ours to make, and what
    stands in a feed's words stays words. What only machines read is shortened as programmers do.
    """
    begun = text[: limit * 8]
    if not (begun.isascii() and begun.isprintable()):
        begun = "".join(_visible(begun))
    begun = _SERIAL.sub(r"\1…", _GAP.sub(_one_space, _unlinked(begun)))
    return _UNCLOSED.sub("", cut(begun.strip(), limit))


def cut(text: str, limit: int) -> str:
    """`text`, or its beginning up to a word's end and an ellipsis, `limit` characters together."""
    if len(text) <= limit:
        return text
    end = limit - 1
    space = text.rfind(" ", 0, end + 1)
    if space >= limit // 2:
        end = space
    while end > 0 and _inside_character(text, end):
        end -= 1
    return text[:end].rstrip(f" {NO_BREAK},;:–-") + "…"


def cut_headline(text: str, limit: int) -> str:
    """A headline of at most `limit` characters: whole, or up to the end of a clause, or of a word."""
    if len(text) <= limit:
        return text
    ends = [found.start() for found in _CLAUSE.finditer(text, limit * 3 // 5, limit)]
    return text[: ends[-1]].rstrip() + "…" if ends else cut(text, limit)


def calm(text: str) -> str:
    """`text` without shouting: not all in capitals, no runs of marks.

    One or two words in capitals are names (NASA, IBM); of more, a sentence is made.
    """
    quiet = _RUN.sub(r"\1", text)
    if sum(map(str.isupper, quiet)) < _FEWEST_CAPITALS:
        return quiet
    letters = [letter for letter in quiet if letter.isalpha() and letter.lower() != letter.upper()]
    capitals = sum(letter.isupper() for letter in letters)
    if len(quiet.split()) < 3 or capitals < _MOSTLY * len(letters):
        return quiet
    first = next(place for place, letter in enumerate(quiet) if letter.isalpha())
    return quiet[: first + 1] + quiet[first + 1 :].lower()


def level(subject: str) -> str:
    """A subject that does not both ask and exclaim: filters take that for advertising."""
    return _EXCLAMATION.sub("", subject) if "?" in subject else subject


def safe_url(url: str) -> str:
    """The address in ASCII when it leads to the web (http or https), else an empty string."""
    printable = "".join(letter for letter in url.strip() if letter.isprintable())
    try:
        parts = urlsplit(printable)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return ""
        encoded = quote(printable, safe=_URL_CHARACTERS)
    except ValueError:
        return ""
    return encoded if len(encoded) <= LONGEST_URL else ""


def _one_space(gap: re.Match[str]) -> str:
    return gap[0] if gap[0] in NO_BREAK else " "


def _unlinked(text: str) -> str:
    while (words := _LINKING.sub("", text)) != text:
        text = words
    return text


def _visible(text: str) -> Iterator[str]:
    marks = 0
    for letter in text:
        category = unicodedata.category(letter)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if category == "Cc":
            yield " "
        elif category not in ("Cs", "Cn") and letter not in _REORDERING and marks <= _MOST_MARKS:
            yield _plain(letter)


def _plain(letter: str) -> str:
    """A letter in a mathematician's bold or script, which screen readers spell out, as itself."""
    if unicodedata.decomposition(letter).startswith("<font>"):
        return unicodedata.normalize("NFKC", letter)
    return letter


def _inside_character(text: str, place: int) -> bool:
    """Whether a cut at `place` would part an accent from its letter or an emoji from its other half."""
    after = text[place]
    joined = unicodedata.category(after) in ("Mn", "Me") or after in _SKIN_TONES
    return joined or _JOINER in (after, text[place - 1])
