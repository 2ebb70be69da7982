"""Which client scopes a client has: always, or when it asks for them."""

from collections.abc import Iterable
from typing import Literal

from vestibule.domain.client import Client
from vestibule.domain.errors import NotHere
from vestibule.flows.administer.administration import Administration
from vestibule.flows.administer.clients import change_client
from vestibule.representations.document import Document

Assignment = Literal["default", "optional"]


def scopes_of(client: Client, assignment: Assignment) -> tuple[str, ...]:
    """The names; `openid` is there in any case and is not among them."""
    names = client.default_scopes if assignment == "default" else client.scopes
    return tuple(name for name in names if name != "openid")


async def assign_scope(at: Administration, client: Client, name: str, assignment: Assignment) -> Client:
    """Gives the client a scope, by default or for asking; from the other list it is taken away."""
    lists: dict[Assignment, list[str]] = {
        "default": _without(scopes_of(client, "default"), name),
        "optional": _without(scopes_of(client, "optional"), name),
    }
    lists[assignment].append(name)
    return await _change(at, client, lists)


async def withdraw_scope(
    at: Administration, client: Client, name: str, assignment: Assignment | None = None
) -> Client:
    """Takes a scope from one of the client's lists, or from both. Raises `NotHere` where it is in none."""
    lists: dict[Assignment, list[str]] = {
        "default": list(scopes_of(client, "default")),
        "optional": list(scopes_of(client, "optional")),
    }
    looked_at: tuple[Assignment, ...] = (assignment,) if assignment else ("default", "optional")
    if not any(name in lists[one] for one in looked_at):
        raise NotHere(f"{client.client_id} does not have the scope {name[:100]!r}")
    for one in looked_at:
        lists[one] = _without(lists[one], name)
    return await _change(at, client, lists)


async def _change(at: Administration, client: Client, lists: dict[Assignment, list[str]]) -> Client:
    members = {f"{assignment}ClientScopes": names for assignment, names in lists.items()}
    return await change_client(at, client, Document.of(members))


def _without(names: Iterable[str], name: str) -> list[str]:
    return [one for one in names if one != name]
