"""The pages for any WSGI server, e.g. `gunicorn wsgi:app`; scheduler and worker run beside it.

Workers are woken through the queue; where it cannot be reached, the minute tick finds the mail.
"""

from datetime import UTC, datetime

from newsletter.db import Database
from newsletter.installation import open_installation
from newsletter.log import configure_logging
from newsletter.queue import TaskQueue
from newsletter.web.app import create_app

_settings = open_installation()
configure_logging(_settings.log_level, _settings.log_json)
app = create_app(
    _settings,
    Database(_settings.database_url),
    lambda: datetime.now(UTC),
    TaskQueue(_settings).ask_for_sending,
)
