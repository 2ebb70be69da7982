"""Which addresses are public, and which no setting ever opens to outgoing requests (D23).

`ipaddress` alone does not decide: its `is_global` takes loopback behind NAT64 and 6to4 for public.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

NEVER_ALLOWED: tuple[tuple[Network, str], ...] = tuple(
    (ip_network(network), kind)
    for network, kind in (
        ("0.0.0.0/8", "unspecified"),
        ("100.100.100.200/32", "metadata"),
        ("168.63.129.16/32", "metadata"),
        ("169.254.0.0/16", "link-local"),
        ("192.0.0.192/32", "metadata"),
        ("224.0.0.0/4", "multicast"),
        ("255.255.255.255/32", "broadcast"),
        ("::/128", "unspecified"),
        ("::ffff:0:0/96", "IPv4-mapped"),
        ("64:ff9b:1::/48", "NAT64"),
        ("2001::/32", "Teredo"),
        ("2002::/16", "6to4"),
        ("fd00:ec2::/32", "metadata"),
        ("fd20:ce::254/128", "metadata"),
        ("fe80::/10", "link-local"),
        ("ff00::/8", "multicast"),
    )
)
NOT_PUBLIC: tuple[tuple[Network, str], ...] = tuple(
    (ip_network(network), kind)
    for network, kind in (
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "documentation"),
        ("192.31.196.0/24", "reserved"),
        ("192.52.193.0/24", "reserved"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("192.175.48.0/24", "reserved"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("240.0.0.0/4", "reserved"),
        ("::1/128", "loopback"),
        ("64:ff9b::/96", "NAT64"),
        ("2001::/23", "reserved"),
        ("2001:db8::/32", "documentation"),
        ("2620:4f:8000::/48", "reserved"),
        ("3fff::/20", "documentation"),
        ("fc00::/7", "private"),
        ("fec0::/10", "site-local"),
    )
)
GLOBAL_UNICAST = IPv6Network("2000::/3")
CARRIERS = (IPv6Network("64:ff9b::/96"), IPv6Network("::/96"))


def why_never(address: Address) -> str | None:
    """Why no setting opens the address: link-local, metadata, and forms that hide an IPv4 address."""
    return _kind(address, NEVER_ALLOWED) or _kind(_carried(address), NEVER_ALLOWED)


def why_not_public(address: Address) -> str | None:
    """Why the address may not be called unless its host and port are opened; None for a public one."""
    kind = why_never(address) or _kind(address, NOT_PUBLIC)
    if kind is None and isinstance(address, IPv6Address) and address not in GLOBAL_UNICAST:
        return "reserved"
    return kind or (None if address.is_global else "reserved")


def _kind(address: Address, networks: Iterable[tuple[Network, str]]) -> str | None:
    return next((kind for network, kind in networks if address in network), None)


def _carried(address: Address) -> Address:
    """The IPv4 address behind NAT64 (RFC 6052) or an IPv4-compatible spelling, else the address itself."""
    if (
        isinstance(address, IPv6Address)
        and any(address in network for network in CARRIERS)
        and int(address) > 1
    ):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address
