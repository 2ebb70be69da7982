"""Mails with which an administrator helps a person: confirm the address, set a password."""

from collections.abc import Awaitable, Callable

from vestibule.domain.errors import NotChangeable
from vestibule.domain.sentence import Sentence
from vestibule.domain.user import User
from vestibule.flows.administer.administration import Administration
from vestibule.flows.administer.guards import check_person
from vestibule.flows.administer.users.finding import change_of, user_in
from vestibule.flows.mail import queue_set_password, queue_verify_email
from vestibule.flows.mail.kinds import SET_PASSWORD_SECONDS, VERIFY_SECONDS
from vestibule.flows.ports import Store
from vestibule.representations.document import Document
from vestibule.representations.mistake import BadDocument

SET_PASSWORD, VERIFY_EMAIL = "UPDATE_PASSWORD", "VERIFY_EMAIL"
NO_ADDRESS = Sentence("This person has no email address.")


async def send_verify_mail(at: Administration, user: User, lives_seconds: int = VERIFY_SECONDS) -> None:
    """The link with which the person confirms the stored address, good for so many seconds.

    Raises `BadDocument` without an address, `MailNotConfigured`, `TooManyMails`, `NotChangeable`.
    """

    async def queue(store: Store, person: User) -> None:
        await queue_verify_email(store, at.deployment, at.realm, person, at.now, lives_seconds)

    await _send(at, user, "send-verify-email", queue)


async def send_password_link(
    at: Administration, user: User, lives_seconds: int = SET_PASSWORD_SECONDS
) -> None:
    """The link with which the person sets a password (D17: “sends recovery links”). Raises as above, and
    `BadDocument` in a realm without passwords (S000-39)."""
    if not at.realm.sign_in.password:
        raise BadDocument(Sentence("Passwords are switched off in this tenant."))

    async def queue(store: Store, person: User) -> None:
        await queue_set_password(store, at.deployment, at.realm, person, at.now, lives_seconds)

    await _send(at, user, "send-password-link", queue)


async def send_action_mails(
    at: Administration, user: User, document: Document, lives_seconds: int | None = None
) -> None:
    """One mail for each action of the list: `UPDATE_PASSWORD`, `VERIFY_EMAIL`; there are no others."""
    actions = []
    for element in document.root.elements():
        action = element.as_text()
        if action not in (SET_PASSWORD, VERIFY_EMAIL):
            element.refuse("There is no action “{action}”.", action=action)
        actions.append(action)
    if not actions:
        document.root.refuse("Name UPDATE_PASSWORD or VERIFY_EMAIL.")
    if SET_PASSWORD in actions:
        await send_password_link(at, user, lives_seconds or SET_PASSWORD_SECONDS)
    if VERIFY_EMAIL in actions:
        await send_verify_mail(at, user, lives_seconds or VERIFY_SECONDS)


async def _send(
    at: Administration, user: User, what: str, queue: Callable[[Store, User], Awaitable[None]]
) -> None:
    check_person(user)
    if not user.enabled:
        raise NotChangeable(f"{user.username} is switched off")
    if not user.email:
        raise BadDocument(NO_ADDRESS, ("email",))

    async def step(store: Store) -> None:
        await queue(store, await user_in(at, store, user.id))
        await store.add_event(change_of(at, "ACTION", user, f"/{what}"))

    await at.deployment.storage.transaction(step)
    at.deployment.wake()
