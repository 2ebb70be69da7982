"""A practice provider's metadata and keys (OpenID Connect Discovery 1.0 section 4, RFC 7517 section 5)."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from vestibule.practice.pages import HEADERS
from vestibule.practice.providers.deviations import ANOTHER_ISSUER, with_other_slash
from vestibule.practice.providers.exchange import Handler, answer_json
from vestibule.practice.providers.grant import Server
from vestibule.practice.providers.provider import Provider


def discovery_of(server: Server) -> Handler:
    """The handler of one issuer's metadata."""

    async def discovery(provider: Provider, request: Request) -> Response:
        if "discovery_not_json" in provider.faults:
            return Response("issuer = practice", 200, HEADERS, "application/json")
        return answer_json(metadata_of(provider, server))

    return discovery


def metadata_of(provider: Provider, server: Server) -> dict[str, Any]:
    """The document. Addresses that a server does not have are left out."""
    addresses = {
        "issuer": _issuer(provider, server),
        "authorization_endpoint": server.authorization,
        "token_endpoint": server.token,
        "userinfo_endpoint": server.userinfo,
        "jwks_uri": server.jwks,
        "end_session_endpoint": server.end_session,
        "pushed_authorization_request_endpoint": server.par,
    }
    metadata: dict[str, Any] = {name: address for name, address in addresses.items() if address}
    metadata |= provider.vendor.metadata(server)
    if sends_issuer(provider):
        metadata["authorization_response_iss_parameter_supported"] = True
    if "par_required" in provider.faults:
        metadata["require_pushed_authorization_requests"] = True
    if "discovery_missing_field" in provider.faults:
        del metadata["token_endpoint"]
    if "discovery_http_endpoint" in provider.faults:
        metadata["token_endpoint"] = "http://another-host.example/token"
    return metadata


def sends_issuer(provider: Provider) -> bool:
    """Whether `iss` on the callback is announced (RFC 9207 section 3)."""
    return provider.vendor.sends_issuer and "iss_param_missing" not in provider.faults


async def jwks(provider: Provider, request: Request) -> Response:
    """The keys."""
    vendor = provider.vendor
    document = provider.keys.jwks(
        provider.faults, names_algorithm=vendor.names_algorithm, has_encryption_key=vendor.has_encryption_key
    )
    return answer_json(document)


def _issuer(provider: Provider, server: Server) -> str:
    issuer = server.announced_issuer or server.issuer
    if "disc_issuer_mismatch" in provider.faults:
        return ANOTHER_ISSUER
    return with_other_slash(issuer) if "disc_issuer_slash" in provider.faults else issuer
