"""The page after a button of a mail's link was pressed: what was done, and a button that takes it back."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import render_template


@dataclass(frozen=True, slots=True)
class Undo:
    """A button that takes something back: where its form goes, its label, and what the form says."""

    action: str
    label: str
    fields: Mapping[str, str] = field(default_factory=dict)


def done_page(token: str, title: str, *paragraphs: str, undo: Undo | None = None) -> str:
    """The page; with a link to the preferences."""
    return render_template("done.html", token=token, title=title, paragraphs=paragraphs, undo=undo)
