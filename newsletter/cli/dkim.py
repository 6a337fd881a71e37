"""`newsletter dkim`: the keys that sign every mail, and what the DNS has to say about them."""

from pathlib import Path

import click

from newsletter.cli.context import fail
from newsletter.config import PREFIX, Settings, SettingsError, load_settings, read_domain
from newsletter.installation import kept_secret
from newsletter.mail.dkim_keys import (
    Kind,
    UnusableKey,
    make_key,
    read_key,
    record_name,
    record_strings,
    record_value,
    selector_of,
)
from newsletter.signing import check_aligned, key_file, sender_domain


@click.group("dkim")
def group() -> None:
    """Sign every mail, so that mailbox providers know it is yours (DKIM)."""


@group.command("keygen")
@click.option("--domain", metavar="DOMAIN", help="The domain to sign for (default: the sender's).")
def keygen(domain: str | None) -> None:
    """Make the keys in the data folder and show the DNS records to publish.

    Keys that are there already are kept: run it again to see the records again. For new keys,
    change the setting DKIM_SELECTOR first.
    """
    settings, domain = _read(domain)
    records = []
    for kind in Kind:
        path = key_file(settings.data_dir, settings.dkim_selector, kind)
        value = _public_record(kind, path)
        records.append(_zone_line(record_name(domain, selector_of(settings.dkim_selector, kind)), value))
    click.echo(_what_to_do(domain, records, switched_on=settings.dkim_domain == domain))


def _read(asked: str | None) -> tuple[Settings, str]:
    """The settings and the domain to sign for; ends the command when keys would be of no use."""
    # Not through open_installation: with DKIM_DOMAIN set, that asks for the keys to be made here.
    try:
        settings = load_settings()
        domain = read_domain(asked) if asked else settings.dkim_domain or sender_domain(settings)
        check_aligned(domain, settings)
    except (SettingsError, ValueError) as error:
        fail(str(error))
    if settings.dkim_rsa_key or settings.dkim_ed25519_key:
        fail(
            f"{PREFIX}DKIM_RSA_KEY or {PREFIX}DKIM_ED25519_KEY is set and would be used instead of keys "
            "made here; remove it first"
        )
    return settings, domain


def _public_record(kind: Kind, path: Path) -> str:
    """The record of the key kept in `path`, which is made when there is none."""
    made = not path.exists()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        value = record_value(read_key(kind, kept_secret(path, lambda: make_key(kind))))
    except UnusableKey as error:
        fail(f"{path}: {error}. Nothing was changed; move the file away to have a new key made")
    except OSError as error:
        fail(f"cannot keep a key in {path} ({error.strerror})")
    click.echo(f"{'Made' if made else 'Kept'} {path}")
    return value


def _zone_line(name: str, value: str) -> str:
    """A record as a zone file has it (RFC 1035, section 5.1)."""
    strings = "\n    ".join(f'"{string}"' for string in record_strings(value))
    return f"{name}. IN TXT (\n    {strings} )"


def _what_to_do(domain: str, records: list[str], switched_on: bool) -> str:
    then = "Mail is signed already." if switched_on else f"Then set {PREFIX}DKIM_DOMAIN={domain} and restart."
    return "\n\n".join(
        [
            f"\nPublish these TXT records in the DNS of {domain}:",
            *records,
            "Where a form asks for the value: all of a record's strings in one piece, without the quotes.",
            then,
        ]
    )
