"""Which network a visitor comes from: pure."""

from socket import AF_INET, AF_INET6, inet_ntop, inet_pton

UNKNOWN = "unknown"
_HOUSEHOLD, _SITE = 64, 48
# RFC 4291, section 2.5.5.2: an IPv4 address written as IPv6.
_MAPPED = bytes(10) + b"\xff\xff"


def network_of(address: str) -> str:
    """The network one connection has: an IPv4 address, or the /64 of an IPv6 one (RFC 6177).

    An IPv4 address written as IPv6 is that IPv4 address; whatever is no address is `unknown`.
    """
    return networks_of(address)[0]


def networks_of(address: str) -> tuple[str, ...]:
    """The network of one connection and, for IPv6, the /48 that a single customer may have been given."""
    # In the octets that the system works with: `ipaddress` takes fifteen times as long, with every form.
    octets = _octets(address.partition("%")[0])
    if len(octets) == 4:
        return (inet_ntop(AF_INET, octets),)
    return tuple(_begins(octets, width) for width in (_HOUSEHOLD, _SITE)) if octets else (UNKNOWN,)


def _octets(address: str) -> bytes:
    """Four for IPv4, sixteen for IPv6, none for what is no address."""
    try:
        octets = inet_pton(AF_INET6 if ":" in address else AF_INET, address)
    except (OSError, ValueError):
        return b""
    return octets.removeprefix(_MAPPED) if len(octets) == 16 else octets


def _begins(octets: bytes, width: int) -> str:
    return f"{inet_ntop(AF_INET6, octets[: width // 8].ljust(16, bytes(1)))}/{width}"
