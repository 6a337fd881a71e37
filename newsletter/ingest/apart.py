"""Articles of one feed that share an address, told apart by what else the feed says of them. Pure."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace

from newsletter.ingest.entries import NormalisedEntry

# An address that so many different articles of one feed share names none of them.
_SHARED_BY = 3


def tell_apart(
    entries: Sequence[NormalisedEntry], front_pages: Collection[str | None]
) -> tuple[NormalisedEntry, ...]:
    """The entries, with a canonical address of its own for each that is an article of its own.

    Episodes that all link to the front page, or to one page, are known by their guid as well; notes on
    one page by their fragment, where their guids differ too. `front_pages` are canonical addresses.
    """
    sharing: dict[str, list[NormalisedEntry]] = defaultdict(list)
    for entry in entries:
        sharing[entry.canonical_url].append(entry)
    return tuple(_apart(entry, sharing[entry.canonical_url], front_pages) for entry in entries)


def _apart(
    entry: NormalisedEntry, sharing: Sequence[NormalisedEntry], front_pages: Collection[str | None]
) -> NormalisedEntry:
    page, own_guid = entry.canonical_url, entry.guid not in (entry.canonical_url, entry.url)
    if page in front_pages:
        return replace(entry, canonical_url=f"{page}#{_short(entry.guid)}") if own_guid else entry
    if len(sharing) == 1:
        return entry
    fragment = entry.url.partition("#")[2]
    alike = [one for one in sharing if one.url.partition("#")[2] == fragment]
    if fragment and len({one.guid for one in sharing}) > 1 and len(alike) < len(sharing):
        return replace(entry, canonical_url=f"{page}#{_short(fragment)}")
    if own_guid and min(len({one.guid for one in alike}), len({one.title for one in alike})) >= _SHARED_BY:
        return replace(entry, canonical_url=f"{page}#{_short(entry.guid)}")
    return entry


def _short(told: str) -> str:
    return hashlib.sha256(told.encode()).hexdigest()[:16]
