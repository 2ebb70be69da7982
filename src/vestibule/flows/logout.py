"""RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0)."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from vestibule.domain.client import Client
from vestibule.flows.answers import ToUpstream
from vestibule.flows.broker.logout import Afterwards, upstream_logout
from vestibule.flows.deployment import Deployment, Visitor
from vestibule.flows.end_session import end_session
from vestibule.flows.hints import claims_of_hint
from vestibule.flows.ports import ActiveRealm, SignedIn
from vestibule.flows.session import signed_in_session
from vestibule.oidc.authorize import Parameters
from vestibule.oidc.errors import InvalidRequest


@dataclass(frozen=True, slots=True)
class LogoutRequest:
    """A read logout request. `return_to` is set only for an address that the client registered (LO-02).

    `proved` says that a valid `id_token_hint` names the person and client of the session, so that
    no question is needed (section 2).
    """

    active: ActiveRealm
    client: Client | None
    signed_in: SignedIn | None
    return_to: str | None
    state: str | None
    proved: bool

    @property
    def return_url(self) -> str:
        """`return_to` with the application's `state`; blank where there is none."""
        if self.return_to is None or self.state is None:
            return self.return_to or ""
        return f"{self.return_to}{'&' if '?' in self.return_to else '?'}{urlencode({'state': self.state})}"


async def read_logout(
    deployment: Deployment, realm_name: str, parameters: Parameters, visitor: Visitor
) -> LogoutRequest:
    """Reads the request. A hint that does not verify proves nothing, but is no error page for the person."""
    if parameters.repeated:
        raise InvalidRequest(f"repeated: {', '.join(sorted(parameters.repeated))}")
    active = await deployment.settings.active_realm(realm_name)
    hint = _hint(active, parameters.get("id_token_hint"), deployment.clock.now())
    audience = str(hint.get("aud")) if hint else None
    client_id = parameters.get("client_id") or audience
    client = await deployment.settings.client(active.realm.id, client_id) if client_id else None
    signed_in = await signed_in_session(deployment, active, visitor.session)
    matches = hint is not None and (client is not None and audience == client.client_id)
    uri = parameters.get("post_logout_redirect_uri")
    allowed = client is not None and client.enabled and uri in client.post_logout_redirect_uris
    return LogoutRequest(
        active=active,
        client=client,
        signed_in=signed_in,
        return_to=uri if allowed and (matches or hint is None) else None,
        state=parameters.get("state"),
        proved=matches and hint is not None and signed_in is not None and _is_of(hint, signed_in),
    )


def _hint(active: ActiveRealm, text: str | None, now: datetime) -> dict[str, object] | None:
    if text is None:
        return None
    try:
        return claims_of_hint(active, text, now)
    except InvalidRequest:
        return {}


def _is_of(hint: dict[str, object], signed_in: SignedIn) -> bool:
    return hint.get("sub") == signed_in.user.id and hint.get("sid") in (None, signed_in.session.id)


async def log_out(deployment: Deployment, request: LogoutRequest, visitor: Visitor) -> ToUpstream | None:
    """Ends the session, if there is one; answers the way to the provider that it came from."""
    if request.signed_in is None:
        return None
    client_id = request.client.client_id if request.client is not None else ""
    afterwards = Afterwards(request.return_url, client_id)
    upstream = await upstream_logout(deployment, request.active, request.signed_in, afterwards, visitor)
    await end_session(deployment, request.active, request.signed_in, visitor)
    return upstream
