"""Where sealed values lie, and which of them were sealed with a former secret key.

The header of a sealed value names its key: what is left to do is seen from the data itself, so that a
rotation that was broken off goes on where it was.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal, TypeVar

from vestibule.crypto.keys import reseal_key
from vestibule.crypto.secrets import Vault, reseal_client_secret
from vestibule.domain.client import Client
from vestibule.domain.errors import UndecryptableSecret
from vestibule.domain.key import StoredKey
from vestibule.flows.administer.listing import every_client
from vestibule.flows.audit.former_keys import are_current, former_keys, reseal_former_keys
from vestibule.flows.mail import MAIL, reseal_mail, reseal_mail_password
from vestibule.flows.own_sign_in import DRAFTS
from vestibule.flows.ports import Delivery, Store
from vestibule.flows.upstream_secrets import reseal_upstream_id_token, reseal_upstream_secrets

T = TypeVar("T")

Kind = Literal[
    "mail server password",
    "signing key",
    "client secret",
    "provider secret",
    "queued mail",
    "waiting form",
    "provider session",
    "audit key",
]


@dataclass(frozen=True, slots=True)
class Place:
    """A row that holds a value sealed with a former key. `reseal` seals it with the present one, in a
    transaction. Where no key that is known opens the value, `lost` says which it is."""

    kind: Kind
    reseal: Callable[[Store], Awaitable[None]]
    lost: str = ""


async def former_places(store: Store, vault: Vault) -> AsyncIterator[Place]:
    """Every such row, by a walk over the settings of all realms and over what waits to be sent or read."""
    after = ""
    while realm_ids := await store.realm_ids(after):
        for realm_id in realm_ids:
            for place in await _places_of_realm(store, vault, realm_id):
                yield place
        after = realm_ids[-1]
    for walk in (_mails, _forms, _provider_sessions):
        async for place in walk(store, vault):
            yield place
    if not await are_current(store, vault):
        yield await _audit_keys(store, vault)


async def _places_of_realm(store: Store, vault: Vault, realm_id: str) -> Sequence[Place]:
    realm = await store.realm_by_id(realm_id)
    keys, clients = await store.keys(realm_id), await every_client(store, realm_id)
    connections = await store.connections(realm_id)
    found = (
        *(_look(reseal_mail_password, one, vault, _realm(vault, realm_id)) for one in (realm,) if one),
        *(_look(reseal_key, one, vault, _key(vault, realm_id, one.kid)) for one in keys),
        *(_look(_reseal_client, one, vault, _client(vault, one.id)) for one in clients),
        *(_look(reseal_upstream_secrets, one, vault, _connection(vault, one.id)) for one in connections),
    )
    return [place for place in found if place is not None]


async def _audit_keys(store: Store, vault: Vault) -> Place:
    place = Place("audit key", lambda inner: reseal_former_keys(inner, vault))
    try:
        await former_keys(store, vault)
    except UndecryptableSecret as error:
        return replace(place, lost=error.detail or error.sentence)
    return place


def _look(reseal: Callable[[T, Vault], T], value: T, vault: Vault, place: Place) -> Place | None:
    """The place, if sealing its value anew makes another one of it or cannot be done."""
    try:
        return place if reseal(value, vault) is not value else None
    except UndecryptableSecret as error:
        return replace(place, lost=error.detail or error.sentence)


def _realm(vault: Vault, realm_id: str) -> Place:
    async def reseal(store: Store) -> None:
        realm = await store.realm_by_id(realm_id)
        if realm is not None and (fresh := reseal_mail_password(realm, vault)) is not realm:
            await store.save_realm(fresh)

    return Place("mail server password", reseal)


def _key(vault: Vault, realm_id: str, kid: str) -> Place:
    async def reseal(store: Store) -> None:
        for key in await store.keys(realm_id):
            if key.kid == kid:
                await _save_key(store, key, vault)

    return Place("signing key", reseal)


async def _save_key(store: Store, key: StoredKey, vault: Vault) -> None:
    if (fresh := reseal_key(key, vault)) is not key:
        await store.save_key(fresh)


def _client(vault: Vault, row_id: str) -> Place:
    async def reseal(store: Store) -> None:
        client = await store.client_by_id(row_id)
        if client is not None and (fresh := _reseal_client(client, vault)) is not client:
            await store.save_client(fresh)

    return Place("client secret", reseal)


def _reseal_client(client: Client, vault: Vault) -> Client:
    fresh = tuple(reseal_client_secret(secret, vault, client.id) for secret in client.secrets)
    if all(one is other for one, other in zip(fresh, client.secrets, strict=True)):
        return client
    return replace(client, secrets=fresh)


def _connection(vault: Vault, connection_id: str) -> Place:
    async def reseal(store: Store) -> None:
        connection = await store.connection(connection_id)
        if connection is None:
            return
        if (fresh := reseal_upstream_secrets(connection, vault)) is not connection:
            await store.save_connection(fresh)

    return Place("provider secret", reseal)


async def _mails(store: Store, vault: Vault) -> AsyncIterator[Place]:
    after = ""
    while page := await store.deliveries(MAIL, after):
        for delivery in page:
            if (place := _look(reseal_mail, delivery, vault, _mail(vault, delivery))) is not None:
                yield place
        after = page[-1].id


def _mail(vault: Vault, delivery: Delivery) -> Place:
    async def reseal(store: Store) -> None:
        await store.change_payload(delivery, reseal_mail(delivery, vault).payload)

    return Place("queued mail", reseal)


async def _forms(store: Store, vault: Vault) -> AsyncIterator[Place]:
    after = b""
    while page := await store.kept_texts(DRAFTS, after):
        for key, sealed in page:
            if (place := _look(_reseal_form, sealed, vault, _form(vault, key, sealed))) is not None:
                yield place
        after = page[-1][0]


def _form(vault: Vault, key: bytes, sealed: str) -> Place:
    async def reseal(store: Store) -> None:
        await store.change_kept(DRAFTS, key, sealed, _reseal_form(sealed, vault))

    return Place("waiting form", reseal)


def _reseal_form(sealed: str, vault: Vault) -> str:
    return sealed if vault.is_current_text(sealed) else vault.reseal_text(sealed, DRAFTS)


async def _provider_sessions(store: Store, vault: Vault) -> AsyncIterator[Place]:
    after = ""
    while page := await store.id_tokens(after):
        for session_id, sealed in page:
            reseal = partial(reseal_upstream_id_token, session_id=session_id)
            if (place := _look(reseal, sealed, vault, _id_token(vault, session_id, sealed))) is not None:
                yield place
        after = page[-1][0]


def _id_token(vault: Vault, session_id: str, sealed: str) -> Place:
    async def reseal(store: Store) -> None:
        fresh = reseal_upstream_id_token(sealed, vault, session_id)
        await store.change_id_token(session_id, sealed, fresh)

    return Place("provider session", reseal)
