"""Which keys sign the mail, worked out from the settings and the data folder."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from newsletter.config import PREFIX, Settings, SettingsError
from newsletter.mail.mailbox import read_mailbox

if TYPE_CHECKING:
    from newsletter.mail.dkim import Signer

# mail.dkim, with all it needs, is imported only where mail is signed: that takes 130 ms and more.
KINDS = ("rsa", "ed25519")


def key_file(data_dir: Path, prefix: str, kind: str) -> Path:
    """Where `newsletter dkim keygen` keeps a key; the selector's prefix in its name allows for a change."""
    return data_dir / "dkim" / f"{prefix}-{kind}.pem"


def sender_domain(settings: Settings) -> str:
    """The domain mails come from, in ASCII."""
    return read_mailbox(settings.sender).address.rpartition("@")[2].lower()


def check_aligned(domain: str, settings: Settings) -> None:
    """Raises `SettingsError` when a signature of `domain` says nothing for the sender (RFC 9989, 4.4)."""
    sender = sender_domain(settings)
    if sender != domain and not sender.endswith(f".{domain}") and not domain.endswith(f".{sender}"):
        raise SettingsError(
            [
                f"{PREFIX}DKIM_DOMAIN: a signature of {domain} does not count for a sender at {sender} "
                f"(DMARC); use {sender}, or a sender at {domain}"
            ]
        )


def with_kept_keys(settings: Settings) -> Settings:
    """The settings with those keys that the data folder keeps and the environment does not name.

    Without a domain to sign for, nothing is looked for. Raises `SettingsError` when a mail could not
    be signed as the settings ask.
    """
    if settings.dkim_domain is None:
        return settings
    check_aligned(settings.dkim_domain, settings)
    if not (settings.dkim_rsa_key or settings.dkim_ed25519_key):
        settings = settings.model_copy(update=_kept_keys(settings))
    signer_of(settings)
    return settings


def _kept_keys(settings: Settings) -> dict[str, SecretStr]:
    """Both keys or either from the data folder; keys of the settings and of the folder never mix."""
    kept = {}
    for kind in KINDS:
        path = key_file(settings.data_dir, settings.dkim_selector, kind)
        try:
            kept[f"dkim_{kind}_key"] = SecretStr(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            continue
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError([f"cannot read the DKIM key {path} ({type(error).__name__})"]) from error
    return kept


def signer_of(settings: Settings) -> "Signer | None":
    """What signs the mail; None when the settings name no domain to sign for. Raises `SettingsError`."""
    if settings.dkim_domain is None:
        return None
    secrets = (settings.dkim_rsa_key, settings.dkim_ed25519_key)
    pems = tuple(secret.get_secret_value() if secret else "" for secret in secrets)
    return _signer(settings.dkim_domain, settings.dkim_selector, pems)


@lru_cache(maxsize=4)
def _signer(domain: str, prefix: str, pems: tuple[str, ...]) -> "Signer":
    from newsletter.mail.dkim import Signer
    from newsletter.mail.dkim_keys import Kind, UnusableKey, read_key, selector_of

    keys = []
    for kind, pem in zip(KINDS, pems, strict=True):
        try:
            if pem:
                keys.append((selector_of(prefix, Kind(kind)), read_key(Kind(kind), pem)))
        except UnusableKey as error:
            raise SettingsError([f"{PREFIX}DKIM_{kind.upper()}_KEY, or its file: {error}"]) from None
    if not keys:
        raise SettingsError(
            [
                f"{PREFIX}DKIM_DOMAIN is set, but there is no key to sign with: "
                "run newsletter dkim keygen first"
            ]
        )
    return Signer(domain, tuple(keys))
