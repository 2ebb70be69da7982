"""The platform's own realm `master`, made at the first start, and its administrators."""

from dataclasses import dataclass

from vestibule.crypto.passwords import check_new_password
from vestibule.domain.client import Client
from vestibule.domain.email import is_email
from vestibule.domain.errors import BadInput
from vestibule.domain.realm import MASTER, Realm
from vestibule.domain.user import Password, User, fold
from vestibule.flows.administer.built_in import add_built_in, new_built_in_clients, new_built_in_roles
from vestibule.flows.administer.keys import BORN_WITH, new_key_pairs
from vestibule.flows.deployment import OPERATOR, Deployment
from vestibule.flows.ports import NameTaken, Store
from vestibule.flows.setup import ADMINISTERED, LINK, add_administrator, new_setup_link

ADMIN_CLI = "admin-cli"
IS_TEMPORARY = "is_temporary_admin"
"""The attribute of an administrator whom the operator's settings made."""


@dataclass(frozen=True, slots=True)
class Administrator:
    """Who shall administer the platform. Without `username` the e-mail address is the user name.

    A temporary one is told on every page of the console to make room for a permanent one.
    """

    email: str
    password: str
    username: str = ""
    name: str = ""
    is_temporary: bool = False


async def prepare_platform(deployment: Deployment) -> bool:
    """Makes `master` where it is missing; answers whether nobody administers the deployment yet.

    At any other start this is two reads by key.
    """
    if await deployment.storage.realm_by_name(MASTER) is None:
        await _create_master(deployment)
    return await deployment.storage.value(ADMINISTERED) is None


async def open_platform(deployment: Deployment, first: Administrator | None) -> str | None:
    """What every start does: `master`, and its first administrator from the settings or by a set-up link.

    Answers the token of a new link, None where somebody administers the deployment. `first` is ignored
    once there is one.
    """
    if not await prepare_platform(deployment):
        return None
    if first is None:
        return await new_setup_link(deployment)
    await create_administrator(deployment, first)
    return None


async def create_administrator(deployment: Deployment, wanted: Administrator) -> User:
    """Stores the person with the role that administers everything; an open set-up link dies with it.

    Raises `BadInput` for an unreadable or taken name or address, `PasswordRefused` for a weak password.
    """
    if not is_email(wanted.email):
        raise BadInput(f"“{wanted.email}” is not an e-mail address.")
    realm = await deployment.storage.realm_by_name(MASTER)
    if realm is None:
        raise BadInput(
            "The realm “master” is missing; start the service once, or run “vestibule db upgrade”."
        )
    now, user = deployment.clock.now(), _person(deployment, realm, wanted)
    check_new_password(wanted.password, user.username, user.email)
    password = Password(user.id, await deployment.passwords.hash(realm.id, wanted.password), now)
    event = OPERATOR.event(
        deployment, "ADMINISTRATOR_CREATED", now, realm_id=realm.id, user_id=user.id, username=user.username
    )

    async def step(store: Store) -> None:
        link = await store.value(LINK)
        if link is not None:
            await store.take_value(LINK, link)
        await add_administrator(store, user, password)
        await store.add_event(event)

    try:
        await deployment.storage.transaction(step)
    except NameTaken:
        raise BadInput("Another person has this user name or e-mail address.") from None
    return user


def _person(deployment: Deployment, realm: Realm, wanted: Administrator) -> User:
    given_name, _, family_name = wanted.name.strip().partition(" ")
    return User(
        id=deployment.new_id(),
        realm_id=realm.id,
        username=wanted.username.strip() or fold(wanted.email),
        email=wanted.email,
        email_verified=True,
        given_name=given_name,
        family_name=family_name.strip(),
        attributes={IS_TEMPORARY: ("true",)} if wanted.is_temporary else {},
        created_at=deployment.clock.now(),
    )


async def _create_master(deployment: Deployment) -> None:
    """The realm, its keys, the role that administers everything, and the client of command-line tools."""
    realm = Realm(deployment.new_id(), MASTER, display_name="Vestibule")
    keys = new_key_pairs(deployment, realm.id, (BORN_WITH,))
    clients, roles = new_built_in_clients(deployment, realm), new_built_in_roles(deployment, realm)
    tools = Client(
        deployment.new_id(),
        realm.id,
        ADMIN_CLI,
        name="Command-line tools",
        public=True,
        standard_flow=False,
        built_in=True,
    )

    async def step(store: Store) -> None:
        # Two nodes of a new deployment may start at the same time.
        if await store.realm_by_name(MASTER) is None:
            await store.add_realm(realm)
            for key in keys:
                await store.add_key(key)
            await add_built_in(store, (*clients, tools), roles)

    await deployment.storage.transaction(step)
