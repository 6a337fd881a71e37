"""The keys DKIM signs with: made, read, and as the DNS publishes their public halves."""

import base64
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from newsletter.mail.dkim import Ed25519Key, RsaKey

# RFC 8301, section 3.2: signers use at least 2048 bits; not every verifier takes more than 4096.
RSA_BITS = 2048
_MOST_RSA_BITS = 4096
# RFC 1035, section 3.3: a string in a TXT record holds at most 255 octets.
_LONGEST_STRING = 255


class Kind(StrEnum):
    """The two kinds of keys, by the name the tag `k=` of a DNS record has for them."""

    RSA = "rsa"
    ED25519 = "ed25519"


class UnusableKey(ValueError):
    """This is no private key that DKIM can sign with. The text never holds anything of the key."""


def make_key(kind: Kind) -> str:
    """A new private key, as PEM (PKCS #8) without a password."""
    key = generate_private_key(65537, RSA_BITS) if kind == Kind.RSA else Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")


def read_key(kind: Kind, pem: str) -> RsaKey | Ed25519Key:
    """The private key in `pem`. Raises `UnusableKey`."""
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError) as error:
        raise UnusableKey("this is no private key in PEM without a password") from error
    if kind == Kind.ED25519 and isinstance(key, Ed25519PrivateKey):
        return Ed25519Key(key)
    if kind == Kind.RSA and isinstance(key, RSAPrivateKey):
        if not RSA_BITS <= key.key_size <= _MOST_RSA_BITS:
            raise UnusableKey(
                f"an RSA key of {key.key_size} bits; it must have {RSA_BITS} to {_MOST_RSA_BITS}"
            )
        return RsaKey(key)
    raise UnusableKey(f"this is a key of another kind, not {kind}")


def selector_of(prefix: str, kind: Kind) -> str:
    """The selector of a key: each kind has a DNS record of its own (RFC 8463, section 3)."""
    return f"{prefix}-{kind}"


def record_name(domain: str, selector: str) -> str:
    """Where the public half is looked up (RFC 6376, section 3.6.2.1), without the last dot."""
    return f"{selector}._domainkey.{domain}"


def record_value(key: RsaKey | Ed25519Key) -> str:
    """The TXT record of a key's public half (RFC 6376, section 3.6.1; RFC 8463, section 4)."""
    public = key.key.public_key()
    if isinstance(key, RsaKey):
        kind, octets = Kind.RSA, public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    else:
        kind, octets = Kind.ED25519, public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return f"v=DKIM1; k={kind}; p={base64.b64encode(octets).decode('ascii')}"


def record_strings(value: str) -> list[str]:
    """A TXT record's value in strings of at most 255 octets; a verifier joins them again."""
    return [value[start : start + _LONGEST_STRING] for start in range(0, len(value), _LONGEST_STRING)]
