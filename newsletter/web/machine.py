"""What a model may do for the reader of a story, where the operator has set one."""

from typing import Protocol

from flask import current_app

from newsletter.machine.answers import MachineWords

__all__ = ["Machine", "MachineWords", "install", "machine_set"]

_NAME = "newsletter.machine"


class Machine(Protocol):
    """The model, seen from the pages. Each answers from this story's articles alone, in `language`.

    It reads them by itself: no transaction stays open while a model thinks for seconds. None: it could
    not, was refused by the check of facts, or the day's budget is spent.
    """

    def explain(self, story_id: int, language: str) -> MachineWords | None:
        """The story in simple words."""

    def answer(self, story_id: int, language: str, question: str) -> MachineWords | None:
        """An answer to a reader's question."""

    def translate(self, story_id: int, language: str) -> MachineWords | None:
        """Headline, summary and key points in the reader's language."""


def install(extensions: dict[str, object], machine: Machine | None) -> None:
    """Keep the model among an application's extensions; None where no model is set."""
    extensions[_NAME] = machine


def machine_set() -> Machine | None:
    """The running application's model, if there is one."""
    found: Machine | None = current_app.extensions.get(_NAME)
    return found
