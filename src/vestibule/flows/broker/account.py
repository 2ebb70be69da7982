"""Who an identity is here: its link, and gathering what the decision depends on (`domain.policy`)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from vestibule.domain.connection import Brokered, Connection, ExternalIdentity, Link
from vestibule.domain.policy import Decision, Facts, decide
from vestibule.domain.realm import Realm
from vestibule.domain.user import Role, User, fold
from vestibule.flows.administer.guards import administers
from vestibule.flows.broker.mapping import address_of
from vestibule.flows.deployment import Deployment
from vestibule.flows.ports import ActiveRealm, Store
from vestibule.oidc.relying_party.issuer import is_template

MOST_HOLDERS = 10
"""Of so many with one address the one is looked for who may be the same person."""


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
    holder = None
    if linked is None and match is None:
        holder = await _holder(store, active.realm, identity)
    holder_roles = await store.roles_of(holder.id) if holder is not None else ()
    return Facts(
        connection=connection,
        identity=identity,
        link=link if linked is not None else None,
        linked=linked,
        match=match,
        match_has_link=match is not None and await _has_link(store, connection, match),
        match_administers=bool(administers(active.realm, roles)),
        match_can_prove=match is not None and await can_prove(store, deployment, active, match),
        holder=holder,
        holder_administers=bool(administers(active.realm, holder_roles)),
        declined=brokered is not None and brokered.declined,
        new_tenant=new_tenant(connection, identity),
        proved_user_id=await _proved(store, brokered) if brokered is not None else "",
    )


async def find_link(store: Store, connection: Connection, identity: ExternalIdentity) -> Link | None:
    """The living link of exactly this identity, else the dormant one of the same owner (D4)."""
    link = await store.link(connection.id, identity.issuer, identity.subject)
    return link or await store.dormant_link(
        connection.realm_id, connection.owner, identity.issuer, identity.subject
    )


def awake(link: Link, connection: Connection, identity: ExternalIdentity) -> Link:
    """A link that was found, as it is from now on: through this connection, with the present name there."""
    return replace(link, connection_id=connection.id, dormant=False, username=identity.username)


def new_link(
    link_id: str, connection: Connection, identity: ExternalIdentity, user: User, now: datetime
) -> Link:
    """The link of the person to exactly this identity; nobody has signed in by it yet."""
    return Link(
        id=link_id,
        realm_id=user.realm_id,
        user_id=user.id,
        connection_id=connection.id,
        issuer=identity.issuer,
        subject=identity.subject,
        owner=connection.owner,
        username=identity.username,
        created_at=now,
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
    if await _has_factor(store, active.realm, user):
        return True
    return takes_code(deployment, active, user)


def takes_code(deployment: Deployment, active: ActiveRealm, user: User) -> bool:
    """Whether a code by mail proves the account: only where its address counts as the owner's."""
    return user.counts_as_verified and deployment.mailer.can_send(active.realm.mail)


async def takes_password(store: Store, realm: Realm, user: User) -> bool:
    """Whether a password proves the account. A temporary one is good for one sign-in, which asks for
    another, and for nothing else."""
    if not realm.sign_in.password or user.must_change_password:
        return False
    return await store.password(user.id) is not None


async def _has_factor(store: Store, realm: Realm, user: User) -> bool:
    if await takes_password(store, realm, user):
        return True
    return realm.sign_in.passkey and bool(await store.passkeys(user.id))


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


async def _holder(store: Store, realm: Realm, identity: ExternalIdentity) -> User | None:
    """The one person who has the address though nobody vouched for it, and can show that they are it."""
    address = identity.email or address_of(identity)
    if not address:
        return None
    people = await store.people_with_address(realm.id, address, MOST_HOLDERS)
    able = [
        one
        for one in people
        if one.enabled and not one.counts_as_verified and await _has_factor(store, realm, one)
    ]
    return able[0] if len(able) == 1 else None


async def _proved(store: Store, brokered: Brokered) -> str:
    """Whose account was proved in this attempt; blank where its owner has since changed the password, or
    ended everything that was proved before."""
    user = await store.user(brokered.proved_user_id) if brokered.proved_user_id else None
    if user is None or brokered.proved_at is None or not user.still_counts(brokered.proved_at):
        return ""
    password = await store.password(user.id)
    return "" if password is not None and password.changed_at > brokered.proved_at else user.id


async def _has_link(store: Store, connection: Connection, user: User) -> bool:
    return any(link.connection_id == connection.id for link in await store.links_of(user.id))
