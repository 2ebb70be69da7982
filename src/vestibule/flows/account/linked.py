"""A person's links to other sign-in services: making one by signing in there, and ending it.

A link is a way in, so that making one asks for a sign-in here of the last five minutes, and the answer
counts only in the session that began it (BR-05, BR-07).
"""

from dataclasses import dataclass
from datetime import timedelta

from vestibule.domain.connection import Connection, ExternalIdentity, Link
from vestibule.domain.errors import (
    AlreadyLinked,
    LastWayIn,
    LoginExpired,
    NotHere,
    OtherAccountLinked,
    SignInTooOld,
    TenantNotAllowed,
)
from vestibule.flows.account.account import Account, find_account
from vestibule.flows.account.methods import methods_of
from vestibule.flows.account.sessions import end_others
from vestibule.flows.answers import ToUpstream
from vestibule.flows.broker.account import awake, find_link, new_link, new_tenant
from vestibule.flows.broker.began import LIFE, Began
from vestibule.flows.broker.begin import Intent, Wishes, begin, enabled_connection
from vestibule.flows.broker.exchange import Brought
from vestibule.flows.deployment import Deployment, Visitor
from vestibule.flows.ports import ActiveRealm, NameTaken, Store

LINK_SECONDS = 300
"""How old the sign-in may be where somebody begins to link."""


@dataclass(frozen=True, slots=True)
class Linkable:
    """A service that the person can sign in with, or could. `is_last`: nothing else would let them in."""

    connection: Connection
    link: Link | None
    is_last: bool = False


async def linkable_of(account: Account) -> tuple[Linkable, ...]:
    """The services of the realm that have a button, and all that the person is linked with."""
    methods = await methods_of(account)
    links = {one.connection_id: one for one in await account.deployment.storage.links_of(account.user.id)}
    found = []
    for connection in account.active.connections.values():
        link = links.get(connection.id)
        if link is not None or (connection.enabled and not connection.hidden):
            is_last = link is not None and methods.is_last_link(link.id)
            found.append(Linkable(connection, link, is_last))
    return tuple(found)


async def begin_link(account: Account, alias: str) -> ToUpstream:
    """To the service, so that the person proves who they are there.

    Raises `SignInTooOld`, `ProviderNotAvailable`, and the errors of a pushed authorization request.
    """
    if account.now - account.session.authenticated_at >= timedelta(seconds=LINK_SECONDS):
        raise SignInTooOld(f"signed in at {account.session.authenticated_at}")
    intent = Intent("link", actor=account.user.id, session_id=account.session.id)
    connection = enabled_connection(account.active, alias)
    return await begin(account.deployment, account.active, connection, intent, Wishes(), account.visitor)


async def finish_link(
    deployment: Deployment,
    active: ActiveRealm,
    connection: Connection,
    began: Began,
    brought: Brought,
    visitor: Visitor,
) -> Link:
    """Links the identity to the person who began, in whose session this browser still is.

    Raises `LoginExpired` where it is not, `SignInTooOld`, `AlreadyLinked` where the identity is somebody
    else here, `OtherAccountLinked` where the person is somebody else there, `TenantNotAllowed` where the link
    would let nobody in.
    """
    account = await find_account(deployment, active, visitor)
    if account is None or (account.user.id, account.session.id) != (began.actor, began.session_id):
        raise LoginExpired("the session that began to link is not in this browser any more (BR-05)")
    if account.now - account.session.authenticated_at >= timedelta(seconds=LINK_SECONDS) + LIFE:
        raise SignInTooOld(f"signed in at {account.session.authenticated_at}")

    tenant = new_tenant(connection, brought.identity)
    if tenant and connection.tenants:
        raise TenantNotAllowed("the tenant is not on the list", came=tenant)

    async def step(store: Store) -> Link:
        await account.stored_user(store)
        link = await _linked(store, account, connection, brought.identity)
        event = account.event("IDENTITY_LINKED", provider=connection.alias, by="the account page")
        await store.add_event(event)
        return link

    try:
        return await deployment.storage.transaction(step)
    except NameTaken:
        raise AlreadyLinked(f"{connection.alias}: linked at the same moment") from None


async def unlink(account: Account, link_id: str) -> None:
    """Ends it; other sessions end, since they may have been opened with it.

    Raises `NotHere` for one that is gone or another person's, `LastWayIn` (BR-19).
    """

    async def step(store: Store) -> None:
        user = await account.stored_user(store)
        link = next((one for one in await store.links_of(user.id) if one.id == link_id), None)
        if link is None:
            raise NotHere(f"link {link_id[:100]!r}")
        if (await methods_of(account, store)).is_last_link(link.id):
            raise LastWayIn("another passkey, a password or another link is needed first")
        await store.remove_link(link.id)
        ended = await end_others(store, account)
        await store.add_event(
            account.event("IDENTITY_UNLINKED", provider=await _alias(store, link), sessions=str(ended))
        )

    await account.deployment.storage.transaction(step)
    account.deployment.wake()


async def _linked(store: Store, account: Account, connection: Connection, identity: ExternalIdentity) -> Link:
    """The link of the person to exactly this identity: one that is there, one that slept, or a new one."""
    user = account.user
    found = await find_link(store, connection, identity)
    if found is not None and found.user_id != user.id:
        raise AlreadyLinked(f"{identity.subject[:100]!r} of {connection.alias} is somebody else here (BR-09)")
    if any(
        one.connection_id == connection.id and one.id != (found.id if found is not None else "")
        for one in await store.links_of(user.id)
    ):
        raise OtherAccountLinked(f"{user.username} is somebody else at {connection.alias} already")
    if found is not None:
        link = awake(found, connection, identity)
        await store.save_link(link)
        return link
    link = new_link(account.deployment.new_id(), connection, identity, user, account.now)
    await store.add_link(link)
    return link


async def _alias(store: Store, link: Link) -> str:
    connection = await store.connection(link.connection_id)
    return connection.alias if connection is not None else ""
