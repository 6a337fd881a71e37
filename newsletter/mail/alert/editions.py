"""The alert about editions with far fewer stories than usual; it has no end, for the next one is another."""

from collections.abc import Sequence

from newsletter.mail.alert.words import Facts, Raised, Words, called, lines, step


def raised(words: Words, cases: Sequence[Facts]) -> Raised:
    """That some editions are thin."""
    title = words.many("%(number)s edition is thin", "%(number)s editions are thin", len(cases))
    meaning = words(
        "Its readers get far less than they are used to, or nothing. Either the day is quiet, or feeds have"
        " stopped bringing articles."
    )
    remedy = [
        step(words("See which of the topic's feeds brought nothing lately:"), "newsletter source list"),
        step(words("See what the edition holds:"), "newsletter edition show TOPIC"),
    ]
    return title, lines(words, cases, _thin_edition), meaning, remedy


def _thin_edition(words: Words, case: Facts) -> str:
    counted = words.many("%(number)s story", "%(number)s stories", case["stories"])
    return words(
        "%(topic)s, %(day)s: %(counted)s; usually there are %(usual)s",
        topic=called(case["topic"]),
        day=words.day(case["date"]),
        counted=counted,
        usual=words.number(case["usual"]),
    )
