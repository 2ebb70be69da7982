"""What every realm is born with: the roles of D17, and the clients that our own pages sign in with."""

from vestibule.domain.administration import ROLE_SENTENCES, built_in_roles
from vestibule.domain.client import Client
from vestibule.domain.realm import Realm
from vestibule.domain.user import Role
from vestibule.flows.deployment import Deployment
from vestibule.flows.ports import Store

ACCOUNT = "account"
CONSOLE = "console"
BUILT_IN_CLIENTS = frozenset({ACCOUNT, CONSOLE})


def account_path(realm_name: str) -> str:
    """The path of a person's own pages."""
    return f"/realms/{realm_name}/account"


def console_path(realm_name: str) -> str:
    """The path of the realm's console."""
    return f"/console/{realm_name}"


def new_built_in_clients(deployment: Deployment, realm: Realm) -> tuple[Client, ...]:
    """The clients `account` (S001-34) and `console`. Their addresses are paths until they are read."""
    return tuple(
        Client(
            deployment.new_id(),
            realm.id,
            client_id,
            name=name,
            description=sentence,
            public=True,
            refresh_tokens=False,
            home_url=path,
            redirect_uris=(f"{path}/callback",),
            scopes=("openid", "profile", "email"),
            built_in=True,
        )
        for client_id, name, sentence, path in (
            (
                ACCOUNT,
                "Account",
                "Where people manage their own account.",
                account_path(realm.name),
            ),
            (CONSOLE, "Console", "Where this realm is administered.", console_path(realm.name)),
        )
    )


def new_built_in_roles(deployment: Deployment, realm: Realm) -> tuple[Role, ...]:
    """The roles that administer."""
    return tuple(
        Role(deployment.new_id(), realm.id, name, str(ROLE_SENTENCES[name]))
        for name in built_in_roles(realm.name)
    )


async def add_built_in(store: Store, clients: tuple[Client, ...], roles: tuple[Role, ...]) -> None:
    """Stores what the realm does not have yet: a realm file may have brought some of it."""
    for client in clients:
        if await store.client_by_client_id(client.realm_id, client.client_id) is None:
            await store.add_client(client)
    for role in roles:
        if await store.role_by_name(role.realm_id, role.name) is None:
            await store.add_role(role)
