"""The first administrator: whoever holds the one-time set-up link creates an account in `master`.

The link lives an hour, only its digest is stored, and the POST that creates the account uses it up.
"""

from dataclasses import dataclass
from datetime import timedelta
from hmac import compare_digest

import msgspec

from vestibule.crypto.secrets import digest, new_token
from vestibule.domain.administration import PLATFORM_ADMIN
from vestibule.domain.errors import SetupLinkInvalid
from vestibule.domain.realm import MASTER
from vestibule.domain.session import PASSWORD
from vestibule.domain.user import Passkey, Password, User
from vestibule.flows.administer.console_session import new_console_session
from vestibule.flows.deployment import OPERATOR, Deployment, Visitor
from vestibule.flows.factors.passkey import AMR
from vestibule.flows.ports import Store

LINK = "setup_link"
LINK_SECONDS = 3600
ADMINISTERED = "administered"
"""Names the value that is there once somebody has been made an administrator."""


@dataclass(frozen=True, slots=True)
class SetupLink:
    """A link that still works: `stored` is the value as it lies in the store, `challenge` a WebAuthn one."""

    stored: str
    token_digest: str
    user_id: str
    expires_at: float
    challenge: str = ""


async def new_setup_link(deployment: Deployment) -> str:
    """The token of a fresh link, which replaces any former one."""
    token = new_token(deployment.random)
    expires_at = deployment.clock.now() + timedelta(seconds=LINK_SECONDS)
    link = {
        "token_digest": digest(token).hex(),
        "user_id": deployment.new_id(),
        "expires_at": expires_at.timestamp(),
    }
    event = OPERATOR.event(deployment, "SETUP_LINK_MADE", deployment.clock.now())

    async def step(store: Store) -> None:
        await store.set_value(LINK, msgspec.json.encode(link).decode())
        await store.add_event(event)

    await deployment.storage.transaction(step)
    return token


async def read_setup_link(deployment: Deployment, token: str) -> SetupLink:
    """The link that `token` opens. Raises `SetupLinkInvalid` for a used, old or unknown one."""
    stored = await deployment.storage.value(LINK)
    if stored is None:
        raise SetupLinkInvalid("no link is open")
    link = msgspec.convert({**msgspec.json.decode(stored), "stored": stored}, SetupLink)
    if not compare_digest(link.token_digest, digest(token).hex()):
        raise SetupLinkInvalid("unknown token")
    if link.expires_at <= deployment.clock.now().timestamp():
        raise SetupLinkInvalid("older than an hour")
    return link


async def keep_challenge(deployment: Deployment, link: SetupLink, challenge: bytes) -> None:
    """Keeps the WebAuthn challenge with the link, until the next one or the link's use.

    Raises `SetupLinkInvalid` where the link was used meanwhile: it must not come back.
    """
    document = msgspec.json.decode(link.stored) | {"challenge": challenge.hex()}

    async def step(store: Store) -> None:
        if not await store.take_value(LINK, link.stored):
            raise SetupLinkInvalid("the link was used at the same time")
        await store.set_value(LINK, msgspec.json.encode(document).decode())

    await deployment.storage.transaction(step)


async def create_first_administrator(
    deployment: Deployment, link: SetupLink, user: User, credential: Password | Passkey, visitor: Visitor
) -> str:
    """Uses the link up and stores the person with the role that administers everything, or nothing at all.

    Answers the cookie of their session of the console: they have just chosen what they sign in with.
    """
    now = deployment.clock.now()
    event = visitor.event(
        deployment,
        "ADMINISTRATOR_CREATED",
        now,
        realm_id=user.realm_id,
        user_id=user.id,
        username=user.username,
    )
    amr = (PASSWORD,) if isinstance(credential, Password) else AMR
    entered = new_console_session(deployment, user, amr, visitor)

    async def step(store: Store) -> None:
        if not await store.take_value(LINK, link.stored):
            raise SetupLinkInvalid("the link was used at the same time")
        await add_administrator(store, user, credential)
        await store.add_session(entered.session)
        await store.add_event(event)
        await store.add_event(entered.event)

    await deployment.storage.transaction(step)
    return entered.cookie


async def add_administrator(store: Store, user: User, credential: Password | Passkey) -> None:
    """Stores the person, the credential, and the platform role, inside the caller's transaction."""
    role = next(role for role in await store.roles(user.realm_id) if role.name == PLATFORM_ADMIN)
    await store.add_user(user)
    if isinstance(credential, Password):
        await store.set_password(credential)
    else:
        await store.add_passkey(credential)
    await store.grant_role(user.id, role.id)
    await store.set_value(ADMINISTERED, user.id)


async def master_realm_id(deployment: Deployment) -> str:
    """The identifier of the platform's own realm."""
    return (await deployment.settings.active_realm(MASTER)).realm.id
