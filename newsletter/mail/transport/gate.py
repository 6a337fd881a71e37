"""What limits each relay, as a transport asks it: before a mail is given to one of its connections."""

from typing import Protocol


class Gate(Protocol):
    """Counts mails by the relay they go through."""

    def admit(self, relay: str) -> float | None:
        """None: a mail may go through this relay now, and counts until `ended`. Else seconds to wait."""
        ...

    def ended(self, relay: str, *, taken: bool = False, unused: bool = False) -> None:
        """An admitted mail is under way no more: taken over, or `unused` when it never left."""
        ...

    def slow_down(self, relay: str, said: str) -> None:
        """The relay asked us to slow down."""
        ...


class OpenGate:
    """No limits."""

    def admit(self, relay: str) -> float | None:  # noqa: ARG002
        return None

    def ended(self, relay: str, *, taken: bool = False, unused: bool = False) -> None:
        """Nothing is counted."""

    def slow_down(self, relay: str, said: str) -> None:
        """Nothing is remembered."""
