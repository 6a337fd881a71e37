"""Which network a visitor comes from: pure."""

from ipaddress import ip_address, ip_network

UNKNOWN = "unknown"
_HOUSEHOLD, _SITE = 64, 48


def network_of(address: str) -> str:
    """The network one connection has: an IPv4 address, or the /64 of an IPv6 one (RFC 6177).

    An IPv4 address written as IPv6 is that IPv4 address; whatever is no address is `unknown`.
    """
    return networks_of(address)[0]


def networks_of(address: str) -> tuple[str, ...]:
    """The network of one connection and, for IPv6, the /48 that a single customer may have been given."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return (UNKNOWN,)
    if found.version == 6 and found.ipv4_mapped:
        found = found.ipv4_mapped
    if found.version == 4:
        return (str(found),)
    return tuple(str(ip_network((found, width), strict=False)) for width in (_HOUSEHOLD, _SITE))
