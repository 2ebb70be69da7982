"""What a mailed link does when its button is pressed: confirm an address, or set a password."""

from dataclasses import replace

from vestibule.crypto.passwords import check_new_password
from vestibule.domain.errors import LinkExpired
from vestibule.domain.user import Password, User, fold
from vestibule.flows.action_links import ActionLink, read_action_link, take_action_link
from vestibule.flows.deployment import Deployment, Visitor
from vestibule.flows.end_session import end_in_transaction
from vestibule.flows.factors.password import forget_failures
from vestibule.flows.mail import queue_changed_notice
from vestibule.flows.ports import ActiveRealm, SignedIn, Store


async def read_link(deployment: Deployment, active: ActiveRealm, token: str) -> tuple[ActionLink, User]:
    """The link and its person, for the page; nothing is used up. Raises `LinkExpired`."""
    return await read_action_link(deployment.storage, active.realm, token, deployment.clock.now())


async def confirm_address(deployment: Deployment, active: ActiveRealm, token: str, visitor: Visitor) -> User:
    """Takes the link; the address that it was mailed to, and no other, is the person's verified one (AC-07).

    Raises `LinkExpired`, and `NameTaken` where somebody else has the new address by now.
    """
    now = deployment.clock.now()

    async def step(store: Store) -> User:
        link, user = await take_action_link(store, active.realm, token, now)
        if link.action not in ("verify-email", "change-email"):
            raise LinkExpired(f"the link is for {link.action}")
        changed = replace(user, email=link.address, email_verified=True)
        await store.save_user(changed)
        if link.action == "change-email":
            await queue_changed_notice(store, deployment, active.realm, user, link.address, now)
        await store.add_event(
            visitor.event(
                deployment, "EMAIL_CHANGED" if link.action == "change-email" else "EMAIL_VERIFIED", now,
                realm_id=active.realm.id, user_id=user.id, email=link.address,
                previous_email=user.email if link.action == "change-email" else None,
            )
        )  # fmt: skip
        return changed

    user = await deployment.storage.transaction(step)
    deployment.wake()
    return user


async def set_password_by_link(
    deployment: Deployment, active: ActiveRealm, token: str, password: str, visitor: Visitor
) -> User:
    """Takes the link and sets the password. What was given out before ends: sessions, grants, links.

    Whoever read the mail has its address, so that it counts as verified. Raises `LinkExpired`,
    `PasswordRefused`, `Busy`.
    """
    link, user = await read_link(deployment, active, token)
    if link.action != "set-password":
        raise LinkExpired(f"the link is for {link.action}")
    if not active.realm.sign_in.password:
        raise LinkExpired("passwords were switched off since")
    check_new_password(password, user.username, user.email)
    encoded = await deployment.passwords.hash(active.realm.id, password)

    async def step(store: Store) -> User:
        link, user = await take_action_link(store, active.realm, token, deployment.clock.now())
        now = deployment.clock.now()
        is_theirs = user.email is not None and fold(user.email) == fold(link.address)
        is_theirs = is_theirs and await store.owner_of_name(active.realm.id, link.address) in (None, user.id)
        changed = replace(
            user,
            tokens_valid_from=now,
            email_verified=user.email_verified or is_theirs,
            must_change_password=False,
        )
        await store.save_user(changed)
        await store.set_password(Password(user.id, encoded, now))
        await forget_failures(store, active.realm.id, user)
        for session in await store.sessions_of(user.id):
            signed_in = SignedIn(session, user)
            await end_in_transaction(store, deployment, active, signed_in, visitor, now)
        await store.revoke_grants_of_user(user.id, None, now)
        await store.add_event(
            visitor.event(
                deployment, "PASSWORD_CHANGED", now, realm_id=active.realm.id, user_id=user.id, method="link"
            )
        )
        return changed

    user = await deployment.storage.transaction(step)
    deployment.wake()
    return user
