"""What is opened to outgoing requests, as pages, programs and events write it."""

import re
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from vestibule.domain.host_port import HostPort
from vestibule.domain.networks import Address, why_never
from vestibule.domain.opened_address import OpenedAddress
from vestibule.representations.document import Element

HOST, PORT, NOTE = "host", "port", "note"
NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")
LITERAL = re.compile(r"\[?([0-9a-f:.]{2,45})\]?")
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
LONGEST_NOTE = 200


def read_place(element: Element) -> HostPort:
    """The host, a name or an address, and its port. Refuses what is never called, whatever is opened."""
    host, member = element.text(HOST, "").strip().lower(), element.member(HOST)
    if "/" in host:
        member.refuse("Enter the host alone, without https:// and without a path.")
    address = _read_address(member, host)
    if address is None and NAME.fullmatch(host) is None:
        member.refuse("Enter a host name or an IP address, such as id.company.internal.")
    if address is not None and why_never(address) is not None:
        member.refuse("This address is never called: addresses of metadata and the like stay closed.")
    if not element.member(PORT).is_present:
        element.member(PORT).refuse("A port is a number from 1 to 65535.")
    return HostPort(host if address is None else str(address), element.number(PORT, 443, 1, 65535))


def read_note(element: Element) -> str:
    """What it is opened for."""
    return element.text(NOTE, "", LONGEST_NOTE).strip()


def write_opened_address(opened: OpenedAddress) -> dict[str, Any]:
    """`place` names it in addresses; the time is in milliseconds since 1970."""
    return {
        "place": str(opened.place),
        HOST: opened.host,
        PORT: opened.port,
        NOTE: opened.note,
        "openedBy": opened.opened_by,
        "openedAt": int(opened.opened_at.timestamp() * 1000),
    }


def _read_address(member: Element, host: str) -> Address | None:
    """The address that the host is. One in another spelling, such as `127.1`, is refused."""
    literal = LITERAL.fullmatch(host) if ":" in host else None
    try:
        if literal is not None:
            return IPv6Address(literal[1])
        return IPv4Address(host) if NUMBER.fullmatch(host.rpartition(".")[2]) else None
    except ValueError:
        member.refuse("Write an IP address in full, such as 10.1.2.3.")
