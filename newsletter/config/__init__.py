"""Settings: read once from the environment, checked all at once, frozen, passed in from there on.

Every name starts with `NEWSLETTER_`; `NEWSLETTER_X_FILE` reads the value of X from a file; a `.env`
file in the working folder is read too. Each setting is explained in `docs/settings.md`.
"""

from newsletter.config.reading import SettingsError, load_settings
from newsletter.config.settings import PREFIX, Settings
from newsletter.config.values import read_domain

__all__ = ["PREFIX", "Settings", "SettingsError", "load_settings", "read_domain"]
