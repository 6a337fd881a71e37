"""One thing that is wrong, as it is found."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from newsletter.mail.alert import AlertKind


@dataclass(frozen=True, slots=True)
class Trouble:
    """A case of a kind. `cause` is the same at every look while it lasts; `facts` are told with it."""

    kind: AlertKind
    cause: str
    facts: Mapping[str, Any]
