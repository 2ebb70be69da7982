"""Which addresses an application may register: the one rule for everybody who takes one.

An authorization request is compared byte for byte with what passed here (RFC 9700 section 4.1.3),
so the rule keeps out whatever a browser would read differently from how it was written (RU-03).
"""

import ipaddress
import re
from urllib.parse import parse_qsl

from vestibule.domain.sentence import Sentence

LENGTH_LIMIT = 2000
RESERVED_PARAMETERS = frozenset(
    {"code", "state", "error", "error_description", "error_uri", "iss"}
    | {"response", "id_token", "access_token"}
)
"""Names that an authorization response brings itself; a registered query must not (RU-11)."""

_CHARACTERS = re.compile(r"(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+")
_PARTS = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*):(?P<slashes>//(?P<authority>[^/?#]*))?(?P<path>[^?#]*)"
    r"(?:\?(?P<query>[^#]*))?(?P<fragment>#.*)?"
)
_AUTHORITY = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?")
_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")
_DOT_SEGMENT = re.compile(r"(?:\.|%2e){1,2}", re.IGNORECASE)


class AddressRefused(ValueError):
    """An address that must not be registered; `sentence` says why."""

    def __init__(self, text: str, **values: str | int) -> None:
        self.sentence = Sentence(text, values)
        super().__init__(str(self.sentence))


def check_redirect_uri(uri: str, *, public: bool = False) -> None:
    """Raises `AddressRefused` unless `uri` may be a redirect URI (RFC 9700 section 4.1, RU-03, RU-11).

    https anywhere, http on loopback, and for `public` native clients a private-use scheme with a
    dot, such as `com.example.app:/callback` (RFC 8252 section 7.1).
    """
    parts = _split(uri)
    if "*" in uri:
        raise AddressRefused("Wildcards are not taken: register each redirect URI in full.")
    if parts["fragment"] is not None:
        raise AddressRefused("A redirect URI must not have a fragment (the part after “#”).")
    if public and "." in parts["scheme"]:
        if not parts["path"].startswith("/") and not parts["authority"]:
            raise AddressRefused("After the scheme comes a path, as in “com.example.app:/callback”.")
    else:
        _check_origin(parts)
    for name, _ in parse_qsl(parts["query"] or "", keep_blank_values=True):
        if name in RESERVED_PARAMETERS:
            raise AddressRefused(
                "The query must not contain “{name}”, which the response brings itself.", name=name
            )


def check_web_address(uri: str) -> None:
    """Raises `AddressRefused` unless `uri` is https, or http on loopback: a home page, a logout address."""
    _check_origin(_split(uri))


def is_loopback_host(host: str) -> bool:
    """Whether `host` (a name, or an IP address without brackets) always means this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _split(uri: str) -> re.Match[str]:
    """The parts of the address by name; parts that are not there are None."""
    if len(uri) > LENGTH_LIMIT:
        raise AddressRefused("The address is longer than {limit} characters.", limit=LENGTH_LIMIT)
    if _CHARACTERS.fullmatch(uri) is None:
        raise AddressRefused(
            "The address has a character that does not belong into one: a space, a backslash, a quote, "
            "a control character or a letter outside ASCII."
        )
    found = _PARTS.fullmatch(uri)
    if found is None:
        raise AddressRefused("The address must be absolute and begin with its scheme, such as “https://”.")
    return found


def _check_origin(parts: re.Match[str]) -> None:
    if parts["scheme"] not in ("https", "http") or not parts["slashes"]:
        raise AddressRefused("The address must begin with “https://” (or “http://” on the local machine).")
    if "@" in parts["authority"]:
        raise AddressRefused("The address must not contain a user name or password (the part before “@”).")
    found = _AUTHORITY.fullmatch(parts["authority"])
    if found is None or not _is_host(found["host"]) or not _is_port(found["port"]):
        raise AddressRefused("The host or port of the address cannot be read.")
    if parts["scheme"] == "http" and not is_loopback_host(found["host"].strip("[]")):
        raise AddressRefused("Plain http is taken only for the local machine; use https.")
    if any(_DOT_SEGMENT.fullmatch(segment) for segment in parts["path"].split("/")):
        raise AddressRefused("The path must not contain “.” or “..” as a segment.")


def _is_host(host: str) -> bool:
    """An IP address, or a name whose last label is no number: browsers read `1.2` and `0x7f` as addresses."""
    try:
        ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        labels = host.removesuffix(".").split(".")
        return all(map(_LABEL.fullmatch, labels)) and _NUMBER.fullmatch(labels[-1]) is None
    return ":" in host if host.startswith("[") else ":" not in host


def _is_port(port: str | None) -> bool:
    return port is None or 0 < int(port) <= 65535
