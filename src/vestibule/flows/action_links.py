"""One-time links that are mailed: each is for one realm, person, action and address, and works once.

Only the digest of the token is stored. A link also dies with the state that it was made in: when the
password or the address changed since, or everything given out before was ended (RC-03, RC-11).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import quote

import msgspec

from vestibule.crypto.secrets import digest, new_token
from vestibule.domain.errors import LinkExpired
from vestibule.domain.realm import Realm, issuer
from vestibule.domain.user import User
from vestibule.flows.deployment import Deployment
from vestibule.flows.ports import Store

ACTION_LINK = "action-link"
PATH = "action"
Action = Literal["verify-email", "set-password", "change-email"]


@dataclass(frozen=True, slots=True)
class ActionLink:
    """What a link stands for. `address` is where it was mailed to, the last three the state of its making."""

    realm_id: str
    user_id: str
    action: Action
    address: str
    made_at: datetime
    email: str | None
    email_verified: bool
    password_changed_at: datetime | None


async def new_action_link(
    store: Store,
    deployment: Deployment,
    realm: Realm,
    user: User,
    action: Action,
    address: str,
    lives_seconds: int,
    at: datetime,
) -> str:
    """Stores a link inside the caller's transaction and answers its absolute URL."""
    token, password = new_token(deployment.random), await store.password(user.id)
    link = ActionLink(
        realm.id, user.id, action, address, at, user.email, user.email_verified,
        password.changed_at if password is not None else None,
    )  # fmt: skip
    document = msgspec.json.encode(link).decode()
    await store.keep(ACTION_LINK, digest(token), document, at + timedelta(seconds=lives_seconds))
    return f"{issuer(deployment.public_url, quote(realm.name))}/{PATH}?token={token}"


async def read_action_link(store: Store, realm: Realm, token: str, at: datetime) -> tuple[ActionLink, User]:
    """The link that `token` opens, with its person, left in place: mail scanners open links too.

    Raises `LinkExpired` for a used, old, outlived or unknown one, and for one of another realm.
    """
    return await _check(store, realm, await store.kept(ACTION_LINK, digest(token), at))


async def take_action_link(store: Store, realm: Realm, token: str, at: datetime) -> tuple[ActionLink, User]:
    """As `read_action_link`, and it is used up: once, inside the caller's transaction."""
    return await _check(store, realm, await store.take_kept(ACTION_LINK, digest(token), at))


async def _check(store: Store, realm: Realm, document: str | None) -> tuple[ActionLink, User]:
    if document is None:
        raise LinkExpired("used, expired or unknown")
    link = msgspec.json.decode(document, type=ActionLink)
    user = await store.user(link.user_id) if link.realm_id == realm.id else None
    if user is None or user.realm_id != realm.id:
        raise LinkExpired("of another realm, or its person is gone")
    if not user.enabled or user.service_of is not None:
        raise LinkExpired("its person is disabled")
    if user.tokens_valid_from is not None and user.tokens_valid_from > link.made_at:
        raise LinkExpired("everything given out before was ended since")
    await _check_state(store, link, user)
    return link, user


async def _check_state(store: Store, link: ActionLink, user: User) -> None:
    if user.email != link.email:
        raise LinkExpired("the address was changed since")
    if link.action != "set-password" and user.email_verified != link.email_verified:
        raise LinkExpired("the address was verified since")
    password = await store.password(user.id)
    changed_at = password.changed_at if password is not None else None
    if link.action == "set-password" and changed_at != link.password_changed_at:
        raise LinkExpired("the password was changed since")
