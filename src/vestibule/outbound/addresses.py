"""Where outgoing requests may go: each host is resolved once, and every address of it checked (D23)."""

import asyncio
import socket
from collections.abc import Callable, Iterable
from ipaddress import ip_address

from vestibule.domain.errors import AddressNotAllowed, UpstreamUnreachable
from vestibule.domain.host_port import HostPort
from vestibule.domain.networks import Address, why_never, why_not_public


async def resolve(target: HostPort, opened: bool) -> tuple[Address, ...]:
    """Every address of the host, resolved once and each checked; the connection goes to one of these only.

    One bad address among good ones refuses them all, and one that is never called cannot be opened by its
    being among others. Literal addresses and the odd spellings that
    the system's resolver takes for addresses (`127.1`, `2130706433`) come through here too.
    Raises `AddressNotAllowed`, or `UpstreamUnreachable` where the name does not resolve.
    """
    addresses = await _look_up(target)
    _check(target, addresses, why_never)
    if not opened:
        _check(target, addresses, why_not_public, place=target)
    return addresses


def _check(
    target: HostPort,
    addresses: Iterable[Address],
    why: Callable[[Address], str | None],
    place: HostPort | None = None,
) -> None:
    for address in addresses:
        reason = why(address)
        if reason is not None:
            detail = f"host {target.host}, address {address}, port {target.port}: {reason}"
            raise AddressNotAllowed(detail, place)


async def _look_up(target: HostPort) -> tuple[Address, ...]:
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise UpstreamUnreachable(f"{target.host} does not resolve") from None
    addresses = tuple(dict.fromkeys(ip_address(entry[4][0]) for entry in found))
    if not addresses:
        raise UpstreamUnreachable(f"{target.host} does not resolve")
    return addresses
