"""What a model says to readers of one story: in simple words, to a question, in another language.

It is asked in the language of the reports, where the answer can be held against them, and translated
after that where the page speaks another.
"""

from dataclasses import dataclass

from newsletter.machine.author import Author
from newsletter.machine.requests import Article, Kind, Request
from newsletter.machine.stored import StoredStory, story_articles

# Sentences in a paragraph.
PARAGRAPH = 3


@dataclass(frozen=True, slots=True)
class MachineWords:
    """What a model wrote: plain text in paragraphs, and the model's name."""

    paragraphs: tuple[str, ...]
    model: str


@dataclass(frozen=True, slots=True)
class StoryMachine:
    """The model, as the pages of stories use it: see `newsletter.web.machine.Machine`."""

    author: Author
    seconds: float

    def explain(self, story_id: int, language: str) -> MachineWords | None:
        """The story in simple words."""
        told = self._read(story_id)
        return self._say(Request(Kind.EXPLAIN, told.language, told.articles), language) if told else None

    def answer(self, story_id: int, language: str, question: str) -> MachineWords | None:
        """An answer to a reader's question, from the story's reports alone."""
        told = self._read(story_id)
        if told is None:
            return None
        return self._say(Request(Kind.ANSWER, told.language, told.articles, question=question), language)

    def translate(self, story_id: int, language: str) -> MachineWords | None:
        """Headline, summary and key points in the reader's language."""
        told = self._read(story_id)
        return self._translated(told.printed, told.articles, language) if told else None

    def _say(self, request: Request, language: str) -> MachineWords | None:
        said = self.author.write(request, self.seconds).sentences.get("sentences")
        if not said:
            return None
        if request.language == language:
            return MachineWords(_paragraphs(said), self.author.model)
        return self._translated(said, request.articles, language)

    def _translated(
        self, sentences: tuple[str, ...], articles: tuple[Article, ...], language: str
    ) -> MachineWords | None:
        request = Request(Kind.TRANSLATE, language, articles[:1], sentences=sentences)
        said = self.author.write(request, self.seconds).sentences.get("sentences")
        return MachineWords(said, self.author.model) if said else None

    def _read(self, story_id: int) -> StoredStory | None:
        """The transaction is over before the model is asked."""
        with self.author.database.read() as session:
            return story_articles(session, story_id)


def _paragraphs(sentences: tuple[str, ...]) -> tuple[str, ...]:
    """A few sentences each."""
    places = range(0, len(sentences), PARAGRAPH)
    return tuple(" ".join(sentences[start : start + PARAGRAPH]) for start in places)
