"""Which of a feed's entries are new, which changed, and which we have: decided purely, written elsewhere.

The same guid in the same source, or the same canonical address anywhere, is one article. Copies of
one text under several addresses are found by `near`.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from newsletter.ingest.entries import NormalisedEntry

# Some feeds give every entry the same guid: shared by so many addresses, it names nothing.
_GUID_SHARED_BY = 3


@dataclass(frozen=True, slots=True)
class KnownArticle:
    """A stored article that a feed's entry may be about.

    `guid` and `seen_url` are what this source's feed last knew it by, None if it does not stand there
    yet. `own` tells that this source brought it first: only then may its feed change it. `canonical_url`
    may be what the article's page says, which its feed need not know.
    """

    article_id: int
    url: str
    canonical_url: str
    content_hash: str
    guid: str | None = None
    own: bool = True
    seen_url: str | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """An entry and the stored article it is about."""

    article_id: int
    entry: NormalisedEntry


@dataclass(frozen=True, slots=True)
class Changes:
    """What a reading of a feed means for the store; every match is also a sighting.

    `churned` counts the matches whose guid is another one than last time, at the same address.
    """

    new: tuple[NormalisedEntry, ...] = ()
    changed: tuple[Match, ...] = ()
    seen: tuple[Match, ...] = ()
    churned: int = 0

    def with_copies(self, copies: Sequence[Match]) -> "Changes":
        """The same with some of the new entries known as copies of stored articles."""
        if not copies:
            return self
        copied = {id(match.entry) for match in copies}
        rest = tuple(entry for entry in self.new if id(entry) not in copied)
        return replace(self, new=rest, seen=(*self.seen, *copies))


def plan_changes(entries: Iterable[NormalisedEntry], known: Sequence[KnownArticle]) -> Changes:
    """Sort one source's entries, in the feed's order, into new, changed and seen ones.

    Of several entries that are the same article, the first counts: feeds put the newest first.
    An edited entry that takes over another article's address keeps its own.
    """
    by_guid = {article.guid: article for article in known if article.guid is not None}
    by_url = {article.seen_url: article for article in known if article.seen_url is not None}
    by_url |= {article.canonical_url: article for article in known}
    taken = {article.canonical_url for article in known}
    matched: set[int] = set()
    new: list[NormalisedEntry] = []
    changed: list[Match] = []
    seen: list[Match] = []
    churned = 0
    for entry in collapse(entries):
        article = by_guid.get(entry.guid) or by_url.get(entry.canonical_url) or by_url.get(entry.url)
        if article is None:
            if entry.canonical_url not in taken:
                taken.add(entry.canonical_url)
                new.append(entry)
        elif article.article_id not in matched:
            matched.add(article.article_id)
            churned += article.guid not in (None, entry.guid)
            entry = _with_free_address(entry, article, taken)
            (changed if _is_edited(entry, article) else seen).append(Match(article.article_id, entry))
    return Changes(tuple(new), tuple(changed), tuple(seen), churned)


def collapse(entries: Iterable[NormalisedEntry]) -> list[NormalisedEntry]:
    """One entry an article, the first of each, whether guid or address gives them away."""
    guids: set[str] = set()
    urls: set[str] = set()
    kept = []
    for entry in _with_telling_guids(list(entries)):
        if entry.guid not in guids and entry.canonical_url not in urls:
            kept.append(entry)
        guids.add(entry.guid)
        urls.add(entry.canonical_url)
    return kept


def _with_telling_guids(entries: list[NormalisedEntry]) -> list[NormalisedEntry]:
    """The entries, with the address for a guid where the feed's own guid is on different articles.

    The same title at two addresses is one article that moved.
    """
    urls: dict[str, set[str]] = defaultdict(set)
    titles: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        urls[entry.guid].add(entry.canonical_url)
        titles[entry.guid].add(entry.title)
    empty = {
        guid
        for guid, shared in urls.items()
        if len(shared) >= _GUID_SHARED_BY or 1 < len(shared) == len(titles[guid])
    }
    return [replace(entry, guid=entry.canonical_url) if entry.guid in empty else entry for entry in entries]


def _is_edited(entry: NormalisedEntry, article: KnownArticle) -> bool:
    told = (entry.content_hash, entry.canonical_url)
    return article.own and told != (article.content_hash, article.canonical_url)


def _with_free_address(entry: NormalisedEntry, article: KnownArticle, taken: set[str]) -> NormalisedEntry:
    """`entry` at its own address if nobody else has it, else at the one the article already has.

    Where it stands at the address of last time, what the article is known by stays: its page may have
    told a better one.
    """
    if entry.canonical_url == article.canonical_url:
        return entry
    if entry.url == article.seen_url:
        return replace(entry, canonical_url=article.canonical_url)
    if entry.canonical_url in taken:
        return replace(entry, url=article.url, canonical_url=article.canonical_url)
    taken.add(entry.canonical_url)
    return entry
