"""Administering realms themselves: the platform makes and deletes them, their administrators change them."""

from dataclasses import dataclass, replace
from typing import Any

from vestibule.domain.email import is_email
from vestibule.domain.errors import AlreadyHere, ConcurrentEdit, NotChangeable, NotHere, TooManyMails
from vestibule.domain.realm import MASTER, Realm
from vestibule.domain.sentence import Sentence
from vestibule.flows.administer.administration import Administration
from vestibule.flows.administer.built_in import BUILT_IN_CLIENTS
from vestibule.flows.administer.guards import has_administrator
from vestibule.flows.administer.import_realm import ImportReport, import_document
from vestibule.flows.expiry.feed import forget_feed
from vestibule.flows.mail import MailTest, seal_mail_password, send_test_mail
from vestibule.flows.ports import Store
from vestibule.representations.document import Document
from vestibule.representations.mail_server import read_mail_password
from vestibule.representations.mistake import BadDocument
from vestibule.representations.realm import (
    PASSKEY,
    PASSWORD,
    read_realm,
    read_realm_name,
    write_realm_record,
)

TEST_MAILS_AN_HOUR = 20


@dataclass(frozen=True, slots=True)
class Contents:
    """What a realm holds, in numbers."""

    people: int
    applications: int


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

    Raises `BadDocument`, `NotChangeable` for another name, and for disabling the platform's own realm;
    `ConcurrentEdit` where somebody else was faster.
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
        await _check_present(store, at.realm)
        await _check_way_in(at, store, realm)
        await store.save_realm(realm)
        await store.add_event(event)

    await at.deployment.storage.transaction(step)
    return realm


async def _check_present(store: Store, realm: Realm) -> None:
    """The version counts changes of clients and keys too, so that it does not tell."""
    stored = await store.realm_by_id(realm.id)
    if stored is None or replace(stored, version=0) != replace(realm, version=0):
        raise ConcurrentEdit(f"{realm.name} changed since it was read")


async def _check_way_in(at: Administration, store: Store, realm: Realm) -> None:
    """No administrator of the realm locks out everybody who administers it (D6); the platform's people
    reach a tenant by their own realm."""
    policy, former = realm.sign_in, at.realm.sign_in
    if policy == former or at.actor.home.id != realm.id or not await has_administrator(store, at.realm):
        return
    if not await has_administrator(store, realm):
        name = PASSWORD if former.password and not policy.password else PASSKEY
        raise BadDocument(
            Sentence("No administrator could sign in any more. Give one of them another way in first."),
            ("attributes", name),
        )


async def count_contents(at: Administration) -> Contents:
    """What goes when the realm goes."""
    return await contents_of(at.deployment.storage, at.realm)


async def contents_of(store: Store, realm: Realm) -> Contents:
    """How many people the realm has, and applications: the clients that are not built in."""
    clients = await store.count_clients(realm.id)
    built_in = len(BUILT_IN_CLIENTS) + (realm.name == MASTER)  # which has the command-line tools' too
    return Contents(await store.count_users(realm.id), max(0, clients - built_in))


async def count_password_only(at: Administration) -> int:
    """How many people could not sign in any more if passwords were switched off."""
    return await at.deployment.storage.count_password_only(at.realm.id)


async def try_mail_server(at: Administration, address: str) -> MailTest:
    """Sends a test mail to the address through the server as it is stored; the attempt is audited.

    Raises `BadDocument` for what is no address, `MailNotConfigured`, `TooManyMails` after twenty in an
    hour: where the realm has no server of its own the platform's would carry its name to anybody (AC-18).
    """
    if not is_email(address):
        raise BadDocument(Sentence("Enter an email address, such as name@example.com."), ("test_address",))
    tests, _ = await at.deployment.storage.count_attempt(f"mail-test/{at.realm.id}", at.now, 3600)
    if tests > TEST_MAILS_AN_HOUR:
        raise TooManyMails(f"{tests} test mails of {at.realm.name} within an hour")
    result = await send_test_mail(at.deployment, at.realm, at.realm.mail, address)
    outcome = {"result": "sent"} if result.is_sent else {"result": result.error, "step": result.failed_step}
    event = at.change("ACTION", "MAIL", "mail/test", None, {"address": address, **outcome})
    await at.deployment.storage.transaction(lambda store: store.add_event(event))
    return result


async def delete_realm(at: Administration) -> None:
    """Removes the tenant with everything in it; its events stay. The platform's own cannot go."""
    if at.realm.name == MASTER:
        raise NotChangeable("the platform's own realm")
    event = at.change("DELETE", "REALM", at.realm.name, written(at.realm))

    async def step(store: Store) -> None:
        if not await store.remove_realm(at.realm.id):
            raise NotHere(f"realm {at.realm.name}")
        await forget_feed(store, at.realm.id)
        await store.add_event(event)

    await at.deployment.storage.transaction(step)


def written(realm: Realm) -> dict[str, Any]:
    """The realm as documents show it, its mail password masked."""
    return write_realm_record(realm)
