"""The alert about readers who report mails as unwanted, and about its end."""

from collections.abc import Sequence

from newsletter.mail.alert.words import Ended, Facts, Raised, Words, line, step
from newsletter.mail.languages import semicolon


def raised(words: Words, cases: Sequence[Facts]) -> Raised:
    """That mailbox providers will soon mind how many readers complain."""
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
    return title, [line(f"{told}{semicolon(words.language)}{share}.")], meaning, remedy


def over(words: Words, _cases: Sequence[Facts]) -> Ended:
    """That they are few again."""
    happened = words("Complaints are back below one in two thousand mails.")
    return words("Fewer readers complain"), [line(happened)], words("There is nothing to do.")
