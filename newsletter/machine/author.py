"""Getting one text from a model: kept, else asked for within the budget, checked, kept.

Never raises on account of a model: whoever asks gets words that may be printed, or a reason.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import structlog

from newsletter.db import Database
from newsletter.machine import budget as spending
from newsletter.machine import kept
from newsletter.machine.budget import Budget, Tokens
from newsletter.machine.check import RETOLD, SIMPLIFIED, problems
from newsletter.machine.check_translation import translation_problems
from newsletter.machine.client import Client, ModelError
from newsletter.machine.requests import Kind, Nonsense, Request, messages, read_answer, trusted
from newsletter.machine.told import Report, told_by
from newsletter.mail.wording import one_line

# Room for an answer, in tokens; its languages need two to four letters for one.
MOST_TOKENS = 900
_LETTERS_A_TOKEN = 2
LONGEST_SENTENCE = 400

log = structlog.get_logger()
Sentences = dict[str, tuple[str, ...]]
# A sentence and its place in its list; why it may not be printed.
Judge = Callable[[str, int], list[str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model wrote, by the names of its kind; only what passed the check.

    `refused` says of what did not pass why; `failed` why there is no answer at all, and `down` whether
    that is the endpoint's fault, so that asking on would only take time.
    """

    sentences: Sentences
    refused: tuple[str, ...] = ()
    failed: str = ""
    down: bool = False


@dataclass(frozen=True, slots=True)
class Author:
    """A model with its budget and what it wrote so far. May be used by several threads at once."""

    database: Database
    client: Client
    model: str
    budget: Budget
    clock: Callable[[], datetime]

    def write(self, request: Request, seconds: float) -> Answer:
        """The answer to `request`, which takes `seconds` at most."""
        given = (*request.articles, *request.before)
        if not request.articles or trusted(given) != given:
            return Answer({}, failed="a report speaks to machines, not to readers")
        key = request.key(self.model)
        with self.database.read() as session:
            known = kept.kept(session, key)
        if known is not None:
            return _read_kept(known)
        return self._ask(request, key, seconds)

    def _ask(self, request: Request, key: str, seconds: float) -> Answer:
        conversation = messages(request)
        letters = sum(len(one["content"]) for one in conversation)
        reserved = Tokens(letters // _LETTERS_A_TOKEN, MOST_TOKENS)
        day = self.clock().date()
        with self.database.write() as session:
            if not spending.reserve(session, day, self.budget, reserved):
                return Answer({}, failed="the day's budget is spent", down=True)
        used, said, failure = Tokens(0, 0), "", None
        try:
            reply = self.client.ask(conversation, MOST_TOKENS, seconds)
            said = reply.text
            used = Tokens(_or(reply.read, reserved.read), _or(reply.written, reserved.written))
        except ModelError as error:
            log.warning("model gave no answer", kind=request.kind, reason=str(error), retry=error.retry)
            failure = Answer({}, failed=str(error), down=True)
        answer = failure or checked(request, said)
        self._note(request, key, day, (reserved, used), answer)
        return answer

    def _note(
        self, request: Request, key: str, day: date, tokens: tuple[Tokens, Tokens], answer: Answer
    ) -> None:
        with self.database.write() as session:
            spending.settle(session, day, self.budget, *tokens)
            if answer.refused or (answer.failed and not answer.down):
                spending.note_refusal(session, day)
            if not answer.down:
                text = {"sentences": answer.sentences, "refused": answer.refused, "failed": answer.failed}
                kept.keep(session, key, request.kind, self.model, request.language, text, self.clock())


def checked(request: Request, said: str) -> Answer:
    """What of a model's answer may be printed: lists whose every sentence passes; of points, those."""
    try:
        lists = read_answer(request.kind, said)
    except Nonsense as error:
        return Answer({}, failed=str(error))
    judge = _translation_judge(request) if request.kind is Kind.TRANSLATE else _judge(request)
    passed: Sentences = {}
    refused: list[str] = []
    for name, sentences in lists.items():
        judged = [(one, judge(one, place)) for place, one in enumerate(sentences)]
        refused += [f"{'; '.join(reasons)}: {one_line(one, 120)}" for one, reasons in judged if reasons]
        good = tuple(one_line(one, LONGEST_SENTENCE) for one, reasons in judged if not reasons)
        whole = len(good) == len(sentences) == (len(request.sentences) or len(sentences))
        if good and (whole or name == "key_points"):
            passed[name] = good
    return Answer(passed, tuple(refused))


def _judge(request: Request) -> Judge:
    told = told_by(Report(f"{one.title}\n{one.text}", one.language) for one in request.articles)
    retold = SIMPLIFIED if request.kind is Kind.EXPLAIN else RETOLD
    return lambda sentence, _place: _length(sentence) or problems(sentence, told, request.language, retold)


def _translation_judge(request: Request) -> Judge:
    originals, written = request.sentences, request.articles[0].language

    def judge(sentence: str, place: int) -> list[str]:
        original = originals[place] if place < len(originals) else ""
        return translation_problems(sentence, original, request.language, written)

    return judge


def _length(sentence: str) -> list[str]:
    return ["it is too long"] if len(sentence) > LONGEST_SENTENCE else []


def _or(count: int | None, estimate: int) -> int:
    return estimate if count is None else count


def _read_kept(known: dict[str, Any]) -> Answer:
    lists = {str(name): tuple(map(str, told)) for name, told in dict(known.get("sentences", {})).items()}
    return Answer(lists, tuple(map(str, known.get("refused", []))), str(known.get("failed", "")))
