"""Which addresses may be called, and under which condition."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.outbound.surroundings import Names
from vestibule.domain.errors import AddressNotAllowed, UpstreamUnreachable
from vestibule.domain.host_port import HostPort, read_host_port
from vestibule.domain.networks import NOT_PUBLIC, why_never, why_not_public
from vestibule.outbound.addresses import resolve

IPV4 = st.ip_addresses(v=4)
IPV6 = st.ip_addresses(v=6)
PRIVATE = """
    127.0.0.1 127.255.255.254 10.1.2.3 172.16.0.1 172.31.255.255 192.168.1.1 0.0.0.0 0.1.2.3
    100.64.0.1 100.127.255.255 169.254.169.254 192.0.0.8 192.0.2.1 192.88.99.1 198.18.0.1 224.0.0.1
    240.0.0.1 255.255.255.255 168.63.129.16 :: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:8.8.8.8
    64:ff9b::7f00:1 64:ff9b::808:808 64:ff9b:1::a00:1 2002:7f00:1:: 2001::1 2001:db8::1 fc00::1
    fd00:ec2::254 fe80::1 fec0::1 ff02::1 3fff::1 5f00::1 4000::1 100::1
"""
UNOPENABLE = """
    169.254.169.254 169.254.170.2 fe80::1 fd00:ec2::254 fd20:ce::254 168.63.129.16
    100.100.100.200 192.0.0.192 64:ff9b::a9fe:a9fe ::ffff:169.254.169.254 2002:a9fe:a9fe:: ::a9fe:a9fe
    0.0.0.0 :: 224.0.0.1 ff02::1 fe80::1%2
"""
NETWORKS = [network for network, _ in NOT_PUBLIC]


def nat64(address: IPv4Address) -> IPv6Address:
    return IPv6Address(int(IPv6Address("64:ff9b::")) | int(address))


def disguises(address: IPv4Address) -> list[IPv6Address]:
    value = int(address)
    return [
        nat64(address),
        IPv6Address(value),
        IPv6Address(0xFFFF << 32 | value),
        IPv6Address(0x2002 << 112 | value << 80 | 1),
        IPv6Address(0x64FF9B0001 << 80 | value),
        IPv6Address(0x20010000 << 96 | ~value & 0xFFFFFFFF),
    ]


@pytest.mark.parametrize("address", PRIVATE.split())
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    assert why_not_public(ip_address(address)) is not None


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450::5"]
)
def test_a_public_address_may_be_called(address: str) -> None:
    assert why_not_public(ip_address(address)) is None


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.0.0.5", "192.168.0.9", "100.64.3.4", "fd12::1"])
def test_an_address_inside_the_company_can_be_opened(address: str) -> None:
    assert why_never(ip_address(address)) is None


@pytest.mark.parametrize("address", UNOPENABLE.split())
def test_a_metadata_or_link_local_address_cannot_be_opened(address: str) -> None:
    assert why_never(ip_address(address)) is not None


@given(st.sampled_from(NETWORKS), st.data())
def test_no_address_of_a_listed_network_is_public(network: object, data: st.DataObject) -> None:
    assert why_not_public(data.draw(st.ip_addresses(network=str(network)))) is not None


@given(IPV4.filter(lambda address: why_not_public(address) is not None), st.sampled_from(range(6)))
def test_no_disguise_makes_an_ipv4_address_public(address: IPv4Address, form: int) -> None:
    assert why_not_public(disguises(address)[form]) is not None


@given(st.ip_addresses(network="169.254.0.0/16"), st.sampled_from(range(6)))
def test_no_disguise_opens_a_link_local_address(address: IPv4Address, form: int) -> None:
    assert why_never(disguises(address)[form]) is not None


@given(IPV4 | IPV6)
def test_what_is_public_for_us_is_public_for_the_registries_too(address: IPv4Address | IPv6Address) -> None:
    if why_not_public(address) is None:
        assert address.is_global
        assert not address.is_multicast
        assert not address.is_reserved


@given(IPV4 | IPV6)
def test_what_no_setting_opens_is_never_public(address: IPv4Address | IPv6Address) -> None:
    if why_never(address) is not None:
        assert why_not_public(address) is not None


@pytest.mark.parametrize("spelling", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0", "localhost"])
async def test_every_spelling_of_loopback_is_checked_as_what_it_resolves_to(spelling: str) -> None:
    with pytest.raises(AddressNotAllowed) as refusal:
        await resolve(HostPort(spelling, 443), opened=False)
    assert f"host {spelling}, address " in refusal.value.detail
    assert "port 443" in refusal.value.detail


async def test_an_opened_host_resolves_to_its_private_address() -> None:
    assert await resolve(HostPort("127.0.0.1", 8080), opened=True) == (IPv4Address("127.0.0.1"),)


async def test_an_opened_host_still_does_not_lead_to_metadata() -> None:
    with pytest.raises(AddressNotAllowed):
        await resolve(HostPort("169.254.169.254", 80), opened=True)


async def test_a_name_that_does_not_resolve_is_unreachable(names: Names) -> None:
    names["nowhere.example"] = []
    with pytest.raises(UpstreamUnreachable):
        await resolve(HostPort("nowhere.example", 443), opened=False)


async def test_one_private_address_among_public_ones_refuses_the_name(names: Names) -> None:
    names["two-faced.example"] = [["8.8.8.8", "10.0.0.5"]]
    with pytest.raises(AddressNotAllowed) as refusal:
        await resolve(HostPort("two-faced.example", 443), opened=False)
    assert "10.0.0.5" in refusal.value.detail


@pytest.mark.parametrize(
    "text, expected",
    [
        ("IdP.corp:8443", HostPort("idp.corp", 8443)),
        ("10.0.0.5:443", HostPort("10.0.0.5", 443)),
        ("[0::1]:9000", HostPort("::1", 9000)),
    ],
)
def test_the_setting_names_a_host_and_a_port(text: str, expected: HostPort) -> None:
    assert read_host_port(text) == expected


@pytest.mark.parametrize(
    "text",
    ["idp", "idp:", "idp:0", "idp:65536", "https://idp:443", "idp:44x", "[::1", "*:443", "[::1::]:1", ""],
)
def test_the_setting_refuses_what_is_not_host_and_port(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - two readers say it in their own words
        read_host_port(text)
