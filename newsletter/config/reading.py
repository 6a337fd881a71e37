"""Reading the settings: from the environment, a `.env` file, and files that hold single values."""

import difflib
import os
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from pydantic import ValidationError

from newsletter.config.settings import PREFIX, Settings

_FILE = "_file"


class SettingsError(Exception):
    """One or more settings are wrong; `problems` holds a sentence for each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def load_settings(env_file: Path = Path(".env")) -> Settings:
    """Read the settings from the environment, and from `env_file` what the environment leaves open.

    Raises `SettingsError` naming every wrong, unreadable or unknown setting at once.
    """
    problems: list[str] = []
    from_files = _read_files(_ours(env_file), problems)
    settings = None
    try:
        settings = Settings(_env_file=env_file, **from_files)
    except ValidationError as error:
        problems += [_explain(line) for line in error.errors(include_url=False, include_input=False)]
    if problems or settings is None:
        raise SettingsError(problems)
    return settings


def _ours(env_file: Path) -> dict[str, str]:
    """Every variable with our prefix, by lower-case name without it; empty ones count as unset."""
    in_file = dotenv_values(env_file) if env_file.is_file() else {}
    merged = {**in_file, **os.environ}
    return {k.removeprefix(PREFIX).lower(): v for k, v in merged.items() if k.startswith(PREFIX) and v}


def _read_files(ours: dict[str, str], problems: list[str]) -> dict[str, Any]:
    """The values that stand in files (`X_FILE`); adds to `problems` what is unreadable or unknown."""
    values: dict[str, Any] = {}
    for name, value in ours.items():
        setting = name.removesuffix(_FILE)
        if setting not in Settings.model_fields:
            problems.append(_unknown(name))
        elif setting != name:
            try:
                values[setting] = Path(value).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                problems.append(f"{PREFIX}{name.upper()}: cannot read {value} ({type(error).__name__})")
    return values


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name, Settings.model_fields, n=1, cutoff=0.5)
    hint = f"; did you mean {PREFIX}{near[0].upper()}?" if near else "; docs/settings.md lists them all"
    return f"{PREFIX}{name.upper()}: there is no such setting{hint}"


def _explain(line: Any) -> str:
    name = f"{PREFIX}{str(line['loc'][0]).upper()}"
    return f"{name}: {line['msg'].removeprefix('Value error, ')}"
