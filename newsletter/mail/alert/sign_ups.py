"""The alert about a flood of sign-ups, and about its end."""

from collections.abc import Sequence

from newsletter.mail.alert.words import Ended, Facts, Raised, Words, line, step


def raised(words: Words, cases: Sequence[Facts]) -> Raised:
    """That all sign-ups of an hour reached their limit."""
    (case,) = cases
    happened = words(
        "In the hour from %(since)s on %(limit)s people or programs signed up. More are not let in.",
        since=words.moment(case["since"]),
        limit=words.number(case["limit"]),
    )
    meaning = words(
        "Either you are in the news, or a program fills in the form with other people's addresses. Each"
        " address gets one mail a day at most and three ever. Who is not let in is asked to come back in an"
        " hour."
    )
    remedy = [
        step(words("See who has signed up and not confirmed:"), "newsletter subscriber export"),
        step(
            words(
                "Are they people, raise NEWSLETTER_SIGN_UPS_PER_HOUR. Is it a program, set"
                " NEWSLETTER_ALTCHA=on, and block the domains it uses with NEWSLETTER_BLOCKED_DOMAINS."
            )
        ),
    ]
    return words("Too many sign-ups"), [line(happened)], meaning, remedy


def over(words: Words, _cases: Sequence[Facts]) -> Ended:
    """That they are back below it."""
    happened = words("Sign-ups are back below their limit.")
    return words("Fewer people sign up"), [line(happened)], words("There is nothing to do.")
