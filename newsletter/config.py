"""Settings: read once from the environment, checked all at once, frozen, passed in from there on.

Every name starts with `NEWSLETTER_`; `NEWSLETTER_X_FILE` reads the value of X from a file; a `.env`
file in the working folder is read too. Each setting is explained in `docs/settings.md`.
"""

import difflib
import os
import re
from datetime import date, time, timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from dotenv import dotenv_values
from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BeforeValidator, Field, InstanceOf, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from newsletter import warmup
from newsletter.disposable import WORD
from newsletter.mail.brand import read_colour
from newsletter.mail.languages import Language
from newsletter.mail.transport.server import parse_smtp_urls
from newsletter.mail.wording import one_line
from newsletter.providers import DomainLimits, read_domain_limits

PREFIX = "NEWSLETTER_"
_FILE = "_file"
_LONGEST_NAME = 80


class SettingsError(Exception):
    """One or more settings are wrong; `problems` holds a sentence for each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def _name(value: str) -> str:
    """A name as it may stand in headers: one line of characters that can be seen."""
    if not (name := one_line(value, _LONGEST_NAME)):
        raise ValueError("give a name of letters that can be read, on one line")
    return name


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("give an IANA time zone, as Europe/Berlin or UTC")
    return name


def _mailbox(value: str) -> str:
    try:
        validate_email(value, check_deliverability=False, allow_display_name=True)
    except EmailNotValidError as error:
        raise ValueError(f"give an e-mail address ({error})") from error
    return value


def _base_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError(
            "give the address of this installation, as https://news.example.com (no path after it)"
        )
    return value.rstrip("/")


def _own_address(known: dict[str, Any]) -> str:
    """Where the pages are found on this machine, whichever port they are served on."""
    return f"http://127.0.0.1:{known.get('port', 8000)}"


def _smtp_url(value: SecretStr) -> SecretStr:
    parse_smtp_urls(value.get_secret_value())
    return value


def _logo(value: str) -> str:
    """The address or the file, if it can be read; what is in it is looked at when it is copied."""
    parts = urlsplit(value)
    if parts.scheme in ("http", "https") and parts.hostname:
        return value
    try:
        with Path(value).open("rb"):
            return value
    except OSError as error:
        raise ValueError(
            f"give a picture's address, as https://example.com/logo.png, or its file ({error.strerror})"
        ) from error


def read_domain(value: str) -> str:
    """A domain in ASCII and small letters. Raises `ValueError`."""
    try:
        return validate_email(f"x@{value}", check_deliverability=False).ascii_domain.lower()
    except EmailNotValidError as error:
        raise ValueError(f"give a domain, as news.example.com ({error})") from error


def _endpoint(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        raise ValueError("give the endpoint's address, as https://models.example.com/v1")
    return value.rstrip("/")


def _push_key(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[A-Za-z0-9_-]{43}", value.get_secret_value()):
        raise ValueError("give the key that stands in another machine's data folder, in push-key")
    return value


def _split(value: Any) -> Any:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _origin(value: str) -> str:
    """What browsers call a page's origin (RFC 6454, section 7)."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("give origins as https://www.example.com, without a path")
    return f"{parts.scheme}://{parts.netloc}".lower()


def _lines(value: Any) -> Any:
    """Words on lines or between commas; what follows a # is a remark."""
    if not isinstance(value, str):
        return value
    lines = (line.partition("#")[0] for line in value.splitlines())
    return [word for line in lines for word in line.replace(",", " ").split()]


def _blocked(value: str) -> str:
    return value if value == WORD else read_domain(value)


def _domain_limits(value: Any) -> Any:
    return read_domain_limits(value) if isinstance(value, str) else value


Zone = Annotated[str, AfterValidator(_zone)]
Mailbox = Annotated[str, AfterValidator(_mailbox)]
Domain = Annotated[str, AfterValidator(read_domain)]
MailsADay = Annotated[int, Field(ge=1, le=1_000_000_000)]
Network = IPv4Network | IPv6Network
Origin = Annotated[str, AfterValidator(_origin)]


class Settings(BaseSettings):
    """Every setting with its type and default; `load_settings` makes one."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_prefix=PREFIX, env_ignore_empty=True, env_file_encoding="utf-8"
    )

    publication_name: Annotated[str, AfterValidator(_name)] = Field("Daily Edition", max_length=_LONGEST_NAME)
    accent: Annotated[str, AfterValidator(read_colour)] | None = None
    logo: Annotated[str, AfterValidator(_logo)] | None = None
    publication_language: Language = "en"
    data_dir: Path = Path("var")
    database_url: str = ""
    queue_url: str = ""
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65535)
    base_url: Annotated[str, AfterValidator(_base_url)] = Field(default_factory=_own_address)
    web_threads: int = Field(4, ge=1, le=64)
    worker_processes: int = Field(1, ge=1, le=64)
    secret_keys: Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_split)] = ()
    smtp_url: Annotated[SecretStr, AfterValidator(_smtp_url)] | None = None
    sender: Mailbox = "news@example.com"
    reply_to: Mailbox | None = None
    bounce_address: Mailbox | None = None
    bounce_tags: bool | None = None
    postal_address: str = ""
    operator_address: Mailbox | None = None
    dkim_domain: Domain | None = None
    dkim_selector: str = Field("news", pattern=r"^[a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?$")
    dkim_rsa_key: SecretStr | None = None
    dkim_ed25519_key: SecretStr | None = None
    timezone: Zone = "UTC"
    cutoff: time = time(5, 0)
    domain_limits: Annotated[InstanceOf[DomainLimits], NoDecode, BeforeValidator(_domain_limits)] = (
        DomainLimits()
    )
    warm_up_from: date | None = None
    warm_up_plan: Annotated[tuple[MailsADay, ...], NoDecode, BeforeValidator(_split), Field(min_length=1)] = (
        warmup.PLAN
    )
    freshness_hours: int = Field(12, ge=1, le=48)
    story_window_hours: int = Field(36, ge=6, le=168)
    images: bool = True
    image_days: int = Field(60, ge=1, le=3650)
    text_days: int = Field(30, ge=8, le=3650)
    article_days: int = Field(180, ge=30, le=3650)
    starter_catalogue: bool = True
    fetch_allow_networks: Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_split)] = ()
    embed_origins: Annotated[tuple[Origin, ...], NoDecode, BeforeValidator(_split)] = ()
    sign_ups_per_hour: int = Field(500, ge=1, le=1_000_000)
    altcha: bool = False
    blocked_domains: Annotated[
        tuple[Annotated[str, AfterValidator(_blocked)], ...], NoDecode, BeforeValidator(_lines)
    ] = ()
    keep_network: bool = False
    llm_url: Annotated[str, AfterValidator(_endpoint)] | None = None
    llm_model: str | None = Field(None, min_length=1, max_length=120)
    llm_key: SecretStr | None = None
    llm_seconds: float = Field(20.0, ge=1, le=120)
    llm_tokens_per_day: int = Field(500_000, ge=0, le=10_000_000_000)
    llm_money_per_day: float | None = Field(None, ge=0, le=1_000_000)
    llm_price_in: float = Field(0.0, ge=0, le=100_000)
    llm_price_out: float = Field(0.0, ge=0, le=100_000)
    vectors: Path | None = None
    comments: bool = False
    push_key: Annotated[SecretStr, AfterValidator(_push_key)] | None = None
    trusted_proxies: int = Field(0, ge=0, le=5)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_json: bool = False

    def model_post_init(self, _context: Any) -> None:
        """Fill in the addresses that default to files in the data folder; the queue's is the database's."""
        folder = self.data_dir.resolve()
        object.__setattr__(self, "data_dir", folder)
        if not self.database_url:
            object.__setattr__(self, "database_url", f"sqlite:///{folder / 'newsletter.db'}")
        if not self.queue_url:
            own = self.database_url.startswith("sqlite")
            queue_url = f"sqlite:///{folder / 'queue.db'}" if own else self.database_url
            object.__setattr__(self, "queue_url", queue_url)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def warm_up(self) -> warmup.WarmUp | None:
        """The plan for a new sending address; None when none is set."""
        if self.warm_up_from is None:
            return None
        return warmup.WarmUp(self.warm_up_from, self.warm_up_plan, self.zone)

    @property
    def freshness(self) -> timedelta:
        return timedelta(hours=self.freshness_hours)

    @property
    def keys(self) -> tuple[str, ...]:
        """The signing keys in the clear, newest first."""
        return tuple(key.get_secret_value() for key in self.secret_keys)

    @property
    def counting_key(self) -> str:
        """What addresses and networks are hashed with where they are counted: the key that changes least."""
        return self.keys[-1] if self.keys else ""

    @property
    def outbox_dir(self) -> Path | None:
        """The local outbox folder; None when an SMTP server is set and mail really leaves."""
        return None if self.smtp_url else self.data_dir / "outbox"


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
