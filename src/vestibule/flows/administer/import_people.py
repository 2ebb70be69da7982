"""The people of a realm file: who is here already, their passwords, the service accounts of its clients."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from vestibule.domain.client import Client
from vestibule.domain.realm import Realm
from vestibule.domain.user import Password, User, fold
from vestibule.flows.administer.service_accounts import account_name
from vestibule.flows.deployment import Deployment
from vestibule.flows.ports import Store
from vestibule.representations.document import Document
from vestibule.representations.realm_file import RealmFile, read_usernames
from vestibule.representations.user import UserEntry


async def users_here(deployment: Deployment, document: Document, realm: Realm) -> dict[str, User]:
    """People of the document whom the realm has already, by their folded user name."""
    found = {}
    for username in read_usernames(document):
        user = await deployment.storage.user_by_login(realm.id, username)
        if user is not None and fold(user.username) == fold(username):
            found[fold(username)] = user
    return found


async def check_people(deployment: Deployment, file: RealmFile, here: Mapping[str, User]) -> None:
    """Names and addresses that somebody else has here already (PW-09), and ids of other people."""
    storage = deployment.storage
    for entry in file.users:
        user, element = entry.user, entry.element
        if fold(user.username) not in here and await storage.user(user.id) is not None:
            element.member("id").refuse("Another person has the id “{id}”.", id=user.id)
        for member, name in (("username", user.username), ("email", user.email)):
            owner = await storage.user_by_login(user.realm_id, name) if name else None
            if name and owner is not None and owner.id != user.id:
                element.member(member).refuse("“{name}” belongs to another person of the realm.", name=name)


async def hash_passwords(deployment: Deployment, file: RealmFile) -> tuple[Password, ...]:
    """The passwords of the file, those in plain text hashed."""
    passwords = []
    now = deployment.clock.now()
    for entry in file.users:
        encoded = entry.encoded
        if entry.plain is not None:
            encoded = await deployment.passwords.hash(file.realm.id, entry.plain)
        if encoded is not None:
            passwords.append(Password(entry.user.id, encoded, now))
    return tuple(passwords)


async def missing_accounts(
    deployment: Deployment, file: RealmFile, clients: Sequence[Client]
) -> tuple[User, ...]:
    """The service accounts that clients need and neither the file nor the realm has."""
    storage, now = deployment.storage, deployment.clock.now()
    told = {entry.user.service_of for entry in file.users}
    missing = []
    for one in clients:
        if one.client_credentials and one.id not in told and await storage.service_account(one.id) is None:
            user = User(deployment.new_id(), one.realm_id, account_name(one), created_at=now)
            missing.append(replace(user, service_of=one.id))
    return tuple(missing)


async def write_people(store: Store, entries: Sequence[UserEntry], here: Mapping[str, User]) -> None:
    """Stores people with their roles and groups; those of `here` are changed."""
    for entry in entries:
        is_here = fold(entry.user.username) in here
        await (store.save_user if is_here else store.add_user)(entry.user)
        for role in entry.roles:
            await store.grant_role(entry.user.id, role.id)
        for group in entry.groups:
            await store.join_group(entry.user.id, group.id)
