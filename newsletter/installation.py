"""An installation's own folder: where it is, and the secrets that are made at the first start."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from pydantic import SecretStr

from newsletter.config import Settings, load_settings
from newsletter.push.envelope import new_key
from newsletter.signing import with_kept_keys

_KEY_BYTES = 32


def open_installation() -> Settings:
    """The settings, complete: the data folder exists and there is at least one signing key.

    Raises `SettingsError`.
    """
    settings = load_settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    settings = with_kept_keys(settings)
    made: dict[str, object] = {}
    if not settings.secret_keys:
        key = kept_secret(settings.data_dir / "secret-key", lambda: secrets.token_hex(_KEY_BYTES))
        made["secret_keys"] = (SecretStr(key),)
    if settings.push_key is None:
        made["push_key"] = SecretStr(kept_secret(settings.data_dir / "push-key", new_key))
    return settings.model_copy(update=made)


def kept_secret(path: Path, make: Callable[[], str]) -> str:
    """The secret kept in `path`, readable by its owner only and never written over.

    The first process to come makes it, all others read the same one.
    """
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    if not path.exists():
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(make())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii").strip()
