"""What readers have read already: a printed story comes again only when it moved."""

from collections.abc import Sequence
from datetime import datetime

from newsletter.editions.alike import same_title
from newsletter.editions.documents import Document, Group, PrintedStory
from newsletter.editions.novelty import facts_of, same_text, says_new, what_is_new


def keep_news(
    groups: Sequence[Sequence[Document]],
    follows: Sequence[PrintedStory | None],
    since: datetime | None,
) -> list[Group]:
    """Drop what earlier editions printed; keep a printed story that moved as its continuation.

    `follows` gives each group the printed story it goes on with; `since` is the moment up to which the
    last edition had its news, None before the first. A printed story moved when an article published
    after `since` tells names, numbers or statements that were not printed; only such articles are kept,
    with what is new in one or two of their sentences, and groups that follow one story become one. Any
    other group is kept when one of its articles came after `since`: the rest had its chance.
    """
    kept: list[Group] = []
    moved: dict[int, tuple[PrintedStory, list[Document]]] = {}
    for documents, story in zip(groups, follows, strict=True):
        if story is None:
            if any(_came_after(one, since) for one in documents):
                kept.append(Group(tuple(documents)))
        else:
            news = moved.setdefault(story.story_id, (story, []))[1]
            news.extend(one for one in documents if _moves(one, story, since))
    return kept + [_continuation(story, documents) for story, documents in moved.values() if documents]


def _continuation(story: PrintedStory, documents: Sequence[Document]) -> Group:
    newest_first = sorted(documents, key=lambda one: (one.published_at, one.article_id), reverse=True)
    return Group(tuple(documents), story.story_id, what_is_new(newest_first, facts_of(story.documents)))


def _moves(document: Document, story: PrintedStory, since: datetime | None) -> bool:
    """Whether the document is later than what was printed, none of it again, and says something new.

    Its address, its guid and its date prove nothing: feeds change them for articles that stay the same.
    """
    if since is not None and document.published_at <= since:
        return False
    if any(_is_again(document, old) for old in story.documents):
        return False
    return says_new(document, facts_of(story.documents))


def _is_again(document: Document, old: Document) -> bool:
    return document.article_id == old.article_id or same_title(document, old) or same_text(document, old)


def _came_after(document: Document, since: datetime | None) -> bool:
    return since is None or max(document.first_seen_at, document.published_at) > since
