"""Mappers of a connection: what they make of claims, and who may let them give roles away."""

from dataclasses import replace
from typing import Any

from vestibule.domain.connection import ONBOARDING, Connection, ConnectionMapper
from vestibule.domain.errors import AlreadyHere, NotChangeable, NotHere
from vestibule.domain.sentence import Sentence
from vestibule.domain.user import Role
from vestibule.flows.administer.administration import Administration
from vestibule.flows.administer.connections.finding import check_present, path_of
from vestibule.flows.administer.guards import check_grantable, roles_along
from vestibule.flows.belonging import group_called, role_called
from vestibule.flows.ports import Store
from vestibule.representations.connection_mappers import read_mapper, read_new_mapper, write_mapper
from vestibule.representations.document import Document
from vestibule.representations.mistake import BadDocument


def find_mapper(connection: Connection, mapper_id: str) -> ConnectionMapper:
    """The connection's mapper of the id. Raises `NotHere`."""
    for mapper in connection.mappers:
        if mapper.id == mapper_id:
            return mapper
    raise NotHere(f"mapper {mapper_id[:100]!r}")


async def add_mapper(at: Administration, connection: Connection, document: Document) -> ConnectionMapper:
    """Adds one at the end: mappers run in their order (S001-32).

    Raises `BadDocument`, also where a role or group is not there, `AlreadyHere` where the connection has a
    mapper of that name, and what `guards` raises where it would give more than the actor may (AC-05).
    """
    mapper = read_new_mapper(document.root, at.deployment.new_id())
    await _check(at, connection, mapper)
    await _save(at, connection, (*connection.mappers, mapper), None, mapper)
    return mapper


async def change_mapper(
    at: Administration, connection: Connection, mapper: ConnectionMapper, document: Document
) -> ConnectionMapper:
    """Changes what the document names. Raises as `add_mapper` does, `NotChangeable` for the built-in one."""
    check_not_built_in(mapper)
    changed = read_mapper(document.root, mapper)
    await _check(at, connection, changed)
    mappers = tuple(changed if one.id == mapper.id else one for one in connection.mappers)
    await _save(at, connection, mappers, mapper, changed)
    return changed


async def delete_mapper(at: Administration, connection: Connection, mapper: ConnectionMapper) -> None:
    """Removes it. What it gave is taken back at each person's next sign-in through the connection."""
    check_not_built_in(mapper)
    mappers = tuple(one for one in connection.mappers if one.id != mapper.id)
    await _save(at, connection, mappers, mapper, None)


def check_not_built_in(mapper: ConnectionMapper) -> None:
    """Raises `NotChangeable` for the onboarding mapper, which stays as it is and first (S001-24)."""
    if mapper.kind == ONBOARDING:
        raise NotChangeable(f"the mapper {mapper.name} is built in")


async def given_by(store: Store, realm_id: str, mapper: ConnectionMapper) -> tuple[Role, ...]:
    """The roles that people get by the mapper, those of its group included.

    Raises `BadDocument` where the role or group is not there: nobody would get it, and nobody would know.
    """
    name, path = mapper.config.get("role", ""), mapper.config.get("group", "")
    roles: list[Role] = []
    if name:
        role = await role_called(store, realm_id, name)
        if role is None:
            raise BadDocument(Sentence("There is no role “{name}”.", {"name": name}), ("config", "role"))
        roles.append(role)
    if path:
        group = await group_called(store, realm_id, path)
        if group is None:
            raise BadDocument(Sentence("There is no group “{path}”.", {"path": path}), ("config", "group"))
        roles += await roles_along(store, group)
    return tuple(roles)


async def _check(at: Administration, connection: Connection, mapper: ConnectionMapper) -> None:
    if any(one.name == mapper.name and one.id != mapper.id for one in connection.mappers):
        raise AlreadyHere("there is another mapper of this name", "name")
    check_grantable(at, await given_by(at.deployment.storage, at.realm.id, mapper))


async def _save(
    at: Administration,
    connection: Connection,
    mappers: tuple[ConnectionMapper, ...],
    before: ConnectionMapper | None,
    after: ConnectionMapper | None,
) -> None:
    mapper = after or before
    event = at.change(
        "UPDATE" if before and after else "CREATE" if after else "DELETE",
        "IDENTITY_PROVIDER_MAPPER",
        path_of(connection, f"/mappers/{mapper.id if mapper else ''}"),
        _written(connection, before),
        _written(connection, after),
    )

    async def step(store: Store) -> None:
        await check_present(store, connection)
        await store.save_connection(replace(connection, mappers=mappers))
        await store.add_event(event)

    await at.deployment.storage.transaction(step)


def _written(connection: Connection, mapper: ConnectionMapper | None) -> dict[str, Any] | None:
    return write_mapper(mapper, connection.alias, connection.kind) if mapper is not None else None
