"""Signing keys of a realm: a pair for each algorithm in use, the active one and its published next."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta

from vestibule.crypto.keys import generate_key
from vestibule.domain.client import Algorithm, Client
from vestibule.domain.errors import RealmNotFound
from vestibule.domain.event import Event
from vestibule.domain.key import StoredKey
from vestibule.domain.realm import Lifetimes, Realm
from vestibule.flows.administer.administration import Administration
from vestibule.flows.administer.listing import every_client
from vestibule.flows.deployment import OPERATOR, Deployment
from vestibule.flows.ports import Store

BORN_WITH: Algorithm = "RS256"
GRACE = timedelta(hours=1)
"""How much longer than the last token of a retired key it is published, for clients with slow clocks."""


def algorithms_of(clients: Iterable[Client]) -> tuple[Algorithm, ...]:
    """The algorithms that the clients ask for, and the one that every realm has."""
    asked = {one for client in clients for one in (client.id_token_algorithm, client.access_token_algorithm)}
    return (BORN_WITH, *sorted(asked - {BORN_WITH}))


def new_key_pairs(
    deployment: Deployment, realm_id: str, algorithms: Iterable[Algorithm], present: Iterable[StoredKey] = ()
) -> tuple[StoredKey, ...]:
    """An active key and its next for each algorithm that has none. Takes some tenths of a second of CPU."""
    here = {key.algorithm for key in present if key.state == "active"}
    now = deployment.clock.now()
    return tuple(
        generate_key(algorithm, realm_id, state, deployment.vault, now)
        for algorithm in algorithms
        if algorithm not in here
        for state in ("active", "next")
    )


async def rotate_keys(deployment: Deployment, realm_name: str) -> tuple[StoredKey, ...]:
    """What `roll_over` does, as the operator's command."""
    realm = await deployment.storage.realm_by_name(realm_name)
    if realm is None:
        raise RealmNotFound(realm_name)
    now = deployment.clock.now()

    def event(algorithms: str) -> Event:
        return OPERATOR.event(deployment, "KEY_ROTATED", now, realm_id=realm.id, algorithms=algorithms)

    return await _rotate(deployment, realm, event)


async def roll_over(at: Administration) -> tuple[StoredKey, ...]:
    """Retires the active keys, puts their next ones to use and publishes new next ones; answers the active.

    A retired key is published until the last token that it can have signed has expired.
    """

    def event(algorithms: str) -> Event:
        return at.event("KEY_ROTATED", "KEY", "keys", algorithms=algorithms)

    return await _rotate(at.deployment, at.realm, event)


async def _rotate(
    deployment: Deployment, realm: Realm, event_of: Callable[[str], Event]
) -> tuple[StoredKey, ...]:
    now = deployment.clock.now()
    algorithms = {key.algorithm for key in await deployment.storage.keys(realm.id) if key.state == "next"}
    fresh = {one: generate_key(one, realm.id, "next", deployment.vault, now) for one in sorted(algorithms)}
    expires_at = now + await _longest_token(deployment, realm) + GRACE
    event = event_of(" ".join(sorted(algorithms)))

    async def step(store: Store) -> tuple[StoredKey, ...]:
        keys = await store.keys(realm.id)
        following = {key.algorithm: replace(key, state="active") for key in keys if key.state == "next"}
        for key in keys:
            if key.state == "active" and key.algorithm in following:
                await store.save_key(replace(key, state="retired", expires_at=expires_at))
        for algorithm, key in following.items():
            await store.save_key(key)
            await store.add_key(fresh[algorithm])
        await store.add_event(event)
        return tuple(following.values())

    rotated = await deployment.storage.transaction(step)
    deployment.settings.forget(realm.id)
    return rotated


async def _longest_token(deployment: Deployment, realm: Realm) -> timedelta:
    """The longest life of a token that carries a signature of the realm."""
    lifetimes: Lifetimes = realm.lifetimes
    longest = max(lifetimes.access_token_seconds, lifetimes.id_token_seconds)
    for client in await every_client(deployment.storage, realm.id):
        longest = max(longest, client.access_token_seconds or 0)
    return timedelta(seconds=longest)
