"""A person's own name, language and address. Nothing else of them can be changed by themselves (AC-06)."""

from dataclasses import replace

from vestibule.domain.email import is_email
from vestibule.domain.errors import NotChangeable
from vestibule.domain.user import User, fold
from vestibule.flows.account.account import Account
from vestibule.flows.mail import queue_address_change, queue_verify_email
from vestibule.flows.mail.words import LANGUAGES
from vestibule.flows.ports import Store
from vestibule.representations.document import Document, Element

LOCALE = "locale"


def write_profile(user: User) -> dict[str, str]:
    """What a person may change at once; the language is empty where they chose none."""
    locale = next(iter(user.attributes.get(LOCALE, ())), "")
    return {
        "firstName": user.given_name,
        "lastName": user.family_name,
        LOCALE: locale if locale in LANGUAGES else "",
    }


async def change_profile(account: Account, document: Document) -> User:
    """Changes first name, last name and language. Raises `BadDocument`; other members are not read."""

    async def step(store: Store) -> User:
        former = await account.stored_user(store)
        changed = _read(document.root, former)
        if changed != former:
            await store.save_user(changed)
            before, after = write_profile(former), write_profile(changed)
            await store.add_event(account.event("PROFILE_CHANGED", before, after))
        return changed

    return await account.deployment.storage.transaction(step)


async def ask_address_change(account: Account, document: Document) -> str:
    """Mails a link to the new address and word to the old one; answers the new one (AC-06, AC-07).

    Nothing changes before the link is used. Raises `BadDocument`, `TooManyMails`, `MailNotConfigured`.
    """
    member = document.root.member("email")
    address = document.root.text("email", "").strip()
    if not is_email(address):
        member.refuse("Enter an email address, such as name@example.com.")

    async def step(store: Store) -> None:
        user = await account.stored_user(store)
        if fold(address) == fold(user.email or ""):
            member.refuse("This is your present email address.")
        await queue_address_change(store, account.deployment, account.realm, user, address, account.now)
        await store.add_event(account.event("EMAIL_CHANGE_ASKED", email=address))

    await account.deployment.storage.transaction(step)
    account.deployment.wake()
    return address


async def send_confirmation(account: Account) -> None:
    """Mails the link that confirms the present address once more.

    Raises `NotChangeable` where there is nothing to confirm, `TooManyMails`, `MailNotConfigured`.
    """

    async def step(store: Store) -> None:
        user = await account.stored_user(store)
        if not user.email or user.email_verified:
            raise NotChangeable("there is no address, or it is confirmed")
        await queue_verify_email(store, account.deployment, account.realm, user, account.now)
        await store.add_event(account.event("EMAIL_CONFIRMATION_SENT", email=user.email))

    await account.deployment.storage.transaction(step)
    account.deployment.wake()


def _read(root: Element, former: User) -> User:
    locale = root.text(LOCALE, "")
    if locale and locale not in LANGUAGES:
        root.member(LOCALE).refuse("Mails are not written in this language.")
    attributes = {name: values for name, values in former.attributes.items() if name != LOCALE}
    if locale:
        attributes[LOCALE] = (locale,)
    elif write_profile(former)[LOCALE] == "" and LOCALE in former.attributes:
        attributes = former.attributes  # a language that mails do not speak is nobody's to lose here
    return replace(
        former,
        given_name=root.text("firstName", former.given_name).strip(),
        family_name=root.text("lastName", former.family_name).strip(),
        attributes=attributes,
    )
