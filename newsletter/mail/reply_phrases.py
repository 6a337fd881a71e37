"""The words by which servers say why they refuse, where their codes do not tell.

Patterns are for small letters; they are tried in order and the first that is found counts. Each looks
for one short phrase and none spans a reply, so that a hostile one costs no time.
"""

import re
from enum import Enum, auto


class Hint(Enum):
    """What a phrase gives away."""

    RELAYING = auto()
    GREYLISTED = auto()
    ALLOWANCE = auto()
    READER_RATE = auto()
    SENDER = auto()
    MACHINE = auto()
    FULL = auto()
    SIZE = auto()
    CONTENT = auto()
    RATE = auto()
    REPUTATION = auto()
    ADDRESS = auto()
    OVERLOAD = auto()


Phrases = tuple[tuple[Hint, re.Pattern[str]], ...]


def _any(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(phrases))


# So clear that they count for more than any enhanced code.
CLEAR: Phrases = (
    (
        Hint.RELAYING,
        _any(
            r"relay(?:ing)? (?:access )?(?:is )?(?:denied|prohibited|not (?:permitted|allowed))",
            r"(?:unable|not (?:permitted|allowed|authori[sz]ed)) to relay",
            r"do(?:es)? not relay|no relaying|turn on smtp auth|(?:must|need to|please) authenticate",
        ),
    ),
    (Hint.GREYLISTED, _any(r"gr[ae]y-?\s?list")),
    # Our account's own allowance with the relay, not the reader's mailbox.
    (
        Hint.ALLOWANCE,
        _any(
            r"(?:sending|outgoing|daily|hourly|monthly|account) (?:\w+ )?(?:quota|limit|rate)s? "
            r"(?:has been |was |is )?(?:exceeded|reached|used up)",
            r"exceeded (?:your |the |its )?(?:daily|hourly|monthly|sending|outgoing) ",
            r"(?:maximum )?sending rate exceeded",
        ),
    ),
    (
        Hint.READER_RATE,
        _any(r"(?:receiving|receives) (?:mail|messages) (?:too quickly|at a rate)|recipient thread limit"),
    ),
    (Hint.RATE, _any(r"sent (?:to )?too many")),
    (
        Hint.SENDER,
        _any(
            r"sender (?:address )?(?:rejected|refused|denied)|sender verif(?:y|ication) failed",
            r"address is not verified|not owned by user|not allowed to send as",
        ),
    ),
    (Hint.MACHINE, _any(r"(?:client host|helo command|client) rejected")),
    (
        Hint.ADDRESS,
        _any(
            r"(?:mailbox|recipient account) (?:is|was|has been) (?:blocked|locked|frozen|suspended|disabled)"
        ),
    ),
)

# Believed where the enhanced code is missing or says little.
TELLING: Phrases = (
    (
        Hint.FULL,
        _any(
            r"(?:mail)?box (?:is |has )?(?:over)?(?:full|exceeded)|over ?quota|quota (?:is )?exceeded",
            r"exceed(?:s|ed)? (?:the |its |his )?(?:mailbox |storage |disk )?(?:quota|allocation|storage)",
            r"exceeded storage|out of (?:storage|disk) space|not enough (?:storage )?space",
            r"mailbox size limit",
        ),
    ),
    (
        Hint.SIZE,
        _any(
            r"(?:message|mail|size) (?:is )?too (?:big|large)|(?:message|mail) size exceeds",
            r"exceeds .{0,20}size|size limit",
        ),
    ),
    (
        Hint.CONTENT,
        _any(
            r"virus|malware|infected|content rejected|prohibited (?:content|attachment)",
            r"(?:missing|invalid|malformed|duplicate|illegal|multiple) .{0,20}header|bare (?:lf|cr|line)",
            r"line (?:is )?too long|rfc ?5322|rfc ?2822|not.{0,8}compliant|8-?bit",
        ),
    ),
    (
        Hint.RATE,
        _any(
            r"too (?:many|much|fast|quickly|frequent)|rate.?limit|throttl|slow down|unusual rate|mail flood",
            r"unexpected volume|(?:connection|rate|concurren\w+|messages?|frequency) limit",
            r"exceeded .{0,24}(?:limit|rate)",
        ),
    ),
    (
        Hint.REPUTATION,
        _any(
            r"\bspam|unsolicited|\bube\b|\bbulk\b|block ?list|blacklist|denylist|dnsbl|\brbl\b|sorbs",
            r"barracuda|(?<!not )\blisted\b|reputation|complain|suspicious|phish|banned|blocked",
            r"\bspf\b|\bdkim\b|\bdmarc\b|unauthenticated|not authenticated|reverse dns|\brdns\b|\bptr\b",
            r"reverse (?:lookup|host)|not (?:allowed|permitted|authori[sz]ed) to send|polic(?:y|ies)",
            r"starttls|must (?:use )?encrypt|tls (?:is )?required|violat",
        ),
    ),
    (
        Hint.ADDRESS,
        _any(
            r"(?:unknown|no such|invalid|non-?existent|bad) (?:local |virtual |mail ?)?"
            r"(?:user|recipient|mailbox|account|address|person|domain|destination|host)",
            r"(?:user|recipient|mailbox|account|address|domain|host)(?: \S+)? "
            r"(?:(?:is|was|has been|address) )?"
            r"(?:unknown|not found|unavailable|disabled|inactive|suspended|invalid|closed|deleted|removed"
            r"|deactivated|expired|terminated|discontinued|not (?:known|valid|listed|active))",
            r"(?:does|do) ?(?:not|n't) (?:exist|have an account)|no longer|not (?:a )?(?:known|valid) ",
            r"no (?:mailbox|user|account)|not our customer|not a local|unrouteable|null mx|has moved",
            r"do(?:es)? not accept mail|address (?:syntax|is incorrect)|not known here",
        ),
    ),
    (
        Hint.OVERLOAD,
        _any(
            r"insufficient (?:system )?(?:storage|resources|disk)|overload|(?:server|system) (?:is )?busy",
        ),
    ),
)
