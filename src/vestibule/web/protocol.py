"""The endpoints that programs call: discovery, keys, token, userinfo, introspection, revocation."""

from functools import lru_cache

from starlette.responses import Response
from starlette.types import ASGIApp

from vestibule.flows.token.endpoint import token as token_flow
from vestibule.flows.token.introspection import introspect as introspect_flow
from vestibule.flows.token.revocation import revoke as revoke_flow
from vestibule.flows.token.userinfo import userinfo as userinfo_flow
from vestibule.oidc.discovery import provider_metadata
from vestibule.oidc.errors import InvalidRequest, MissingToken
from vestibule.web.answers import CORS, NO_STORE, PRIVATE, PRIVATE_ANY_ORIGIN, Document, encode_json
from vestibule.web.call import Call

KEPT_DOCUMENTS = 1000
PREFLIGHT = {
    **CORS,
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers": "authorization, content-type",
    "access-control-max-age": "3600",
}
PROTOCOL_HEADERS = {**NO_STORE, **CORS}


@lru_cache(KEPT_DOCUMENTS)
def _discovery_document(issuer: str, scopes: tuple[str, ...]) -> Document:
    return Document(encode_json(provider_metadata(issuer, scopes)))


# A realm's JWK Set is one object until its keys change, which knows its hash: finding it costs nothing.
_document = lru_cache(KEPT_DOCUMENTS)(Document)


async def discovery(call: Call) -> ASGIApp:
    """`/.well-known/openid-configuration` of the realm."""
    active = await call.context.deployment.settings.active_realm(call.realm_name)
    return _discovery_document(active.issuer, tuple(active.scopes))


async def certs(call: Call) -> ASGIApp:
    """The realm's public keys as a JWK set (RFC 7517 section 5)."""
    active = await call.context.deployment.settings.active_realm(call.realm_name)
    return _document(active.keyring.jwks)


async def token(call: Call) -> ASGIApp:
    """The token endpoint (RFC 6749 section 3.2). A client authenticates itself."""
    form = await call.single_form()
    answer = await token_flow(
        call.context.deployment, call.realm_name, call.authorization, form, call.machine()
    )
    return Document(encode_json(answer), PRIVATE_ANY_ORIGIN)


async def userinfo(call: Call) -> ASGIApp:
    """The userinfo endpoint, by GET or POST (OpenID Connect Core 1.0 section 5.3.1)."""
    access_token = await _bearer_token(call)
    claims = await userinfo_flow(call.context.deployment, call.realm_name, access_token)
    return Document(encode_json(claims), PRIVATE_ANY_ORIGIN)


async def introspect(call: Call) -> ASGIApp:
    """Introspection (RFC 7662 section 2). A confidential client authenticates itself."""
    form = await call.single_form()
    answer = await introspect_flow(
        call.context.deployment, call.realm_name, call.authorization, form, call.machine()
    )
    return Document(encode_json(answer), PRIVATE)


async def revoke(call: Call) -> Response:
    """Revocation (RFC 7009 section 2). A client authenticates itself; the answer has no body."""
    form = await call.single_form()
    await revoke_flow(call.context.deployment, call.realm_name, call.authorization, form, call.machine())
    return Response(b"", 200, PROTOCOL_HEADERS)


async def preflight(call: Call) -> Response:
    """CORS preflight: these endpoints read no cookie, so any origin may ask."""
    return Response(b"", 204, PREFLIGHT)


async def _bearer_token(call: Call) -> str:
    """The token from the header or the form, exactly one (RFC 6750 section 2); never from the query."""
    if b"access_token=" in call.scope["query_string"]:
        raise InvalidRequest("an access token in the query is refused")
    sent = call.authorization or ""
    tokens = [sent[7:].strip()] if sent[:7].lower() == "bearer " else []
    if call.method == "POST" and call.header(b"content-type") is not None:
        form = await call.single_form()
        tokens += [form["access_token"]] if "access_token" in form else []
    if len(tokens) > 1:
        raise InvalidRequest("more than one access token")
    if not tokens or not tokens[0]:
        raise MissingToken
    return tokens[0]
