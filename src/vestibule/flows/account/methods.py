"""A person's own ways to sign in: the password, the passkeys and other services. Each change ends the other
sessions that might have been opened with what was changed, and nobody takes their last way in away."""

from dataclasses import dataclass, replace

from vestibule.crypto.passwords import check_new_password
from vestibule.crypto.secrets import digest
from vestibule.domain.connection import Link
from vestibule.domain.errors import LastWayIn, NotChangeable, NotHere, PasswordRefused
from vestibule.domain.realm import SignInPolicy
from vestibule.domain.sentence import Sentence
from vestibule.domain.user import Passkey, Password
from vestibule.flows.account.account import Account
from vestibule.flows.account.sessions import end_others
from vestibule.flows.factors import passkey as factor
from vestibule.flows.factors.password import forget_failures
from vestibule.flows.mail import queue_password_notice
from vestibule.flows.ports import Store
from vestibule.oidc.relying_party.issuer import lets_in
from vestibule.representations.credentials import read_new_password
from vestibule.representations.document import Document
from vestibule.representations.mistake import BadDocument

CHALLENGE = "account_passkey"
FACTOR_AFTER_PROVIDER = "factorAfterProvider"
NAME_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Methods:
    """What a person has to sign in with, and what of it the realm takes. `links` are those of services that
    still let them in."""

    password: Password | None
    passkeys: tuple[Passkey, ...]
    policy: SignInPolicy
    links: tuple[Link, ...] = ()

    def is_last(self, passkey_id: str) -> bool:
        """Whether nothing would be left to sign in with, were this passkey gone."""
        others = [one for one in self.passkeys if one.id != passkey_id]
        return not (self._by_password or self.links or (self.policy.passkey and others))

    def is_last_link(self, link_id: str) -> bool:
        """Whether nothing would be left to sign in with, were this link gone (BR-19)."""
        others = [one for one in self.links if one.id != link_id]
        return not (self._by_password or others or (self.policy.passkey and self.passkeys))

    @property
    def _by_password(self) -> bool:
        return self.policy.password and self.password is not None


async def methods_of(account: Account, store: Store | None = None) -> Methods:
    """As they are stored now; in a transaction with its `store`."""
    store = store or account.deployment.storage
    user_id = account.user.id
    passkeys = tuple(await store.passkeys(user_id))
    connections = {one.id: one for one in await store.connections(account.realm.id)}
    links = tuple(
        one
        for one in await store.links_of(user_id)
        if one.connection_id in connections and lets_in(connections[one.connection_id], one.issuer)
    )
    return Methods(await store.password(user_id), passkeys, account.realm.sign_in, links)


async def set_factor_after_provider(account: Account, document: Document) -> None:
    """Whether the person's passkey is asked for after a sign-in at another service, also where policy does
    not (D15). Raises `BadDocument`."""
    wanted = document.root.flag(FACTOR_AFTER_PROVIDER, False)

    async def step(store: Store) -> None:
        user = await account.stored_user(store)
        if user.factor_after_provider == wanted:
            return
        await store.save_user(replace(user, factor_after_provider=wanted))
        before, after = {FACTOR_AFTER_PROVIDER: not wanted}, {FACTOR_AFTER_PROVIDER: wanted}
        await store.add_event(account.event("PROFILE_CHANGED", before, after))

    await account.deployment.storage.transaction(step)


async def change_password(account: Account, document: Document) -> None:
    """Sets the password of `value`. Other sessions, every token and every mailed link end, and the person
    is told by mail. Raises `BadDocument` for one that may not be, `NotChangeable`, `Busy`."""
    if not account.realm.sign_in.password:
        raise NotChangeable("nobody signs in by password here")
    wanted = read_new_password(document.root).plain
    try:
        check_new_password(wanted, account.user.username, account.user.email)
    except PasswordRefused as error:
        raise BadDocument(Sentence(error.sentence), ("value",)) from error
    encoded = await account.deployment.passwords.hash(account.realm.id, wanted)

    async def step(store: Store) -> None:
        user, now = await account.stored_user(store), account.now
        ended = await end_others(store, account)
        await store.revoke_grants_of_user(user.id, None, now)
        # Proofs before the present one count no more; the present one is at most a quarter of an hour old.
        proved_at = account.session.authenticated_at
        await store.save_user(replace(user, tokens_valid_from=proved_at, must_change_password=False))
        await store.set_password(Password(user.id, encoded, now))
        await forget_failures(store, account.realm.id, user)
        await queue_password_notice(store, account.deployment, account.realm, user, now)
        await store.add_event(account.event("PASSWORD_CHANGED", method="account", sessions=str(ended)))

    await account.deployment.storage.transaction(step)
    account.deployment.wake()


async def new_passkey_options(account: Account) -> str:
    """JSON of the options for `navigator.credentials.create`. The challenge is bound to the session, and
    replaces its former one (WA-03). Raises `PasskeyRefused` where the realm takes no passkeys."""
    challenge, options = await factor.own_options(account.deployment, account.active, account.user)
    await account.deployment.storage.keep(
        CHALLENGE, _challenge_key(account), challenge.hex(), account.now + factor.CHALLENGE_LIFETIME
    )
    return options


async def add_passkey(account: Account, credential: str) -> Passkey:
    """Stores the passkey that answers the session's challenge. Raises `PasskeyRefused`."""
    kept = await account.deployment.storage.take_kept(CHALLENGE, _challenge_key(account), account.now)
    challenge = bytes.fromhex(kept) if kept is not None else None
    return await factor.add(
        account.deployment,
        account.active,
        account.user,
        challenge,
        credential,
        account.visitor,
        account.stored_user,
    )


async def rename_passkey(account: Account, passkey_id: str, document: Document) -> None:
    """Gives it the name of `userLabel`. Raises `NotHere`, `BadDocument`."""
    member = document.root.member("userLabel")
    name = member.as_text(NAME_LIMIT).strip() if member.is_present else ""
    if not name:
        member.refuse("Enter a name.")

    async def step(store: Store) -> None:
        await account.stored_user(store)
        former = find_passkey(await methods_of(account, store), passkey_id)
        if former.name == name:
            return
        await store.rename_passkey(account.user.id, passkey_id, name)
        event = account.event("PASSKEY_RENAMED", {"name": former.name}, {"name": name}, passkey=passkey_id)
        await store.add_event(event)

    await account.deployment.storage.transaction(step)


async def remove_passkey(account: Account, passkey_id: str) -> None:
    """Removes it; other sessions end, since they may have been opened with it.

    Raises `NotHere`, `LastWayIn`.
    """

    async def step(store: Store) -> None:
        await account.stored_user(store)
        methods = await methods_of(account, store)
        former = find_passkey(methods, passkey_id)
        if methods.is_last(passkey_id):
            raise LastWayIn("another passkey or a password is needed first")
        await store.remove_passkey(account.user.id, passkey_id)
        ended = await end_others(store, account)
        event = account.event("PASSKEY_REMOVED", passkey=passkey_id, name=former.name, sessions=str(ended))
        await store.add_event(event)

    await account.deployment.storage.transaction(step)
    account.deployment.wake()


def find_passkey(methods: Methods, passkey_id: str) -> Passkey:
    """The person's passkey of that id. Raises `NotHere`."""
    found = next((one for one in methods.passkeys if one.id == passkey_id), None)
    if found is None:
        raise NotHere(f"passkey {passkey_id[:100]!r}")
    return found


def _challenge_key(account: Account) -> bytes:
    return digest(f"{account.realm.id}/{account.user.id}/{account.session.id}")
