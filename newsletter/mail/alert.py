"""What the operator is told: what happened, what it means, what to do. Values in, words out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from newsletter.mail.alert_sign_ups import sign_ups, sign_ups_over
from newsletter.mail.alert_words import Ended, Facts, Lines, Raised, Words, step
from newsletter.mail.languages import translations
from newsletter.mail.wording import cut, one_line, safe_url

# More of one kind at once have one cause, and a list nobody reads tells no more than its number.
MOST_NAMED = 15
LONGEST_SAID = 300
_LONGEST_NAME = 80


class AlertKind(StrEnum):
    FEEDS = "feeds"
    HABITS = "habits"
    EDITIONS = "editions"
    COMPLAINTS = "complaints"
    SENDING = "sending"
    SIGN_UPS = "sign_ups"


@dataclass(frozen=True, slots=True)
class Alert:
    """One kind of trouble, with the facts of each case; or, with `over`, that these cases have ended.

    Facts by kind: feeds `name`, `url`, `since`, `said`; habits `name`, `url`, `change` (stopped, drought,
    flood), `since`, `daily`, `usual`; editions `topic`, `date`, `stories`, `usual`;
    complaints `complaints`, `mails`; sending `waiting`, `since`, `said`;
    sign_ups `since`, `limit`. Instants and dates as ISO 8601.
    """

    kind: AlertKind
    cases: Sequence[Facts]
    over: bool = False


def alert_values(alert: Alert, zone: str, language: str) -> dict[str, Any]:
    """What the templates of `alert` place: `title`, `happened` and `remedy` (lines), `meaning`.

    Times are in the IANA zone `zone`.
    """
    words = Words(translations(language), language, ZoneInfo(zone))
    if alert.over:
        title, happened, meaning = _OVER[alert.kind](words, alert.cases)
        return {"title": title, "happened": happened, "meaning": meaning, "remedy": []}
    title, happened, meaning, remedy = _RAISED[alert.kind](words, alert.cases)
    return {"title": title, "happened": happened, "meaning": meaning, "remedy": remedy}


def _lines(words: Words, cases: Sequence[Facts], line: Callable[[Words, Facts], str]) -> Lines:
    """A line a case, with the address it is about; how many more there are, when there are too many."""
    found = [{"text": line(words, case), "url": safe_url(case.get("url", ""))} for case in cases[:MOST_NAMED]]
    rest = len(cases) - len(found)
    if rest:
        found.append({"text": words.many("And %(number)s more.", "And %(number)s more.", rest), "url": ""})
    return found


def _feeds(words: Words, cases: Sequence[Facts]) -> Raised:
    title = words.many("%(number)s feed has died", "%(number)s feeds have died", len(cases))
    meaning = words(
        "Nothing new comes in from there. Topics that live on it grow thin. It is tried again once a day,"
        " and goes on by itself when it answers."
    )
    remedy = [
        step(words("See how all feeds are doing:"), "newsletter source list --sick"),
        step(
            words("Open the dead feed's address in a browser. If its site has moved it, find the new one:"),
            "newsletter source discover URL",
        ),
    ]
    return title, _lines(words, cases, _dead_feed), meaning, remedy


def _dead_feed(words: Words, case: Facts) -> str:
    said = one_line(case["said"], LONGEST_SAID) or words("no answer")
    return words(
        "%(name)s: no success since %(since)s; the last attempt said: %(said)s",
        name=_name(case["name"]),
        since=words.moment(case["since"]),
        said=said,
    )


def _habits(words: Words, cases: Sequence[Facts]) -> Raised:
    title = words.many("%(number)s feed left its habit", "%(number)s feeds left their habits", len(cases))
    meaning = words(
        "It still answers. Its publisher may have moved it, given it up, or filled it anew. Topics that live"
        " on it grow thin, or it crowds out others."
    )
    remedy = [
        step(words("See what it did, and what it is used to:"), "newsletter source show URL"),
        step(
            words("Open its site in a browser. If there is another feed by now, find it:"),
            "newsletter source discover URL",
        ),
    ]
    return title, _lines(words, cases, _changed_habit), meaning, remedy


def _changed_habit(words: Words, case: Facts) -> str:
    name = _name(case["name"])
    if case["change"] == "stopped":
        since = words.moment(case["since"])
        return words("%(name)s: nothing new since %(since)s, far longer than usual", name=name, since=since)
    daily, usual = words.number(case["daily"]), words.number(case["usual"])
    return words("%(name)s: %(daily)s new a day; usually %(usual)s", name=name, daily=daily, usual=usual)


def _editions(words: Words, cases: Sequence[Facts]) -> Raised:
    title = words.many("%(number)s edition is thin", "%(number)s editions are thin", len(cases))
    meaning = words(
        "Its readers get far less than they are used to, or nothing. Either the day is quiet, or feeds have"
        " stopped bringing articles."
    )
    remedy = [
        step(words("See which of the topic's feeds brought nothing lately:"), "newsletter source list"),
        step(words("See what the edition holds:"), "newsletter edition show TOPIC"),
    ]
    return title, _lines(words, cases, _thin_edition), meaning, remedy


def _thin_edition(words: Words, case: Facts) -> str:
    counted = words.many("%(number)s story", "%(number)s stories", case["stories"])
    return words(
        "%(topic)s, %(day)s: %(counted)s; usually there are %(usual)s",
        topic=_name(case["topic"]),
        day=words.day(case["date"]),
        counted=counted,
        usual=words.number(case["usual"]),
    )


def _complaints(words: Words, cases: Sequence[Facts]) -> Raised:
    (case,) = cases
    told = words.many(
        "%(number)s reader reported a mail as unwanted in the last seven days",
        "%(number)s readers reported a mail as unwanted in the last seven days",
        case["complaints"],
    )
    share = words("that is %(share)s of the mail sent", share=words.share(case["complaints"], case["mails"]))
    meaning = words(
        "Mailbox providers count this. From one in a thousand on they put mail into the folder for unwanted"
        " mail, from three in a thousand on they refuse it, for all readers."
    )
    remedy = [
        step(
            words(
                "Ask yourself how the newest readers came to read you: who never asked for it must go. Lists"
                " that were bought or imported are the usual cause."
            )
        ),
        step(words("What else helps stands in docs/deliverability.md.")),
    ]
    title = words("Too many readers complain")
    return title, [{"text": f"{told}; {share}.", "url": ""}], meaning, remedy


def _sending(words: Words, cases: Sequence[Facts]) -> Raised:
    (case,) = cases
    waiting = words.many("%(number)s mail waits", "%(number)s mails wait", case["waiting"])
    happened = words(
        "%(waiting)s, the first since %(since)s, and none has left for ten minutes.",
        waiting=waiting,
        since=words.moment(case["since"]),
    )
    lines = [{"text": happened, "url": ""}]
    if case["said"]:
        said = one_line(case["said"], LONGEST_SAID)
        lines.append({"text": words("The mail server said: %(said)s", said=said), "url": ""})
    meaning = words(
        "Readers wait for their issue. Nothing is lost: it is tried again until it would be stale, and what"
        " is stale by then is dropped."
    )
    remedy = [
        step(words("See what stands in the way, and what to do about it:"), "newsletter delivery status"),
        step(
            words(
                "Check whether the mail server named in NEWSLETTER_SMTP_URL runs and takes mail from this"
                " machine."
            )
        ),
    ]
    return words("No mail leaves"), lines, meaning, remedy


def _feeds_over(words: Words, cases: Sequence[Facts]) -> Ended:
    title = words.many("%(number)s feed is back", "%(number)s feeds are back", len(cases))
    lines = _lines(words, cases, lambda _words, case: _name(case["name"]))
    return title, lines, words("It brings articles again. There is nothing to do.")


def _habits_over(words: Words, cases: Sequence[Facts]) -> Ended:
    title = words.many("%(number)s feed is steady again", "%(number)s feeds are steady again", len(cases))
    lines = _lines(words, cases, lambda _words, case: _name(case["name"]))
    return title, lines, words("It is as usual, or has a new habit. There is nothing to do.")


def _complaints_over(words: Words, _cases: Sequence[Facts]) -> Ended:
    happened = words("Complaints are back below one in two thousand mails.")
    return words("Fewer readers complain"), [{"text": happened, "url": ""}], words("There is nothing to do.")


def _sending_over(words: Words, cases: Sequence[Facts]) -> Ended:
    happened = words(
        "Mail leaves again. It had stood still since %(since)s.", since=words.moment(cases[0]["since"])
    )
    meaning = words("What is still fresh is being sent. There is nothing to do.")
    return words("Mail leaves again"), [{"text": happened, "url": ""}], meaning


def _name(name: str) -> str:
    return cut(one_line(name, _LONGEST_NAME), _LONGEST_NAME)


_RAISED: dict[AlertKind, Callable[..., Raised]] = {
    AlertKind.FEEDS: _feeds,
    AlertKind.HABITS: _habits,
    AlertKind.EDITIONS: _editions,
    AlertKind.COMPLAINTS: _complaints,
    AlertKind.SENDING: _sending,
    AlertKind.SIGN_UPS: sign_ups,
}
# A thin edition stays thin: the next one is another.
_OVER: dict[AlertKind, Callable[..., Ended]] = {
    AlertKind.FEEDS: _feeds_over,
    AlertKind.HABITS: _habits_over,
    AlertKind.COMPLAINTS: _complaints_over,
    AlertKind.SENDING: _sending_over,
    AlertKind.SIGN_UPS: sign_ups_over,
}
ENDS_ARE_TOLD = frozenset(_OVER)
