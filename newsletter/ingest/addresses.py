"""Which network addresses may be dialled: the public internet, and what the operator allowed.

Our own table instead of `ipaddress`'s `is_global`: that one passes multicast, NAT64 and 6to4
addresses on Python 3.11. The networks come from IANA's special-purpose address registries
(RFC 6890) and from the address blocks that smuggle an IPv4 address inside an IPv6 one.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# All public IPv6 addresses lie in here (RFC 4291, section 2.4). Outside of it: loopback, link-local
# fe80::/10, site-local fec0::/10, unique-local fc00::/7, multicast ff00::/8, IPv4-mapped
# ::ffff:0:0/96, IPv4-compatible ::/96, NAT64 64:ff9b::/96 and 64:ff9b:1::/48, discard 100::/64.
_PUBLIC_IPV6 = IPv6Network("2000::/3")

_REFUSED: tuple[tuple[Network, str], ...] = tuple(
    (ip_network(network), what)
    for network, what in (
        ("0.0.0.0/8", "an unspecified address"),
        ("10.0.0.0/8", "a private address"),
        ("100.64.0.0/10", "a provider's inner address"),
        ("127.0.0.0/8", "an address of this very machine"),
        ("169.254.0.0/16", "a link-local address"),
        ("172.16.0.0/12", "a private address"),
        ("192.0.0.0/24", "a reserved address"),
        ("192.0.2.0/24", "an address for documentation"),
        ("192.88.99.0/24", "a 6to4 relay address"),
        ("192.168.0.0/16", "a private address"),
        ("198.18.0.0/15", "an address for benchmarks"),
        ("198.51.100.0/24", "an address for documentation"),
        ("203.0.113.0/24", "an address for documentation"),
        ("224.0.0.0/4", "a multicast address"),
        ("240.0.0.0/4", "a reserved address"),
        ("2001::/23", "a reserved address"),  # Teredo (2001::/32) hides an IPv4 address
        ("2001:db8::/32", "an address for documentation"),
        ("2002::/16", "a 6to4 address"),  # hides an IPv4 address
        ("3fff::/20", "an address for documentation"),
    )
)


def refusal(address: Address, allowed: Iterable[Network] = ()) -> str | None:
    """Why `address` must not be dialled, in words; None when it may be.

    Networks in `allowed` pass whatever they are; an IPv4 network does not allow the IPv6 spellings
    of its addresses.
    """
    if any(address in network for network in allowed):
        return None
    for network, what in _REFUSED:
        if address in network:
            return what
    if isinstance(address, IPv6Address) and address not in _PUBLIC_IPV6:
        return "not a public address"
    return None
