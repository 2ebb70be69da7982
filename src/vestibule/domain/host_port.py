"""A host with a port: what is opened to outgoing requests beyond public addresses, one by one (D23)."""

import re
from dataclasses import dataclass
from ipaddress import IPv6Address

HOST_PORT = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253}):([0-9]{1,5})")


@dataclass(frozen=True, slots=True)
class HostPort:
    """A host and port. `host` is as it stands in URLs, lower case, no brackets."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def read_host_port(text: str) -> HostPort:
    """Reads one `host:port`, an IPv6 address in brackets. Raises `ValueError` for anything else."""
    match = HOST_PORT.fullmatch(text)
    if match is None or not 0 < int(match[2]) < 65536:
        raise ValueError(f"{text!r} is not host:port")
    host = match[1].strip("[]").lower()
    return HostPort(str(IPv6Address(host)) if ":" in host else host, int(match[2]))
