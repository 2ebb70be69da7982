"""Administering realms themselves: the platform makes and deletes them, their administrators change them."""

from dataclasses import replace
from typing import Any

from vestibule.domain.errors import AlreadyHere, NotChangeable, NotHere
from vestibule.domain.realm import MASTER, Realm
from vestibule.flows.administer.administration import Administration
from vestibule.flows.administer.import_realm import ImportReport, import_document
from vestibule.flows.mail import seal_mail_password
from vestibule.flows.ports import Store
from vestibule.representations.document import Document
from vestibule.representations.mail_server import read_mail_password
from vestibule.representations.realm import read_realm, read_realm_name, write_realm_record


async def create_realm(at: Administration, document: Document) -> ImportReport:
    """A new tenant, with its keys, roles and built-in clients, and whatever else the document brings.

    Raises `BadDocument`, and `AlreadyHere` for a name that another realm has in any case (MT-03).
    """
    name = read_realm_name(document.root)
    if await at.deployment.storage.realm_by_folded_name(name) is not None:
        raise AlreadyHere(f"there is a realm {name}, perhaps in other letters", "realm")
    event = at.change("CREATE", "REALM", name, None, {"realm": name})

    async def also(store: Store, realm: Realm) -> None:
        await store.add_event(replace(event, realm_id=realm.id))

    return await import_document(at.deployment, document, also=also)


async def change_realm(at: Administration, document: Document) -> Realm:
    """Changes what the document names; what is absent or null stays (the wire's fact 8).

    Raises `BadDocument`, `NotChangeable` for another name, and for disabling the platform's own realm.
    """
    root = document.root
    realm = read_realm(root, at.realm)
    if root.text("realm", realm.name) != realm.name:
        raise NotChangeable("a realm's name is part of its issuer, which applications keep")
    if realm.name == MASTER and not realm.enabled:
        raise NotChangeable("nobody could administer the deployment")
    realm = seal_mail_password(realm, read_mail_password(root), at.deployment.vault)
    event = at.change("UPDATE", "REALM", realm.name, written(at.realm), written(realm))

    async def step(store: Store) -> None:
        await store.save_realm(realm)
        await store.add_event(event)

    await at.deployment.storage.transaction(step)
    return realm


async def delete_realm(at: Administration) -> None:
    """Removes the tenant with everything in it; its events stay. The platform's own cannot go."""
    if at.realm.name == MASTER:
        raise NotChangeable("the platform's own realm")
    event = at.change("DELETE", "REALM", at.realm.name, written(at.realm))

    async def step(store: Store) -> None:
        if not await store.remove_realm(at.realm.id):
            raise NotHere(f"realm {at.realm.name}")
        await store.add_event(event)

    await at.deployment.storage.transaction(step)


def written(realm: Realm) -> dict[str, Any]:
    """The realm as documents show it, its mail password masked."""
    return write_realm_record(realm)
