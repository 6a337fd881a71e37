"""What readers have read already: a printed story comes again only when it moved."""

from collections.abc import Sequence
from datetime import datetime

from newsletter.editions.alike import same_title
from newsletter.editions.documents import Document, Group, PrintedStory
from newsletter.editions.words import stems

# A later report moves a story when at least this share of its words was not printed before.
NEW_WORDS = 0.3


def keep_news(
    groups: Sequence[Sequence[Document]],
    follows: Sequence[PrintedStory | None],
    since: datetime | None,
) -> list[Group]:
    """Drop what earlier editions printed; keep a printed story that moved as its continuation.

    `follows` gives each group the printed story it goes on with; `since` is the moment up to which the
    last edition had its news, None before the first. A printed story moved when an article published
    after `since` says something new; only such articles are kept, and groups that follow one story
    become one. Any other group is kept when one of its articles came after `since`: the rest had its
    chance.
    """
    kept: list[Group] = []
    moved: dict[int, list[Document]] = {}
    for documents, story in zip(groups, follows, strict=True):
        if story is None:
            if any(_came_after(one, since) for one in documents):
                kept.append(Group(tuple(documents)))
        else:
            moved.setdefault(story.story_id, []).extend(one for one in documents if _moves(one, story, since))
    return kept + [Group(tuple(documents), story_id) for story_id, documents in moved.items() if documents]


def _moves(document: Document, story: PrintedStory, since: datetime | None) -> bool:
    if since is not None and document.published_at <= since:
        return False
    if any(document.article_id == old.article_id or same_title(document, old) for old in story.documents):
        return False
    before = {word for old in story.documents for word in stems(f"{old.title} {old.excerpt}")}
    words = set(stems(f"{document.title} {document.excerpt}"))
    return len(words - before) >= NEW_WORDS * len(words)


def _came_after(document: Document, since: datetime | None) -> bool:
    return since is None or max(document.first_seen_at, document.published_at) > since
