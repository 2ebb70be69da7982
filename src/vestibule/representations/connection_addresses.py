"""Where a provider is: its issuer identifier, its endpoints and its metadata, each a checked address."""

from dataclasses import astuple, fields, replace
from urllib.parse import urlsplit

from vestibule.domain.connection import TENANT_PLACE, Connection, Endpoints
from vestibule.domain.redirect_uri import AddressRefused, check_web_address
from vestibule.representations.addresses import URI_LIMIT
from vestibule.representations.document import Element

ISSUER = "issuer"
DISCOVERY = "metadataDescriptorUrl"
ENDPOINTS = {
    "authorization": "authorizationUrl",
    "token": "tokenUrl",
    "userinfo": "userInfoUrl",
    "jwks": "jwksUrl",
    "end_session": "logoutUrl",
    "pushed_authorization_request": "vestibule.pushedAuthorizationRequestUrl",
}
"""Our endpoints by their names in `config`."""


def read_addresses(given: Element, connection: Connection) -> Connection:
    """`connection` with the addresses that `config` names; blank ones are taken away."""
    endpoints = connection.endpoints
    for name, member in ENDPOINTS.items():
        endpoints = replace(endpoints, **{name: _read(given.member(member), getattr(endpoints, name))})
    return replace(
        connection,
        issuer=_read_issuer(given.member(ISSUER), connection.issuer),
        discovery_url=_read(given.member(DISCOVERY), connection.discovery_url),
        endpoints=endpoints,
    )


def write_addresses(connection: Connection) -> dict[str, str]:
    """All of them, blank where there is none."""
    pairs = zip(fields(Endpoints), astuple(connection.endpoints), strict=True)
    written = {ENDPOINTS[one.name]: address for one, address in pairs}
    return {ISSUER: connection.issuer, DISCOVERY: connection.discovery_url, **written}


def sends_secret_elsewhere(before: Connection, after: Connection) -> bool:
    """Whether the client secret would be sent to another host than the one it was entered for.

    A stored secret is never shown (D18): whoever could lead it to a server of theirs would learn it.
    """
    return not _takers(after) <= _takers(before)


def _takers(connection: Connection) -> set[tuple[str, str]]:
    endpoints = connection.endpoints
    addresses = filter(None, (endpoints.token, endpoints.pushed_authorization_request))
    return {(split.scheme, split.netloc.lower()) for split in map(urlsplit, addresses)}


def _read(member: Element, default: str) -> str:
    """An https address, or http on loopback."""
    if not member.is_present:
        return default
    text = member.as_text(URI_LIMIT).strip()
    return _checked(member, text) if text else ""


def _read_issuer(member: Element, default: str) -> str:
    """An address without query and fragment, letter for letter (OpenID Connect Discovery 1.0 section 3)."""
    if not member.is_present:
        return default
    text = member.as_text(URI_LIMIT).strip()
    if "?" in text or "#" in text:
        member.refuse("An issuer has neither a query nor a fragment (no “?” and no “#”).")
    if text:
        _checked(member, text.replace(TENANT_PLACE, "tenant"))
    return text


def _checked(member: Element, text: str) -> str:
    try:
        check_web_address(text)
    except AddressRefused as refused:
        member.document.refuse(member.path, refused.sentence)
    if "#" in text:
        member.refuse("An endpoint has no fragment (the part after “#”).")
    return text
