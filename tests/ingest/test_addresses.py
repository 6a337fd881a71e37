"""Which addresses may be dialled, whatever way they are spelled."""

from ipaddress import ip_address, ip_network

import pytest

from newsletter.ingest.addresses import refusal
from newsletter.ingest.dial import AddressRefused, Deadline, GuardedBackend, resolve_name

REFUSED = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.255.255.254",
    "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1",
    "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1",
    "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", "100::1", "2001::1", "2001:0:7f00:1::",
    "2001:db8::1", "2002:7f00:1::", "2002:c0a8:101::1", "3fff::1", "5f00::1", "fc00::1", "fd12:3456::1",
    "fe80::1", "fec0::1", "ff02::1", "ff0e::1",
]  # fmt: skip
PUBLIC = [
    "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.1", "192.0.1.1",
    "198.17.255.255", "198.20.0.0", "223.255.255.255", "2001:4860:4860::8888", "2606:4700::1111", "2a00::1",
]  # fmt: skip
ODD_SPELLINGS = [
    "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "127.1", "127.0.1", "0", "0x0",
    "3232235777", "0xc0.0xa8.1.1", "0xa9fea9fe",
]  # fmt: skip


@pytest.mark.parametrize("address", REFUSED)
def test_addresses_that_are_not_public_are_refused(address: str) -> None:
    assert refusal(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_pass(address: str) -> None:
    assert refusal(ip_address(address)) is None


def test_a_network_the_operator_allows_passes_and_nothing_beside_it() -> None:
    allowed = (ip_network("10.1.0.0/16"), ip_network("fd00:1::/32"))

    assert refusal(ip_address("10.1.2.3"), allowed) is None
    assert refusal(ip_address("fd00:1::5"), allowed) is None
    assert refusal(ip_address("10.2.0.1"), allowed)
    assert refusal(ip_address("::ffff:10.1.2.3"), allowed)


@pytest.mark.parametrize("host", ODD_SPELLINGS)
def test_decimal_octal_and_hex_spellings_are_judged_by_the_address_they_mean(host: str) -> None:
    backend = GuardedBackend((), Deadline(5), resolve_name)

    with pytest.raises(AddressRefused):
        backend.connect_tcp(host, 80)


def test_a_name_with_only_private_addresses_is_refused_and_the_reason_names_the_first() -> None:
    addresses = [ip_address("192.168.7.7"), ip_address("::1")]
    backend = GuardedBackend((), Deadline(5), lambda _host, _port: addresses)

    with pytest.raises(AddressRefused, match=r"192\.168\.7\.7 is a private address"):
        backend.connect_tcp("intranet.example.com", 80)
