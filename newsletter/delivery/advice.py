"""What a kind of refusal means and what to do about it, in words for the operator."""

from dataclasses import dataclass

from newsletter.mail.replies import Refusal


@dataclass(frozen=True, slots=True)
class Advice:
    """`meaning` says whose matter it is, `remedy` the next step."""

    meaning: str
    remedy: str


# Those that wait for the operator, the gravest first. The others settle themselves, or come back as
# bounces: a full mailbox, an unknown address, a server that asks us to slow down.
ADVICE = {
    Refusal.RELAY: Advice(
        "The mail server will not send for us. It is not the readers' doing, and none of this mail is lost:"
        " it is tried again until its time has passed.",
        "Check user, password and encryption in NEWSLETTER_SMTP_URL, and ask the server's operator whether"
        " this machine and this sender may send through it.",
    ),
    Refusal.POLICY: Advice(
        "The receiving side refuses our mail: for its SPF, DKIM or DMARC, for our sender address, or for the"
        " reputation of the sending server. It says nothing about the readers.",
        "Follow what the server said and any link in it, and go through docs/deliverability.md. If a mail"
        " service sends for you, its servers' reputation is its matter: show it this answer.",
    ),
    Refusal.SIZE: Advice(
        "The mail is larger than a server takes.",
        "Follow fewer topics in one issue or shorten editions, or ask for a higher limit.",
    ),
    Refusal.CONTENT: Advice(
        "A server takes offence at what stands in the mail, or at its form.",
        "Look at the mail with: newsletter issue render. If its form is at fault, please report it.",
    ),
}

UNCERTAIN = Advice(
    "These mails were handed over twice and no answer came: they may or may not have arrived.",
    "If their readers should rather get another copy than none: newsletter delivery retry --uncertain.",
)

STUCK = Advice(
    "Mail is due and none has left in the last minute.",
    "See that the service runs (newsletter up, or newsletter worker), and what its log says. When the mail"
    " server cannot be reached, check NEWSLETTER_SMTP_URL.",
)
