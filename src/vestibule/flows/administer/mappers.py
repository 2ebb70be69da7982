"""Protocol mappers of a client scope, or of one client alone: what they put into tokens."""

from dataclasses import replace

from vestibule.domain.client import Client
from vestibule.domain.client_scope import ClientScope, ProtocolMapper
from vestibule.domain.errors import AlreadyHere, NotHere
from vestibule.flows.administer.administration import Administration
from vestibule.flows.administer.client_scopes import save_client_scope
from vestibule.flows.administer.clients import check_changeable, check_present
from vestibule.flows.ports import Store
from vestibule.representations.document import Document
from vestibule.representations.mappers import read_mapper, read_new_mapper, write_mapper

MapperOwner = Client | ClientScope


def find_mapper(owner: MapperOwner, mapper_id: str) -> ProtocolMapper:
    """The owner's mapper of the id. Raises `NotHere`."""
    for mapper in owner.mappers:
        if mapper.id == mapper_id:
            return mapper
    raise NotHere(f"mapper {mapper_id[:100]!r}")


async def add_mapper(at: Administration, owner: MapperOwner, document: Document) -> ProtocolMapper:
    """Adds one. Raises `BadDocument`, `AlreadyHere` where the owner has a mapper of that name."""
    mapper = read_new_mapper(document.root, at.deployment.new_id())
    _check_name(owner, mapper)
    await _save(at, owner, (*owner.mappers, mapper), None, mapper)
    return mapper


async def change_mapper(
    at: Administration, owner: MapperOwner, mapper: ProtocolMapper, document: Document
) -> ProtocolMapper:
    """Changes what the document names. Raises as `add_mapper` does."""
    changed = read_mapper(document.root, mapper)
    _check_name(owner, changed)
    mappers = tuple(changed if one.id == mapper.id else one for one in owner.mappers)
    await _save(at, owner, mappers, mapper, changed)
    return changed


async def delete_mapper(at: Administration, owner: MapperOwner, mapper: ProtocolMapper) -> None:
    """Removes it."""
    mappers = tuple(one for one in owner.mappers if one.id != mapper.id)
    await _save(at, owner, mappers, mapper, None)


def _check_name(owner: MapperOwner, mapper: ProtocolMapper) -> None:
    if any(one.name == mapper.name and one.id != mapper.id for one in owner.mappers):
        raise AlreadyHere("there is another mapper of this name", "name")


async def _save(
    at: Administration,
    owner: MapperOwner,
    mappers: tuple[ProtocolMapper, ...],
    before: ProtocolMapper | None,
    after: ProtocolMapper | None,
) -> None:
    if isinstance(owner, ClientScope):
        await save_client_scope(at, owner, replace(owner, mappers=mappers))
        return
    check_changeable(owner)
    mapper = after or before
    event = at.change(
        "UPDATE" if before and after else "CREATE" if after else "DELETE",
        "CLIENT",
        f"clients/{owner.id}/protocol-mappers/{mapper.id if mapper else ''}",
        write_mapper(before) if before else None,
        write_mapper(after) if after else None,
    )

    async def step(store: Store) -> None:
        await check_present(store, owner)
        await store.save_client(replace(owner, mappers=mappers))
        await store.add_event(event)

    await at.deployment.storage.transaction(step)
