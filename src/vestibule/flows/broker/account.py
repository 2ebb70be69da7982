"""Who an identity is here: gathering what the decision depends on (`domain.policy`)."""

from collections.abc import Iterable

from vestibule.domain.connection import Brokered, Connection, ExternalIdentity, Link
from vestibule.domain.policy import Decision, Facts, decide
from vestibule.domain.realm import Realm
from vestibule.domain.user import Role, User, fold
from vestibule.flows.administer.guards import administers
from vestibule.flows.broker.mapping import address_of
from vestibule.flows.deployment import Deployment
from vestibule.flows.ports import ActiveRealm, Store
from vestibule.oidc.relying_party.issuer import is_template


async def gather(
    store: Store,
    deployment: Deployment,
    active: ActiveRealm,
    connection: Connection,
    identity: ExternalIdentity,
    brokered: Brokered | None = None,
) -> Facts:
    """The facts as they are stored now. In a transaction they are gathered again with its `store`."""
    link = await find_link(store, connection, identity)
    linked = await store.user(link.user_id) if link is not None else None
    if linked is not None and linked.realm_id != active.realm.id:
        link = linked = None  # nothing ever links across realms
    match = None if linked is not None else await _match(store, active.realm, identity)
    roles: Iterable[Role] = await store.roles_of(match.id) if match is not None else ()
    return Facts(
        connection=connection,
        identity=identity,
        link=link if linked is not None else None,
        linked=linked,
        match=match,
        match_has_link=match is not None and await _has_link(store, connection, match),
        match_administers=bool(administers(active.realm, roles)),
        match_can_prove=match is not None and await can_prove(store, deployment, active, match),
        new_tenant=new_tenant(connection, identity),
        proved_user_id=brokered.proved_user_id if brokered is not None else "",
    )


async def find_link(store: Store, connection: Connection, identity: ExternalIdentity) -> Link | None:
    """The living link of exactly this identity, else the dormant one of the same owner (D4)."""
    link = await store.link(connection.id, identity.issuer, identity.subject)
    return link or await store.dormant_link(
        connection.realm_id, connection.owner, identity.issuer, identity.subject
    )


def new_tenant(connection: Connection, identity: ExternalIdentity) -> str:
    """The Entra tenant that signed and that the connection's list does not have; blank where there is none
    to ask for, because the connection is to one tenant (D11)."""
    if not is_template(connection.issuer):
        return ""
    tenant = str(identity.claims.get("tid", ""))
    return "" if tenant.lower() in {one.lower() for one in connection.tenants} else tenant


async def can_prove(store: Store, deployment: Deployment, active: ActiveRealm, user: User) -> bool:
    """Whether there is anything that the owner of the account can prove it with."""
    policy = active.realm.sign_in
    if policy.password and await store.password(user.id) is not None:
        return True
    if policy.passkey and await store.passkeys(user.id):
        return True
    return bool(user.email) and deployment.mailer.can_send(active.realm.mail)


async def decide_now(
    store: Store,
    deployment: Deployment,
    active: ActiveRealm,
    connection: Connection,
    brokered: Brokered,
) -> tuple[Decision, Facts]:
    """The decision about what a provider brought, with what was proved since."""
    facts = await gather(store, deployment, active, connection, brokered.identity, brokered)
    return decide(facts), facts


async def _match(store: Store, realm: Realm, identity: ExternalIdentity) -> User | None:
    """The person of the realm with the identity's address; a user name that looks like it does not count."""
    address = identity.email or address_of(identity)
    if not address:
        return None
    found = await store.user_by_login(realm.id, address)
    return found if found is not None and fold(found.email or "") == fold(address) else None


async def _has_link(store: Store, connection: Connection, user: User) -> bool:
    return any(link.connection_id == connection.id for link in await store.links_of(user.id))
