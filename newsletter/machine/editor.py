"""What a model writes of an edition while it closes: asked before it is stored, within a bounded time.

No transaction is open while a model thinks. What is late, refused or too dear is told in the articles' own
words; one answer that does not come because the endpoint is down ends the asking for the whole round.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.editions.build import EditionPlan
from newsletter.editions.documents import Document, EditionWords, RankedStory, StoryWords
from newsletter.editions.summarise import clean, summarise
from newsletter.machine.author import Answer, Author
from newsletter.machine.requests import REPORT_LETTERS, Article, Kind, Request
from newsletter.models import StoryArticle, Topic

# All editions of one round together wait for a model no longer than this.
ROUND_SECONDS = 40.0
# Questions on their way at a time.
AT_ONCE = 4
# A day of one or two stories needs no telling.
FEWEST_FOR_BRIEF = 3
# With less time there is no use in asking.
_LEAST_SECONDS = 1.0

log = structlog.get_logger()
Edit = Callable[[EditionPlan], EditionWords]


def unedited(_plan: EditionPlan) -> EditionWords:
    """For an installation without a model."""
    return EditionWords()


@dataclass(slots=True)
class Editor:
    """Has the editions of one round written; `call_seconds` bounds each question."""

    author: Author
    call_seconds: float
    round_seconds: float = ROUND_SECONDS
    _down: bool = False

    def __call__(self, plan: EditionPlan) -> EditionWords:
        """What the model wrote of the planned edition, as far as it passed. Raises database errors."""
        started = time.monotonic()
        end = started + self.round_seconds
        with self.author.database.read() as session:
            requests = story_requests(session, plan)
        answers = self._ask_all(list(requests.values()), end)
        stories = {
            lead: words for lead, words in zip(requests, map(self._words, answers), strict=True) if words
        }
        brief = self._brief(plan, stories, end)
        self.round_seconds -= time.monotonic() - started
        log.info("edition edited", topic=plan.topic_id, asked=len(requests), written=len(stories))
        return EditionWords(stories, brief, self.author.model if brief else "")

    def _ask_all(self, requests: Sequence[Request], end: float) -> list[Answer]:
        with ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="model") as pool:
            return list(pool.map(lambda one: self._ask(one, end), requests))

    def _ask(self, request: Request, end: float) -> Answer:
        seconds = min(self.call_seconds, end - time.monotonic())
        if self._down or seconds < _LEAST_SECONDS:
            return Answer({}, failed="there was no time left", down=True)
        answer = self.author.write(request, seconds)
        self._down = self._down or answer.down
        return answer

    def _words(self, answer: Answer) -> StoryWords | None:
        """A story's words; points and news alone would not say who tells the rest."""
        told = answer.sentences
        if "summary" not in told:
            return None
        news = " ".join(told.get("news", ()))
        return StoryWords(" ".join(told["summary"]), self.author.model, told.get("key_points", ()), news)

    def _brief(self, plan: EditionPlan, written: dict[int, StoryWords], end: float) -> str:
        if len(plan.stories) < FEWEST_FOR_BRIEF:
            return ""
        with self.author.database.read() as session:
            language = session.get_one(Topic, plan.topic_id).language
        articles = tuple(_printed(story, written, language) for story in plan.stories)
        answer = self._ask(Request(Kind.BRIEF, language, articles), end)
        return " ".join(answer.sentences.get("brief", ()))


def story_requests(session: Session, plan: EditionPlan) -> dict[int, Request]:
    """What is asked of each of an edition's stories, by the article that leads it."""
    language = session.get_one(Topic, plan.topic_id).language
    return {
        story.lead.article_id: Request(
            Kind.STORY,
            language,
            tuple(_article(one, language) for one in (story.lead, *story.related)),
            before=_before(session, story.continues, language),
        )
        for story in plan.stories
    }


def _article(document: Document, language: str) -> Article:
    text = clean(document.excerpt)
    page = clean(document.page_text)
    told = page if len(page) > len(text) else text
    return Article(document.source, document.title, told[:REPORT_LETTERS], document.language or language)


def _before(session: Session, story_id: int | None, language: str) -> tuple[Article, ...]:
    """The reports that readers of the story's last edition saw."""
    if story_id is None:
        return ()
    rows = session.scalars(
        select(StoryArticle).where(StoryArticle.story_id == story_id).order_by(StoryArticle.position)
    )
    return tuple(Article(one.source_name, one.title, clean(one.excerpt), language) for one in rows)


def _printed(story: RankedStory, written: dict[int, StoryWords], language: str) -> Article:
    words = written.get(story.lead.article_id)
    told = words.summary if words else summarise(story.lead, story.related)
    return Article(story.lead.source, story.lead.title, told, story.lead.language or language)


def editor_of(author: Author | None, call_seconds: float) -> Edit:
    """Who edits a round of editions."""
    return Editor(author, call_seconds) if author else unedited
