"""How often something may be tried: by a network, for an address, by everybody together.

Counted in the database, so that all processes that take forms share one count.
"""

from newsletter.attempts.addresses import Allowance, note_reminder, reminders, take_confirmation
from newsletter.attempts.counting import TooManyAttempts, forget_attempts
from newsletter.attempts.limits import Gate, Visitor, admit, is_new, refuse, was_full
from newsletter.attempts.networks import network_of

__all__ = [
    "Allowance",
    "Gate",
    "TooManyAttempts",
    "Visitor",
    "admit",
    "forget_attempts",
    "is_new",
    "network_of",
    "note_reminder",
    "refuse",
    "reminders",
    "take_confirmation",
    "was_full",
]
