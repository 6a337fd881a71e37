"""Filling in forms as a browser does: with the token the page brought."""

import re
from datetime import UTC, datetime
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from newsletter.web.stamps import stamp
from tests.web.builders import SECRET

# A sign-up of somebody who looked at the form for a while.
ANN = {
    "address": "ann@example.com",
    "topics": ["world", "science"],
    "hour": "07:00",
    "zone": "Europe/Berlin",
    "shown_at": stamp([SECRET], datetime(2026, 1, 1, tzinfo=UTC)),
}


def csrf_token(page: str, action: str | None = None) -> str:
    """The token of the first form on a page, or of the one that goes to `action`."""
    form = page[page.find(f'action="{action}"') :] if action and f'action="{action}"' in page else page
    found = re.search(r'name="csrf_token" value="([^"]+)"', form)
    assert found, page
    return found[1]


def submit(
    client: FlaskClient, page: str, action: str | None = None, fields: dict[str, Any] | None = None
) -> TestResponse:
    """Open `page` and send its form, to `action` when that is another address."""
    # The front page does not ask those again who have asked.
    shown = client.get("/?another=1" if page == "/" else page).get_data(as_text=True)
    token = csrf_token(shown, action)
    return client.post(action or page, data={"csrf_token": token, **(fields or {})})


def hidden(page: str) -> dict[str, str]:
    """What the form of a page sends by itself."""
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))
