"""Addresses of a provider: which of them may be used at all."""

import ipaddress
import re
from dataclasses import dataclass

LIMIT = 2048

_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9a-f:.]{2,45}\]|[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*)"
    r"(?P<port>:[0-9]{1,5})?(?P<path>(?:/[A-Za-z0-9._~!$&'()*+,;=:@%/{}-]*)?)(?P<query>(?:\?[!$-;=?-Z_a-z~\[\]]*)?)",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Address:
    """A URL in its parts. `origin` is scheme, host and port in lower case; `query` keeps its `?`."""

    origin: str
    host: str
    path: str
    query: str

    @property
    def is_loopback(self) -> bool:
        """Whether it is this machine's own, by name or by number."""
        if self.host == "localhost" or self.host.endswith(".localhost"):
            return True
        try:
            return ipaddress.ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return False

    @property
    def is_usable(self) -> bool:
        """Whether anybody may be sent there: https, or http on the loopback, where practice lives (RP-08)."""
        return self.origin.startswith("https://") or self.is_loopback

    @property
    def is_template(self) -> bool:
        """Whether something in braces is still to be filled in."""
        return "{" in self.path


def read_address(url: object) -> Address | None:
    """The parts of an absolute http or https URL; None for anything else.

    User information, a fragment and characters that a URI has not are refused. Braces pass, because
    the issuer of Entra is a template.
    """
    match = _URL.fullmatch(url) if isinstance(url, str) and len(url) <= LIMIT else None
    if match is None:
        return None
    host = match["host"].lower()
    origin = f"{match['scheme'].lower()}://{host}{match['port'] or ''}"
    return Address(origin, host, match["path"], match["query"])
