"""Who publishes, worked out from the settings: the value every mail is made with."""

from urllib.parse import urlsplit

from email_validator import ValidatedEmail, validate_email

from newsletter.config import PREFIX, Settings, SettingsError
from newsletter.mail.brand import Logo, brand_of
from newsletter.mail.issue import Publication
from newsletter.mail.verp import LONGEST_LOCAL_PART
from newsletter.signing import signer_of


def publication_of(settings: Settings, logo: Logo | None = None) -> Publication:
    """The publication as the settings describe it; bounces come back to the sender by default.

    `logo` is our copy of the settings' logo (`branding`), for who shows it.

    Raises `newsletter.config.SettingsError` when mail is to be signed and the keys are of no use, or
    bounces are to be told apart and their address has no room for it.
    """
    sender = _read_mailbox(settings.sender)
    bounces = _read_mailbox(settings.bounce_address) if settings.bounce_address else sender
    return Publication(
        name=settings.publication_name,
        base_url=settings.base_url,
        sender=settings.sender,
        reply_to=settings.reply_to,
        bounce_address=bounces.ascii_email or bounces.normalized,
        postal_address=settings.postal_address,
        list_domain=_list_domain(settings.base_url, sender.ascii_domain),
        signer=signer_of(settings),
        verp=_tags(settings, bounces.ascii_email or bounces.normalized),
        brand=brand_of(settings.accent, logo),
    )


def _tags(settings: Settings, bounce_address: str) -> bool:
    """Whether each mail has an envelope sender of its own; by default when there is an address for it."""
    wanted = settings.bounce_tags
    if wanted is None:
        wanted = settings.bounce_address is not None
    if wanted and len(bounce_address.rpartition("@")[0]) > LONGEST_LOCAL_PART:
        raise SettingsError(
            [
                f"{PREFIX}BOUNCE_ADDRESS: there is no room for a tag before its @; use one of at most "
                f"{LONGEST_LOCAL_PART} characters, or set {PREFIX}BOUNCE_TAGS=false"
            ]
        )
    return wanted


def _read_mailbox(mailbox: str) -> ValidatedEmail:
    return validate_email(mailbox, check_deliverability=False, allow_display_name=True)


def _list_domain(base_url: str, sender_domain: str) -> str:
    """The host of the pages, as it may stand in a Message-ID and List-ID: ASCII, and no IPv6 literal."""
    host = urlsplit(base_url).hostname or ""
    try:
        ascii_host = host.encode("idna").decode("ascii")
    except UnicodeError:
        return sender_domain
    return sender_domain if not ascii_host or ":" in ascii_host else ascii_host
