"""Administering the client scopes of a realm: what applications may ask for, and which claims it brings.

The scopes of OpenID Connect are there without a row (their name is their id) and get one when they are
changed.
"""

from dataclasses import replace
from typing import Any

from vestibule.domain.client import STANDARD_SCOPES
from vestibule.domain.client_scope import ClientScope
from vestibule.domain.errors import AlreadyHere, ConcurrentEdit, NotChangeable, NotHere
from vestibule.flows.administer.administration import Administration
from vestibule.flows.administer.listing import every_client
from vestibule.flows.ports import NameTaken, Store
from vestibule.representations.client_scope import (
    read_client_scope,
    read_new_client_scope,
    standard_client_scope,
    write_client_scope,
)
from vestibule.representations.document import Document

IS_DEFAULT = "isDefault"
NAME_TAKEN = "the realm has a client scope of this name already"
BUILT_IN_SCOPES = tuple(name for name in STANDARD_SCOPES if name != "openid")
"""The scopes of OpenID Connect Core 1.0 sections 5.4 and 11; `openid` itself is no scope to administer."""


async def list_client_scopes(at: Administration) -> tuple[ClientScope, ...]:
    """Those of OpenID Connect, then the realm's own by name."""
    rows = {scope.name: scope for scope in await at.deployment.storage.client_scopes(at.realm.id)}
    ours = [rows.pop(name, standard_client_scope(at.realm.id, name)) for name in BUILT_IN_SCOPES]
    return (*ours, *rows.values())


async def find_client_scope(at: Administration, scope_id: str) -> ClientScope:
    """The scope with the id; one of OpenID Connect also by its name. Raises `NotHere`, and for another
    realm's too (MT-01)."""
    for scope in await list_client_scopes(at):
        if scope_id == scope.id or (scope_id == scope.name and is_standard(scope)):
            return scope
    raise NotHere(f"client scope {scope_id[:100]!r}")


def is_standard(scope: ClientScope) -> bool:
    """Whether OpenID Connect defines the scope: it keeps its name and stays."""
    return scope.name in BUILT_IN_SCOPES


async def create_client_scope(at: Administration, document: Document) -> ClientScope:
    """Stores a new scope. Raises `BadDocument`, `AlreadyHere`."""
    new_id = at.deployment.new_id
    scope = read_new_client_scope(document.root, at.realm.id, new_id(), new_id)
    scope = replace(scope, is_default=_read_default(document, scope))
    if scope.name in STANDARD_SCOPES:
        raise AlreadyHere(f"{scope.name} is a scope of OpenID Connect", "name")
    await save_client_scope(at, None, scope)
    return scope


async def change_client_scope(at: Administration, scope: ClientScope, document: Document) -> ClientScope:
    """Changes what the document names; clients follow a new name. Raises as `create_client_scope` does,
    `NotChangeable` for a new name of a scope of OpenID Connect."""
    changed = read_client_scope(document.root, scope, at.deployment.new_id)
    changed = replace(changed, is_default=_read_default(document, scope))
    if changed.name != scope.name and is_standard(scope):
        raise NotChangeable(f"{scope.name} is a scope of OpenID Connect")
    if changed.name != scope.name and changed.name in STANDARD_SCOPES:
        raise AlreadyHere(f"{changed.name} is a scope of OpenID Connect", "name")
    return await save_client_scope(at, scope, changed)


async def set_default(at: Administration, scope: ClientScope, *, is_default: bool) -> ClientScope:
    """Whether new clients get the scope without asking for it; those that are there keep theirs."""
    return await save_client_scope(at, scope, replace(scope, is_default=is_default))


async def delete_client_scope(at: Administration, scope: ClientScope) -> None:
    """Removes it, from the clients that have it too. Raises `NotChangeable` for one of OpenID Connect."""
    if is_standard(scope):
        raise NotChangeable(f"{scope.name} is a scope of OpenID Connect")
    event = at.change("DELETE", "CLIENT_SCOPE", f"client-scopes/{scope.id}", written(scope))

    async def step(store: Store) -> None:
        if not await store.remove_client_scope(scope.id):
            raise NotHere(f"client scope {scope.id}")
        await _rename(store, at.realm.id, scope.name, "")
        await store.add_event(event)

    await at.deployment.storage.transaction(step)


async def count_clients_with(at: Administration, scope: ClientScope) -> int:
    """How many clients have the scope, always or when they ask for it."""
    clients = await every_client(at.deployment.storage, at.realm.id)
    return sum(scope.name in (*client.default_scopes, *client.scopes) for client in clients)


def written(scope: ClientScope) -> dict[str, Any]:
    """The scope as documents show it, and whether new clients get it."""
    return {**write_client_scope(scope), IS_DEFAULT: scope.is_default}


async def save_client_scope(
    at: Administration, before: ClientScope | None, scope: ClientScope
) -> ClientScope:
    """Stores a new or changed scope with its event. `before` is the scope as it was read; one of OpenID
    Connect without a row gets one, with an id of its own."""
    is_new = before is None or before.id == before.name
    if is_new and before is not None:
        scope = replace(scope, id=at.deployment.new_id())
    path = f"client-scopes/{scope.id}"
    event = at.change(
        "CREATE" if before is None else "UPDATE", "CLIENT_SCOPE", path,
        None if before is None else written(before), written(scope),
    )  # fmt: skip

    async def step(store: Store) -> None:
        if not is_new and before not in await store.client_scopes(at.realm.id):
            raise ConcurrentEdit(f"{scope.name} changed since it was read")
        await (store.add_client_scope if is_new else store.save_client_scope)(scope)
        if before is not None and before.name != scope.name:
            await _rename(store, at.realm.id, before.name, scope.name)
        await store.add_event(event)

    try:
        await at.deployment.storage.transaction(step)
    except NameTaken:
        if is_new and before is not None:
            raise ConcurrentEdit(f"{scope.name} got its row just now") from None
        raise AlreadyHere(NAME_TAKEN, "name") from None
    return scope


async def _rename(store: Store, realm_id: str, old: str, new: str) -> None:
    """Gives the scope another name in every client, or takes it away where `new` is empty."""
    for client in await every_client(store, realm_id):
        changed = replace(
            client,
            default_scopes=_renamed(client.default_scopes, old, new),
            scopes=_renamed(client.scopes, old, new),
        )
        if changed != client:
            await store.save_client(changed)


def _renamed(names: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    return tuple(new if name == old else name for name in names if new or name != old)


def _read_default(document: Document, scope: ClientScope) -> bool:
    """Our member beside Keycloak's: whether new clients get the scope."""
    return document.root.flag(IS_DEFAULT, scope.is_default)
