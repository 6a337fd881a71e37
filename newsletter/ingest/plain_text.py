"""Hostile or sloppy HTML to plain text, and plain text to fitting lengths."""

import html
import re
import unicodedata

import nh3

ELLIPSIS = "…"

# What counts as a tag. In a title like "vector<int> explained" the angle brackets are words.
_OTHER_TAGS = """
    audio base big blink body button canvas embed fieldset font form frame frameset head html iframe input
    label legend link main marquee math meta nobr noindex noscript object option param picture script select
    source style svg template textarea title track video xml xmp
"""
_NAMES = "|".join(sorted(nh3.ALLOWED_TAGS.union(_OTHER_TAGS.split())))
_NOT_A_TAG = re.compile(rf"<(?!/?(?:{_NAMES}|[a-z]+:[a-z]+)(?![\w-])|!--|!doctype|!\[CDATA\[|\?xml)", re.I)
# Where one block ends and the next begins, words must not run together.
_BLOCK = re.compile(
    r"<(?=/?(?:p|div|br|hr|li|ul|ol|dl|dt|dd|tr|td|th|table|h[1-6]|blockquote|pre|section|article|figure"
    r"|figcaption|header|footer|aside)\b)",
    re.I,
)
# Characters nobody sees: soft hyphens, zero widths, direction overrides, tags, private use, half pairs.
# The joiners of Indic and Arabic scripts and of emoji (U+200C, U+200D) stay: writing needs them.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff\ue000-\uf8ff\ufeff"
    "\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_SENTENCE_END = re.compile(r"[.!?。！？…][\"'”’»)\]]*(?=\s|$)|[。！？]")
# Markup that was escaped several times over is revealed one layer at a time.
_LAYERS = 6
# Made once: making it takes longer than cleaning a headline.
_WORDS_ALONE = nh3.Cleaner(tags=set())


def plain_text(markup: str) -> str:
    """The words of a piece of HTML on one line: no tags, no control, invisible or direction characters."""
    text = clean_line(markup)
    for _layer in range(_LAYERS):
        stripped = clean_line(_strip(text))
        if stripped == text:
            return text
        text = stripped
    return clean_line(text.replace("<", " "))


def protect_words(markup: str) -> str:
    """Escape angle brackets that open no tag of HTML, so that sanitising does not take them for one."""
    return _NOT_A_TAG.sub("&lt;", markup)


def without_hidden(text: str) -> str:
    """`text` without characters that nobody sees or no database stores; line ends and tabs stay."""
    return _seen(text).replace("\x00", "")


def clean_line(text: str) -> str:
    """One line of visible characters in Unicode's composed form."""
    visible = _seen(text)
    if not visible.isprintable():
        visible = _CONTROL.sub(" ", visible)
    return " ".join(unicodedata.normalize("NFC", visible).split())


def _seen(text: str) -> str:
    # ASCII holds none of them, and looking for them in each text is a tenth of reading a feed.
    return text if text.isascii() else _INVISIBLE.sub("", text)


def cut_at_word(text: str, limit: int) -> str:
    """`text`, at most `limit` characters long; what is cut ends at a word, with an ellipsis."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    if not text[limit - 1].isspace():
        # Scripts without spaces, and endless words, are cut where they stand.
        shorter = " ".join(head.rsplit(None, 1)[:1])
        head = shorter if len(shorter) > limit // 2 else head
    return head.rstrip(" ,;:-–—") + ELLIPSIS


def cut_at_sentence(text: str, limit: int) -> str:
    """`text`, at most `limit` characters long: whole sentences if they fill half of it, else words."""
    if len(text) <= limit:
        return text
    ends = [match.end() for match in _SENTENCE_END.finditer(text, 0, limit)]
    if ends and ends[-1] >= limit // 2:
        return text[: ends[-1]]
    return cut_at_word(text, limit)


def _strip(text: str) -> str:
    if "<" in text:
        text = _WORDS_ALONE.clean(_BLOCK.sub(" <", protect_words(text)))
    return html.unescape(text) if "&" in text else text
