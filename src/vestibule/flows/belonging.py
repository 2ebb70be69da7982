"""Roles and groups by the names that mappers call them."""

from vestibule.domain.user import Group, Role, group_path
from vestibule.flows.ports import Store


async def role_called(store: Store, realm_id: str, name: str) -> Role | None:
    """A role of the realm, or of a client's as `client-id.name`."""
    role = await store.role_by_name(realm_id, name)
    client_id, dot, of_client = name.partition(".")
    if role is not None or not dot:
        return role
    client = await store.client_by_client_id(realm_id, client_id)
    return await store.role_by_name(realm_id, of_client, client.id) if client is not None else None


async def group_called(store: Store, realm_id: str, path: str) -> Group | None:
    """The group of the path, with or without the slash that it begins with."""
    return await store.group_by_path(realm_id, group_path(path))
