"""The alert about mail that does not leave, and about its leaving again."""

from collections.abc import Sequence

from newsletter.mail.alert.words import Ended, Facts, Raised, Words, line, said_by, step


def raised(words: Words, cases: Sequence[Facts]) -> Raised:
    """That mail waits and none has left for ten minutes."""
    (case,) = cases
    waiting = words.many("%(number)s mail waits", "%(number)s mails wait", case["waiting"])
    happened = words(
        "%(waiting)s, the first since %(since)s, and none has left for ten minutes.",
        waiting=waiting,
        since=words.moment(case["since"]),
    )
    lines = [line(happened)]
    if said := said_by(case):
        lines.append(line(words("The mail server said: %(said)s", said=said)))
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


def over(words: Words, cases: Sequence[Facts]) -> Ended:
    """That it leaves."""
    happened = words(
        "Mail leaves again. It had stood still since %(since)s.", since=words.moment(cases[0]["since"])
    )
    meaning = words("What is still fresh is being sent. There is nothing to do.")
    return words("Mail leaves again"), [line(happened)], meaning
