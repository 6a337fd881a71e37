"""Every setting with its type and default."""

from datetime import date, time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, InstanceOf, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from newsletter import warmup
from newsletter.config.values import (
    LONGEST_NAME,
    Domain,
    Mailbox,
    MailsADay,
    Network,
    Origin,
    Zone,
    check_base_url,
    check_blocked,
    check_endpoint,
    check_imap_url,
    check_logo,
    check_name,
    check_push_key,
    check_smtp_url,
    own_address,
    split_lines,
    split_words,
    take_domain_limits,
)
from newsletter.mail.brand import read_colour
from newsletter.mail.languages import Language
from newsletter.providers import DomainLimits

PREFIX = "NEWSLETTER_"


class Settings(BaseSettings):
    """Every setting with its type and default; `load_settings` makes one."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_prefix=PREFIX, env_ignore_empty=True, env_file_encoding="utf-8"
    )

    publication_name: Annotated[str, AfterValidator(check_name)] = Field(
        "Daily Edition", max_length=LONGEST_NAME
    )
    accent: Annotated[str, AfterValidator(read_colour)] | None = None
    logo: Annotated[str, AfterValidator(check_logo)] | None = None
    publication_language: Language = "en"
    data_dir: Path = Path("var")
    database_url: str = ""
    queue_url: str = ""
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65535)
    base_url: Annotated[str, AfterValidator(check_base_url)] = Field(default_factory=own_address)
    web_threads: int = Field(4, ge=1, le=64)
    worker_processes: int = Field(1, ge=1, le=64)
    secret_keys: Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(split_words)] = ()
    smtp_url: Annotated[SecretStr, AfterValidator(check_smtp_url)] | None = None
    sender: Mailbox = "news@example.com"
    reply_to: Mailbox | None = None
    bounce_address: Mailbox | None = None
    bounce_tags: bool | None = None
    mailbox_url: Annotated[SecretStr, AfterValidator(check_imap_url)] | None = None
    postal_address: str = ""
    operator_address: Mailbox | None = None
    dkim_domain: Domain | None = None
    dkim_selector: str = Field("news", pattern=r"^[a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?$")
    dkim_rsa_key: SecretStr | None = None
    dkim_ed25519_key: SecretStr | None = None
    timezone: Zone = "UTC"
    cutoff: time = time(5, 0)
    domain_limits: Annotated[InstanceOf[DomainLimits], NoDecode, BeforeValidator(take_domain_limits)] = (
        DomainLimits()
    )
    warm_up_from: date | None = None
    warm_up_plan: Annotated[
        tuple[MailsADay, ...], NoDecode, BeforeValidator(split_words), Field(min_length=1)
    ] = warmup.PLAN
    freshness_hours: int = Field(12, ge=1, le=48)
    story_window_hours: int = Field(36, ge=6, le=168)
    images: bool = True
    image_days: int = Field(60, ge=1, le=3650)
    text_days: int = Field(30, ge=8, le=3650)
    article_days: int = Field(180, ge=30, le=3650)
    starter_catalogue: bool = True
    fetch_allow_networks: Annotated[tuple[Network, ...], NoDecode, BeforeValidator(split_words)] = ()
    embed_origins: Annotated[tuple[Origin, ...], NoDecode, BeforeValidator(split_words)] = ()
    sign_ups_per_hour: int = Field(500, ge=1, le=1_000_000)
    altcha: bool = False
    blocked_domains: Annotated[
        tuple[Annotated[str, AfterValidator(check_blocked)], ...], NoDecode, BeforeValidator(split_lines)
    ] = ()
    keep_network: bool = False
    llm_url: Annotated[str, AfterValidator(check_endpoint)] | None = None
    llm_model: str | None = Field(None, min_length=1, max_length=120)
    llm_key: SecretStr | None = None
    llm_seconds: float = Field(20.0, ge=1, le=120)
    llm_tokens_per_day: int = Field(500_000, ge=0, le=10_000_000_000)
    llm_money_per_day: float | None = Field(None, ge=0, le=1_000_000)
    llm_price_in: float = Field(0.0, ge=0, le=100_000)
    llm_price_out: float = Field(0.0, ge=0, le=100_000)
    vectors: Path | None = None
    comments: bool = False
    push_key: Annotated[SecretStr, AfterValidator(check_push_key)] | None = None
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
