"""How the text of each setting is read. A `ValueError` ends the sentence "VESTIBULE_… must be …"."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

from vestibule.domain.connection import PROVIDER_KINDS
from vestibule.domain.email import is_email
from vestibule.domain.redirect_uri import AddressRefused, check_web_address

SECRET_KEY_LENGTH = 32
PASSWORD_LENGTH = 12
_HOST = re.compile(r"[0-9a-z:._-]{1,253}")


def public_url(text: str) -> str:
    """The deployment's own origin. Plain http is taken on loopback only (D19)."""
    try:
        check_web_address(text)
    except AddressRefused as refused:
        sentence = str(refused)
        raise ValueError(f"“{text}” is refused. {sentence}") from None
    parts = urlsplit(text)
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError(f"“{text}” must be scheme, host and port only: no path, query or fragment.")
    host = (parts.hostname or "").lower()
    default_port = {"https": 443, "http": 80}[parts.scheme]
    port = "" if parts.port in (None, default_port) else f":{parts.port}"
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}"


def is_loopback_url(url: str) -> bool:
    """Whether the public URL names this machine alone."""
    return _is_loopback(urlsplit(url).hostname or "")


def host(text: str) -> str:
    """An IP address to listen on, or `localhost`."""
    if text != "localhost":
        try:
            ip_address(text)
        except ValueError:
            raise ValueError(f"“{text}” is neither an IP address nor “localhost”.") from None
    return text


def number(least: int, most: int) -> Callable[[str], int]:
    """Reads whole numbers between `least` and `most`."""

    def read(text: str) -> int:
        if re.fullmatch(r"[0-9]{1,9}", text) is None or not least <= int(text) <= most:
            raise ValueError(f"“{text}” is not a whole number from {least} to {most}.")
        return int(text)

    return read


port = number(1, 65535)


def one_of(*choices: str) -> Callable[[str], str]:
    """Reads one of the words."""

    def read(text: str) -> str:
        if text.lower() not in choices:
            raise ValueError(f"“{text}” is not one of {', '.join(choices)}.")
        return text.lower()

    return read


def switch(text: str) -> bool:
    """`true` or `false`, and the usual other words for them."""
    word = text.lower()
    if word not in ("true", "1", "yes", "on", "false", "0", "no", "off"):
        raise ValueError(f"“{text}” is neither true nor false.")
    return word in ("true", "1", "yes", "on")


def database_url(text: str) -> str:
    """The address of a database that we can use. A refusal does not repeat it: it may hold a password."""
    if not text.startswith(("sqlite:///", "postgresql://")):
        raise ValueError("must begin with “sqlite:///” or “postgresql://”.")
    return text


def secret_key(text: str) -> str:
    """A key that nobody can guess."""
    if len(text) < SECRET_KEY_LENGTH or len(set(text)) < 8:
        raise ValueError(f"must be {SECRET_KEY_LENGTH} random characters or more: “openssl rand -hex 32”.")
    return text


def secret_keys(text: str) -> tuple[str, ...]:
    """Keys of which each is read like `secret_key`, one a line."""
    return tuple(secret_key(line.strip()) for line in text.splitlines() if line.strip())


def token(text: str) -> str:
    """A bearer token (RFC 6750 section 2.1)."""
    if re.fullmatch(r"[A-Za-z0-9._~+/=-]{16,512}", text) is None:
        raise ValueError("must be 16 to 512 letters, digits or characters of “._~+/=-”.")
    return text


def name(text: str) -> str:
    """A user name."""
    if len(text) > 255 or not text.isprintable():
        raise ValueError("must be at most 255 printable characters.")
    return text


def email(text: str) -> str:
    """An e-mail address."""
    if not is_email(text):
        raise ValueError(f"“{text}” is not an e-mail address.")
    return text


def password(text: str) -> str:
    """A password that is not too short."""
    if not PASSWORD_LENGTH <= len(text) <= 1024:
        raise ValueError(f"must have {PASSWORD_LENGTH} to 1024 characters.")
    return text


def existing_file(text: str) -> Path:
    """A file that is there."""
    path = Path(text)
    if not path.is_file():
        raise ValueError(f"names the file {text}, which is not there.")
    return path


@dataclass(frozen=True, slots=True)
class SmtpUrl:
    """Where the platform's mail server is, and who we are there."""

    host: str
    port: int
    security: Literal["none", "starttls", "tls"]
    username: str = ""
    password: str = field(default="", repr=False)


def smtp_url(text: str) -> SmtpUrl:
    """`smtp://` is STARTTLS, without TLS on loopback only; `smtps://` is TLS from the start.

    A refusal does not repeat the text: it may hold a password.
    """
    form = "must be of the form smtp://user:password@host:587 or smtps://user:password@host:465."
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise ValueError(form) from None
    is_bare = parts.path in ("", "/") and not parts.query and not parts.fragment
    if parts.scheme not in ("smtp", "smtps") or not is_bare or not text.isprintable():
        raise ValueError(form)
    if _HOST.fullmatch(host) is None or port == 0 or (parts.username is None) != (parts.password is None):
        raise ValueError(form)
    username, password = unquote(parts.username or ""), unquote(parts.password or "")
    if parts.scheme == "smtps":
        return SmtpUrl(host, port or 465, "tls", username, password)
    return SmtpUrl(host, port or 587, "none" if _is_loopback(host) else "starttls", username, password)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """IP addresses and networks in CIDR notation, separated by commas."""
    found = []
    for item in _items(text):
        try:
            found.append(ip_network(item))
        except ValueError:
            raise ValueError(f"“{item}” is not an IP address or network such as 10.0.0.0/8.") from None
    return tuple(found)


def host_ports(text: str) -> tuple[str, ...]:
    """`host:port` pairs, separated by commas; IPv6 addresses in brackets."""
    found = _items(text)
    for item in found:
        matched = re.fullmatch(r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):([0-9]{1,5})", item)
        if matched is None or not 0 < int(matched[1]) <= 65535:
            raise ValueError(f"“{item}” is not of the form host:port.")
    return found


def practice_providers(text: str) -> dict[str, str]:
    """`kind=http://127.0.0.1:port` pairs, separated by commas: what stands in for vendors (D23)."""
    found: dict[str, str] = {}
    for item in _items(text):
        kind, _, url = item.partition("=")
        if kind not in PROVIDER_KINDS or re.fullmatch(r"http://127\.0\.0\.1:[0-9]{1,5}", url) is None:
            raise ValueError(f"“{item}” is not of the form google=http://127.0.0.1:9103.")
        found[kind] = url
    return found


def _items(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.split(",") if item.strip())
