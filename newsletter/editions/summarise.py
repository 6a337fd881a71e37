"""A story in two or three sentences, taken from its articles' own excerpts."""

import re
from collections.abc import Sequence

from newsletter.editions.central import central
from newsletter.editions.documents import Document
from newsletter.editions.sentences import sentence_ends
from newsletter.editions.words import overlap, stems

LETTERS = 320
SENTENCES = 3
_SAYS_THE_TITLE = 0.8
# One exclamation is no summary: rather cut the sentence after it.
_FEWEST_WORDS = 6
_FEWEST_TEXTS = 2

# What feeds put after an excerpt that is none of it.
_TAIL = re.compile(
    r"\s*(?:"
    r"the post .{1,300} (?:first )?appeared (?:first )?on .{1,200}"
    r"|(?<=[.!?…\])])\s*(?:continue reading|read more|read the full (?:article|story))\s*(?:\.{3}|…|→|»|>+)?"
    r"|\[\s*(?:\.{3}|…)\s*\]"
    r")\s*$",
    re.IGNORECASE,
)


def summarise(
    lead: Document, related: Sequence[Document], letters: int = LETTERS, sentences: int = SENTENCES
) -> str:
    """The lead's excerpt in at most three whole sentences and about 320 characters, or as many as asked.

    A lead without an excerpt is told by its page, in no more than 320 characters whatever was asked: that
    is quoted, not republished. One without either is told by the sentences that its related articles have
    in common, in the order they stand there, else by the first of them that says anything; "" when none does.
    """
    if own := _own_words(lead, letters, sentences):
        return own
    if shared := _shared_words(lead, related, letters, sentences):
        return shared
    told = (_own_words(one, letters, sentences) for one in related)
    return next((words for words in told if words), "")


def _own_words(document: Document, letters: int, sentences: int) -> str:
    text, page = clean(document.excerpt), clean(document.page_text)
    if text and not _only_the_title(text, document.title):
        return shorten(text, letters, sentences)
    if page and not _only_the_title(page, document.title):
        return shorten(page, min(letters, LETTERS), min(sentences, SENTENCES))
    return ""


def _shared_words(lead: Document, related: Sequence[Document], letters: int, sentences: int) -> str:
    """What several related articles say; one alone has nobody to share it with."""
    texts = [clean(one.excerpt) for one in related if one.excerpt]
    if len(texts) < _FEWEST_TEXTS:
        return ""
    chosen = central(texts, [lead.title], sentences)
    whole = " ".join(texts)
    return shorten(" ".join(sorted(chosen, key=whole.find)), letters, sentences)


def clean(excerpt: str) -> str:
    """An excerpt on one line, without the "read more" and the like that feeds append."""
    text = " ".join(excerpt.split())
    while (cut := _TAIL.sub("", text)) != text:
        text = cut
    return text


def shorten(text: str, letters: int, sentences: int = SENTENCES) -> str:
    """The first whole sentences that fit into `letters`; else whole words and an ellipsis."""
    ends = sentence_ends(text[: letters + 2])[:sentences]
    fitting = [end for end in ends if end <= letters]
    if fitting and (fitting[-1] == len(text) or len(stems(text[: fitting[-1]])) >= _FEWEST_WORDS):
        return text[: fitting[-1]]
    if len(text) <= letters:
        return text
    cut = text[: letters - 1]
    if " " in cut and not text[letters - 1].isspace():
        cut = cut.rsplit(" ", 1)[0]
    return cut.rstrip(" ,;:–—-.…") + "…"


def _only_the_title(text: str, title: str) -> bool:
    return len(text) <= len(title) + 20 and overlap(set(stems(text)), set(stems(title))) >= _SAYS_THE_TITLE
