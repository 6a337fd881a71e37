"""The alert about feeds that answer, but not as they used to, and about their being steady again."""

from collections.abc import Sequence

from newsletter.mail.alert.words import Ended, Facts, Raised, Words, called, lines, step


def raised(words: Words, cases: Sequence[Facts]) -> Raised:
    """That some feeds bring nothing, far less, or far more than they used to."""
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
    return title, lines(words, cases, _changed_habit), meaning, remedy


def over(words: Words, cases: Sequence[Facts]) -> Ended:
    """That each is as it was, or as it is by now used to be."""
    title = words.many("%(number)s feed is steady again", "%(number)s feeds are steady again", len(cases))
    named = lines(words, cases, lambda _words, case: called(case["name"]))
    return title, named, words("It is as usual, or has a new habit. There is nothing to do.")


def _changed_habit(words: Words, case: Facts) -> str:
    name = called(case["name"])
    if case["change"] == "stopped":
        since = words.moment(case["since"])
        return words("%(name)s: nothing new since %(since)s, far longer than usual", name=name, since=since)
    daily, usual = words.number(case["daily"]), words.number(case["usual"])
    return words("%(name)s: %(daily)s new a day; usually %(usual)s", name=name, daily=daily, usual=usual)
