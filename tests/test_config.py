"""Settings: typed, frozen, and every fault named at once."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from newsletter.config import Settings, SettingsError, load_settings

NOWHERE = Path("no-such-env-file")
SETTINGS_PAGE = Path(__file__).parents[1] / "docs" / "settings.md"


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in [name for name in os.environ if name.startswith("NEWSLETTER_")]:
        monkeypatch.delenv(name)


def test_without_any_setting_everything_has_a_default() -> None:
    settings = load_settings(NOWHERE)
    assert settings.publication_name == "Daily Edition"
    assert settings.outbox_dir == settings.data_dir / "outbox"
    assert settings.database_url == f"sqlite:///{settings.data_dir}/newsletter.db"


@pytest.mark.parametrize(
    "name", ["Daily\r\nBcc: all@example.net", "\u202eDaily Edition", "\x07Daily Edition"]
)
def test_a_name_becomes_one_line_that_headers_can_hold(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("NEWSLETTER_PUBLICATION_NAME", name)
    loaded = load_settings().publication_name
    assert loaded.startswith("Daily")
    assert loaded.isprintable()


def test_a_name_that_nobody_can_read_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSLETTER_PUBLICATION_NAME", "\u202e\u2066 \x07")
    with pytest.raises(SettingsError, match="PUBLICATION_NAME: give a name of letters"):
        load_settings()


def test_links_lead_to_the_port_the_pages_are_served_on(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings(NOWHERE).base_url == "http://127.0.0.1:8000"
    monkeypatch.setenv("NEWSLETTER_PORT", "8462")
    assert load_settings(NOWHERE).base_url == "http://127.0.0.1:8462"
    monkeypatch.setenv("NEWSLETTER_BASE_URL", "https://news.example.com")
    assert load_settings(NOWHERE).base_url == "https://news.example.com"


def test_tasks_wait_beside_the_database_unless_said_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings(NOWHERE)
    assert settings.queue_url == f"sqlite:///{settings.data_dir}/queue.db"
    monkeypatch.setenv("NEWSLETTER_DATABASE_URL", "postgresql://db.example.com/news")
    assert load_settings(NOWHERE).queue_url == "postgresql://db.example.com/news"
    monkeypatch.setenv("NEWSLETTER_QUEUE_URL", "redis://queue.example.com")
    assert load_settings(NOWHERE).queue_url == "redis://queue.example.com"


def test_settings_cannot_be_changed_afterwards() -> None:
    with pytest.raises(ValidationError):
        load_settings(NOWHERE).port = 1  # type: ignore[misc]


def test_every_faulty_setting_is_reported_at_once_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSLETTER_PORT", "eighty")
    monkeypatch.setenv("NEWSLETTER_TIMEZONE", "Mars/Olympus")
    monkeypatch.setenv("NEWSLETTER_SENDER", "not an address")
    monkeypatch.setenv("NEWSLETTER_SMTP_URL", "ftp://example.com")
    monkeypatch.setenv("NEWSLETTER_BASE_URL", "news.example.com")
    with pytest.raises(SettingsError) as caught:
        load_settings(NOWHERE)
    named = {problem.split(":")[0] for problem in caught.value.problems}
    assert named == {
        "NEWSLETTER_PORT",
        "NEWSLETTER_TIMEZONE",
        "NEWSLETTER_SENDER",
        "NEWSLETTER_SMTP_URL",
        "NEWSLETTER_BASE_URL",
    }


def test_an_unknown_name_suggests_the_nearest_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSLETTER_SMPT_URL", "smtp://localhost")
    with pytest.raises(SettingsError, match="did you mean NEWSLETTER_SMTP_URL"):
        load_settings(NOWHERE)


def test_a_secret_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = tmp_path / "smtp"
    secret.write_text("smtp://reader:pass@mail.example.com:587\n")
    monkeypatch.setenv("NEWSLETTER_SMTP_URL_FILE", str(secret))
    settings = load_settings(NOWHERE)
    assert settings.smtp_url is not None
    assert settings.smtp_url.get_secret_value() == "smtp://reader:pass@mail.example.com:587"
    assert "pass@" not in repr(settings)


def test_a_secret_file_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSLETTER_SMTP_URL_FILE", "no-such-file")
    with pytest.raises(SettingsError, match="NEWSLETTER_SMTP_URL_FILE: cannot read no-such-file"):
        load_settings(NOWHERE)


def test_the_environment_wins_over_the_env_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_text('NEWSLETTER_PUBLICATION_NAME="From the file"\nNEWSLETTER_PORT=9001\n')
    monkeypatch.setenv("NEWSLETTER_PORT", "9002")
    settings = load_settings(env)
    assert (settings.publication_name, settings.port) == ("From the file", 9002)


def test_a_wrong_name_in_the_env_file_is_an_error_too(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_text("NEWSLETTER_PUBLICATON_NAME=x\n")
    with pytest.raises(SettingsError, match="did you mean NEWSLETTER_PUBLICATION_NAME"):
        load_settings(env)


def test_every_setting_is_documented_and_no_other() -> None:
    page = SETTINGS_PAGE.read_text(encoding="utf-8")
    import re

    documented = set(re.findall(r"^\| `NEWSLETTER_([A-Z0-9_]+)`", page, re.MULTILINE))
    assert documented == {name.upper() for name in Settings.model_fields}
