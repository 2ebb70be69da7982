"""Discovery: the provider's metadata (OpenID Connect Discovery 1.0 sections 3 and 4, RFC 8414)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from vestibule.domain.connection import TENANT_PLACE, Endpoints
from vestibule.domain.errors import DiscoveryFailed, DiscoveryIncomplete, DiscoveryIssuerMismatch
from vestibule.domain.sentence import Sentence
from vestibule.oidc.relying_party.address import Address, read_address
from vestibule.oidc.relying_party.issuer import ENTRA_HOSTS, GUID
from vestibule.oidc.relying_party.messages import Incoming, check_status, described, read_json, shown

WELL_KNOWN = "/.well-known/openid-configuration"
MANY_TENANTS = ("common", "organizations")
MAX_VALUES = 100
NOTHING_THERE = "nothing is there"
"""The detail of an answer by which a vendor says that it has no such tenant, realm or organisation."""

_WELL_KNOWN = re.compile(r"/\.well-known/(?:openid-configuration|oauth-authorization-server)(?=/|$)")
_MEMBERS: Mapping[str, tuple[str, bool]] = {
    "authorization": ("authorization_endpoint", True),
    "token": ("token_endpoint", True),
    "userinfo": ("userinfo_endpoint", False),
    "jwks": ("jwks_uri", True),
    "end_session": ("end_session_endpoint", False),
    "pushed_authorization_request": ("pushed_authorization_request_endpoint", False),
}
"""Our name of an endpoint, the metadata's, and whether we cannot do without."""


@dataclass(frozen=True, slots=True)
class ProviderMetadata:
    """What a provider says of itself. `issuer` is the document's own, which is what counts, or a template.

    `issuer_on_response` (RFC 9207) is announced with JSON `true`. `notes` are sentences for the
    administrator who sets the connection up.
    """

    issuer: str
    endpoints: Endpoints
    authentication: tuple[str, ...] = ()
    id_token_algorithms: tuple[str, ...] = ()
    issuer_on_response: bool = False
    notes: tuple[Sentence, ...] = ()


def discovery_url(typed: str) -> str:
    """Where the metadata is, from what somebody typed: an issuer, a bare host, or the whole address.

    An issuer gets the path of Discovery 1.0 section 4.1; an address with a `.well-known` part, also in the
    form of RFC 8414 section 3.1, is taken as it is. Raises `DiscoveryFailed`.
    """
    text = typed.strip()
    address = read_address(text if "://" in text else f"https://{text}")
    if address is None or address.is_template:
        raise DiscoveryFailed("not an address", expected="an https address", came=shown(text))
    if not address.is_usable:
        raise DiscoveryFailed(expected="https", came=shown(text))
    path = address.path if _WELL_KNOWN.search(address.path) else address.path.rstrip("/") + WELL_KNOWN
    return address.origin + path + address.query


def process_discovery(url: str, answer: Incoming, *, is_entra: bool = False) -> ProviderMetadata:
    """The metadata that came from `url`. Raises `DiscoveryFailed` and its kinds.

    Keys and endpoints may lie on other hosts than the issuer: Google's and Microsoft's do. They are named by
    the issuer's own document, which came over https, so that they are as true as the rest of it; what does
    not use https is refused, and keys on another host are named to the administrator (RP-08).
    """
    if answer.status in (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND):
        raise DiscoveryFailed(NOTHING_THERE, expected="status 200", came=described(answer))
    check_status(answer, DiscoveryFailed)
    document = read_json(answer, DiscoveryFailed)
    source = read_address(url)
    if source is None:
        raise DiscoveryFailed(expected="an https address", came=shown(url))
    issuer, notes = _read_issuer(document, source, is_entra=is_entra or source.host in ENTRA_HOSTS)
    endpoints = Endpoints(
        **{ours: _read_endpoint(document, name, source, needed) for ours, (name, needed) in _MEMBERS.items()}
    )
    return ProviderMetadata(
        issuer=issuer,
        endpoints=endpoints,
        authentication=_read_names(document, "token_endpoint_auth_methods_supported")
        or ("client_secret_basic",),
        id_token_algorithms=_read_names(document, "id_token_signing_alg_values_supported"),
        issuer_on_response=document.get("authorization_response_iss_parameter_supported") is True,
        notes=(*notes, *_note_on_keys(endpoints.jwks, issuer)),
    )


def _read_issuer(
    document: Mapping[str, Any], source: Address, *, is_entra: bool
) -> tuple[str, tuple[Sentence, ...]]:
    """The document's issuer, if its address is of that issuer (section 4.3); and what is odd about it.

    A slash at the end of an issuer is dropped before the path is appended (section 4.1), so that the address
    cannot tell whether there is one: the document does. Everything else must be equal.
    """
    came = document.get("issuer")
    address = read_address(came)
    if not isinstance(came, str) or address is None or not address.is_usable or address.query:
        raise DiscoveryIncomplete(expected="issuer, an https address", came=shown(came or "nothing"))
    expected = source.origin + _WELL_KNOWN.sub("", source.path, count=1)
    if came == expected:
        return came, ()
    if came.rstrip("/") == expected.rstrip("/"):
        return came, (Sentence("The issuer is {issuer}: a slash at its end counts.", {"issuer": came}),)
    if note := _entra_note(expected, came, is_entra=is_entra):
        return came, (note,)
    raise DiscoveryIssuerMismatch(expected=expected, came=shown(came))


def _entra_note(expected: str, came: str, *, is_entra: bool) -> Sentence | None:
    """What Entra's issuer says where it is not the address's; None where it is no issuer of Entra's either.

    For `common` and `organizations` it is a template. A tenant that was given by its domain, or by a word
    such as `consumers`, gets its ID.
    """
    before, after = expected.rstrip("/").split("/"), came.rstrip("/").split("/")
    differing = [(typed, told) for typed, told in zip(before, after, strict=False) if typed != told]
    if len(before) != len(after) or len(differing) != 1 or before[:3] != after[:3]:
        return None
    typed, told = differing[0]
    if typed in MANY_TENANTS and told == TENANT_PLACE:
        return Sentence("People of every tenant can sign in there; each tenant is an issuer of its own.")
    if is_entra and GUID.fullmatch(typed) is None and GUID.fullmatch(told) is not None:
        return Sentence("The tenant {name} has the ID {id}.", {"name": shown(typed, 100), "id": told})
    return None


def _read_endpoint(document: Mapping[str, Any], name: str, source: Address, needed: bool) -> str:
    """One address; blank where it is absent and not needed. http only where the document itself came from
    this machine."""
    url = document.get(name)
    if url in (None, "") and not needed:
        return ""
    address = read_address(url)
    if not isinstance(url, str) or address is None or not _may_be_named_by(source, address):
        raise DiscoveryIncomplete(expected=f"{name}, an https address", came=shown(url or "nothing"))
    return url


def _may_be_named_by(source: Address, address: Address) -> bool:
    is_near = address.is_loopback and source.is_loopback
    return (is_near or address.origin.startswith("https://")) and not address.is_template


def _read_names(document: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """A list of names; what is no name is left out, because none of these lists decides a sign-in."""
    values = document.get(name)
    if not isinstance(values, list):
        return ()
    return tuple(value for value in values[:MAX_VALUES] if isinstance(value, str) and 0 < len(value) <= 200)


def _note_on_keys(jwks: str, issuer: str) -> tuple[Sentence, ...]:
    keys, signer = read_address(jwks), read_address(issuer)
    if keys is None or signer is None or keys.host == signer.host:
        return ()
    return (Sentence("The keys come from another host: {host}.", {"host": keys.host}),)
