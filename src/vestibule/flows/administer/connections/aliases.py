"""Reserving aliases: the redirect URI is final before anything is typed (D5)."""

from datetime import timedelta

from vestibule.crypto.secrets import digest
from vestibule.domain.connection import ProviderKind
from vestibule.domain.errors import AlreadyHere
from vestibule.domain.user import fold
from vestibule.flows.administer.administration import Administration
from vestibule.flows.ports import Store

ALIAS, FORM, ID = "connection_alias", "connection_form", "connection_id"
RESERVED_FOR = timedelta(hours=24)
ALIAS_TAKEN = "the realm has an identity provider of this alias already"


async def reserve_alias(at: Administration, kind: ProviderKind) -> str:
    """The alias of the form that whoever asks opens for a provider of this kind: `google`, then `google-2`.

    It is the same when the form is opened again within a day, and nobody else's.
    """

    async def step(store: Store) -> str:
        taken = {fold(one.alias) for one in await store.connections(at.realm.id)}
        form, expires_at = _key(at, at.actor.user.id, kind), at.now + RESERVED_FOR
        alias = await store.kept(FORM, form, at.now) or ""
        if not alias or fold(alias) in taken or not await _is_free(at, store, alias):
            alias = await _next_free(at, store, kind, taken)
        await store.keep(FORM, form, alias, expires_at)
        await store.keep(ALIAS, _key(at, fold(alias)), at.actor.user.id, expires_at)
        return alias

    return await at.deployment.storage.transaction(step)


async def check_reserved(at: Administration, store: Store, alias: str) -> None:
    """Inside of a transaction: raises `AlreadyHere` where somebody else's open form holds the alias."""
    if not await _is_free(at, store, alias):
        raise AlreadyHere("somebody else is adding an identity provider with this alias", "alias")


async def reserve_id(at: Administration, alias: str) -> str:
    """Our id of the connection that the open form will make, so that what was tested stays its own.

    Raises `AlreadyHere` where the alias is taken, or held by somebody else's open form.
    """

    async def step(store: Store) -> str:
        await check_reserved(at, store, alias)
        if fold(alias) in {fold(one.alias) for one in await store.connections(at.realm.id)}:
            raise AlreadyHere(ALIAS_TAKEN, "alias")
        key = _key(at, at.actor.user.id, fold(alias))
        reserved = await store.kept(ID, key, at.now) or at.deployment.new_id()
        await store.keep(ID, key, reserved, at.now + RESERVED_FOR)
        return reserved

    return await at.deployment.storage.transaction(step)


async def reserved_id(at: Administration, alias: str) -> str | None:
    """What `reserve_id` answered whoever asks within the last day."""
    return await at.deployment.storage.kept(ID, _key(at, at.actor.user.id, fold(alias)), at.now)


async def release_alias(at: Administration, store: Store, alias: str) -> None:
    """Ends the reservations: the connection itself holds the alias and the id now."""
    await store.take_kept(ALIAS, _key(at, fold(alias)), at.now)
    await store.take_kept(ID, _key(at, at.actor.user.id, fold(alias)), at.now)


async def _next_free(at: Administration, store: Store, kind: ProviderKind, taken: set[str]) -> str:
    number, alias = 1, str(kind)
    while alias in taken or not await _is_free(at, store, alias):
        number += 1
        alias = f"{kind}-{number}"
    return alias


async def _is_free(at: Administration, store: Store, alias: str) -> bool:
    """Whether nobody else has reserved it."""
    holder = await store.kept(ALIAS, _key(at, fold(alias)), at.now)
    return holder in (None, at.actor.user.id)


def _key(at: Administration, *parts: str) -> bytes:
    return digest(":".join((at.realm.id, *parts)))
