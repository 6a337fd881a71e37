"""What a mail tells beside its reader's standing, frozen when it was entered: JSON in `delivery.about`.

Keys by kind: `topics` (numbers) of a quiet day's note; of an issue and such a note `change`, `changed` and
`on` (handle, names and date of choices changed by an old link);
`until` (a date or null) of a pause; `change` and
`masked` (the other address) of a change of address; those of `mail.alert` for an alert.
"""

import json
from typing import Any


def written(**values: Any) -> str:
    """The values as the ledger keeps them: the same values, the same text."""
    return json.dumps(values, separators=(",", ":"), sort_keys=True)


def read(about: str) -> dict[str, Any]:
    """The values again; none of a mail that has none."""
    values: dict[str, Any] = json.loads(about) if about else {}
    return values
