"""What an outgoing request may ask for, read from a URL.

A URL is read here and nowhere else; the connection is given the parts, so that no second reader can
see another host in it (SF-06).
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address
from typing import Literal

from vestibule.domain.errors import AddressNotAllowed
from vestibule.domain.host_port import HostPort

Method = Literal["GET", "POST"]

LIMIT_URL = 2048
PORTS = {"https": 443, "http": 80}
URL = re.compile(
    r"(?P<scheme>https?)://(?:\[(?P<literal>[0-9a-f:.]{2,45})\]|(?P<name>[a-z0-9._-]{1,253}))(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>/[!$-;=@-\[\]_a-z~]*)?(?:\?(?P<query>[!$-;=?-\[\]_a-z~]*))?",
    re.IGNORECASE | re.ASCII,
)
HOST_NAME = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?")


@dataclass(frozen=True, slots=True)
class Target:
    """The parts of a URL that may be called: where, and what to ask for there."""

    scheme: str
    place: HostPort
    path: str
    query: str


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent to the target."""

    method: Method
    target: Target
    headers: Mapping[str, str]
    body: bytes | None = None


def read_target(url: str, allow: Collection[HostPort] = ()) -> Target:
    """Reads an absolute URL that may be called. Raises `AddressNotAllowed` with the rule that it breaks.

    That is https on port 443; other ports, and http, only where `allow` has the host and port. User
    information, a fragment and characters that a URI has not (RFC 3986 section 2) are refused.
    """
    match = URL.fullmatch(url) if len(url) <= LIMIT_URL else None
    if match is None:
        raise AddressNotAllowed("not an https URL of a host and a path, or too long")
    scheme, port = match["scheme"].lower(), match["port"]
    place = HostPort(_read_host(match["literal"], match["name"]), int(port) if port else PORTS[scheme])
    if place not in allow and (scheme, place.port) != ("https", 443):
        raise AddressNotAllowed(f"host {place.host}, port {place.port}: only https on port 443", place)
    return Target(scheme, place, match["path"] or "/", match["query"] or "")


def _read_host(literal: str | None, name: str | None) -> str:
    if literal is not None:
        try:
            return str(IPv6Address(literal))
        except ValueError:
            raise AddressNotAllowed("the host in brackets is not an IPv6 address") from None
    host = (name or "").lower()
    if HOST_NAME.fullmatch(host) is None:
        raise AddressNotAllowed("the host is not a name that can be resolved")
    return host
