"""Who calls the Admin API: the person or the service account of an access token (RFC 6750)."""

from vestibule.crypto.jose import InvalidJwt, read_unverified_claims
from vestibule.domain.errors import NotSignedIn, RealmNotFound
from vestibule.domain.realm import MASTER, Realm, issuer
from vestibule.flows.administer.administration import Actor, roles_of_actor
from vestibule.flows.administer.platform import ADMIN_CLI
from vestibule.flows.deployment import Deployment
from vestibule.flows.token.access import LiveToken, read_live
from vestibule.oidc.errors import InvalidToken


async def actor_of_token(deployment: Deployment, target: Realm, text: str) -> Actor:
    """The bearer of a token of the realm itself or of the platform. Raises `NotSignedIn`.

    Only tokens of service accounts and of the platform's own `admin-cli` count: an application that some
    administrator signs in to must not administer with what it got, whatever its client ID is.
    """
    home_name = _issued_by(deployment, target, text)
    try:
        active = await deployment.settings.active_realm(home_name)
        live = await read_live(deployment, active, text)
    except (InvalidToken, RealmNotFound) as error:
        raise NotSignedIn(error.detail or error.code) from None
    if live.found is not None:
        return await _person(deployment, active.realm, live)
    client = await deployment.settings.client(active.realm.id, live.token.client_id)
    user = await deployment.storage.service_account(client.id) if client is not None else None
    if user is None or not user.enabled:
        raise NotSignedIn(f"{live.token.client_id} has no service account")
    roles = await roles_of_actor(deployment.storage, user)
    return Actor(user, active.realm, roles, deployment.clock.now())


async def _person(deployment: Deployment, home: Realm, live: LiveToken) -> Actor:
    found = live.found
    is_tool = home.name == MASTER and live.token.client_id == ADMIN_CLI
    if found is None or not is_tool:
        raise NotSignedIn(f"{live.token.client_id} is no tool of administrators")
    roles = await roles_of_actor(deployment.storage, found.user)
    grant = found.grant
    return Actor(found.user, home, roles, grant.authenticated_at, grant.acr, grant.session_id)


def _issued_by(deployment: Deployment, target: Realm, text: str) -> str:
    """The realm that the token says it comes from, if it can count here at all."""
    try:
        claimed = read_unverified_claims(text).get("iss")
    except InvalidJwt as error:
        raise NotSignedIn(str(error)) from None
    for name in (target.name, MASTER):
        if claimed == issuer(deployment.public_url, name):
            return name
    raise NotSignedIn("a token of another realm")
