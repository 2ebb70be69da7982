"""What a person signs in with: an administrator sets or removes a password, renames or removes a passkey."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from vestibule.crypto.passwords import check_new_password
from vestibule.domain.errors import NotHere, PasswordRefused
from vestibule.domain.sentence import Sentence
from vestibule.domain.user import Password, User
from vestibule.flows.administer.administration import Administration
from vestibule.flows.administer.guards import check_person, guarded
from vestibule.flows.administer.users.finding import change_of, person_in
from vestibule.flows.administer.users.sessions import end_everything
from vestibule.flows.factors.password import forget_failures
from vestibule.flows.ports import Store
from vestibule.representations.credentials import read_new_password, write_credentials
from vestibule.representations.document import Document, Element
from vestibule.representations.mistake import BadDocument

PASSKEY_NAME_LIMIT = 100


async def set_password(at: Administration, user: User, document: Document) -> None:
    """Sets the password of `value`. Whatever was given out before ends: sessions, grants, links.

    With `temporary` the person replaces it right after the next sign-in with it. Raises `BadDocument`, also
    for a password that breaks the policy, `NotChangeable` for a service account.
    """
    check_person(user)
    wanted = read_new_password(document.root)
    encoded = await new_password_hash(at, user, wanted.plain, document.root.member("value"))

    async def step(store: Store) -> None:
        stored = await person_in(at, store, user.id)
        before = await _credentials(store, user)
        changed = replace(stored, must_change_password=wanted.temporary)
        ended = await end_everything(at, store, changed)
        await store.set_password(Password(user.id, encoded, at.now))
        await forget_failures(store, at.realm.id, stored)
        after = await _credentials(store, user)
        await store.add_event(
            change_of(
                at,
                "ACTION",
                user,
                "/reset-password",
                before,
                after,
                sessions=str(ended),
                temporary="true" if wanted.temporary else "",
            )
        )

    await at.deployment.storage.transaction(step)
    at.deployment.wake()


async def remove_password(at: Administration, user: User) -> None:
    """Removes the password. Raises `NotHere` where there is none."""

    async def remove(store: Store) -> bool:
        return await store.remove_password(user.id)

    await _remove(at, user, "password", remove)


async def remove_passkey(at: Administration, user: User, passkey_id: str) -> None:
    """Removes one passkey. Raises `NotHere` where the person has no such one."""

    async def remove(store: Store) -> bool:
        return await store.remove_passkey(user.id, passkey_id)

    await _remove(at, user, passkey_id, remove)


async def rename_passkey(at: Administration, user: User, passkey_id: str, document: Document) -> None:
    """Gives a passkey the name of `userLabel`. Raises `NotHere`, `BadDocument`."""
    member = document.root.member("userLabel")
    name = member.as_text(PASSKEY_NAME_LIMIT).strip() if member.is_present else ""
    if not name:
        member.refuse("A name is not empty and has no white space around it.")

    async def step(store: Store) -> None:
        await person_in(at, store, user.id)
        before = await _credentials(store, user)
        if not await store.rename_passkey(user.id, passkey_id, name):
            raise NotHere(f"passkey {passkey_id[:100]!r}")
        after = await _credentials(store, user)
        await store.add_event(change_of(at, "UPDATE", user, f"/credentials/{passkey_id}", before, after))

    await at.deployment.storage.transaction(step)


async def credentials_of(at: Administration, user: User) -> list[dict[str, Any]]:
    """What the person signs in with, without anything secret."""
    storage = at.deployment.storage
    return write_credentials(await storage.password(user.id), await storage.passkeys(user.id))


async def new_password_hash(at: Administration, user: User, plain: str, member: Element) -> str:
    """The hash of the password that stands at `member`. Raises `BadDocument` where it breaks the policy, and
    in a realm without passwords, which stores none (S000-39)."""
    if not at.realm.sign_in.password:
        member.refuse("Passwords are switched off in this tenant.")
    try:
        check_new_password(plain, user.username, user.email)
    except PasswordRefused as error:
        raise BadDocument(Sentence(error.sentence), member.path) from error
    return await at.deployment.passwords.hash(at.realm.id, plain)


async def _remove(
    at: Administration, user: User, credential_id: str, remove: Callable[[Store], Awaitable[bool]]
) -> None:
    """Sessions that were opened with it end too. The last Platform Admin keeps a way in."""

    async def work(store: Store) -> None:
        stored = await person_in(at, store, user.id)
        before = await _credentials(store, user)
        if not await remove(store):
            raise NotHere(f"credential {credential_id[:100]!r}")
        await end_everything(at, store, stored)
        after = await _credentials(store, user)
        await store.add_event(change_of(at, "DELETE", user, f"/credentials/{credential_id}", before, after))

    async def step(store: Store) -> None:
        await guarded(at, store, lambda: work(store))

    await at.deployment.storage.transaction(step)
    at.deployment.wake()


async def _credentials(store: Store, user: User) -> dict[str, Any]:
    """What the audit tells: which ways in there are, by name and date."""
    password, passkeys = await store.password(user.id), await store.passkeys(user.id)
    return {
        "passwordSetAt": password.changed_at.isoformat() if password is not None else None,
        "passkeys": [passkey.name for passkey in passkeys],
    }
