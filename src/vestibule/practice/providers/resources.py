"""What an access token opens: userinfo (Core 1.0 section 5.3) and the vendor's own API."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from vestibule.practice.pages import HEADERS
from vestibule.practice.providers.dpop import check_access_proof
from vestibule.practice.providers.errors import ProtocolError
from vestibule.practice.providers.exchange import Handler, answer_json
from vestibule.practice.providers.grant import Grant
from vestibule.practice.providers.provider import Provider
from vestibule.practice.providers.vendor import Resource


async def userinfo(provider: Provider, request: Request) -> Response:
    """Claims about the person, `sub` first."""
    faults, vendor = provider.faults, provider.vendor
    try:
        if "ui_401" in faults:
            raise _refused("The access token is not valid.")
        grant = _grant_of(provider, request)
    except ProtocolError as error:
        return answer_json(vendor.refuse_access(error), error.status, error.headers)
    claims = {
        "sub": vendor.subject(grant.person, grant.registration.client_id),
        **vendor.userinfo(grant, faults),
    }
    if "ui_sub_mismatch" in faults:
        claims["sub"] = "somebody-else"
    if "ui_sub_missing" in faults:
        del claims["sub"]
    return answer_json(claims)


def resource_of(resource: Resource) -> Handler:
    """The handler of one thing of the vendor's API."""

    async def read(provider: Provider, request: Request) -> Response:
        if provider.vendor.is_oauth_only and not request.headers.get("user-agent"):
            return PlainTextResponse("Requests must name a user agent.", 403, HEADERS)
        try:
            found = resource.read(_grant_of(provider, request), provider.faults)
        except ProtocolError as error:
            return answer_json(provider.vendor.refuse_access(error), error.status, error.headers)
        return answer_json(found)

    return read


def _grant_of(provider: Provider, request: Request) -> Grant:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    grant = provider.memory.access_tokens.get(token)
    if grant is None or grant.expires_at < provider.now():
        raise _refused("The access token is not valid.")
    if grant.thumbprint:
        address = f"{provider.base}{request.url.path}"
        if scheme != "DPoP" or check_access_proof(provider, request, address, token) != grant.thumbprint:
            raise _refused("The access token belongs to another key.")
    elif scheme.lower() not in ("bearer", "token"):
        raise _refused("The access token is of another kind.")
    return grant


def _refused(description: str) -> ProtocolError:
    headers = {"www-authenticate": 'Bearer error="invalid_token"'}
    return ProtocolError("invalid_token", description, 401, headers)
