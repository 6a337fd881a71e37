"""The alert about feeds that died, and about their return."""

from collections.abc import Sequence

from newsletter.mail.alert.words import Ended, Facts, Raised, Words, called, lines, said_by, step


def raised(words: Words, cases: Sequence[Facts]) -> Raised:
    """That nothing has come from some feeds for days, or that they are gone."""
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
    return title, lines(words, cases, _dead_feed), meaning, remedy


def over(words: Words, cases: Sequence[Facts]) -> Ended:
    """That they answer."""
    title = words.many("%(number)s feed is back", "%(number)s feeds are back", len(cases))
    named = lines(words, cases, lambda _words, case: called(case["name"]))
    return title, named, words("It brings articles again. There is nothing to do.")


def _dead_feed(words: Words, case: Facts) -> str:
    return words(
        "%(name)s: no success since %(since)s; the last attempt said: %(said)s",
        name=called(case["name"]),
        since=words.moment(case["since"]),
        said=said_by(case) or words("no answer"),
    )
