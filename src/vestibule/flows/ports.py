"""What the flows need from outside, as small protocols. `main` supplies the real ones.

Every storage method is one transaction. Rules of several steps go to `Storage.transaction(step)`:
`step` awaits nothing but the `Store` it is handed, takes values prepared before (hashing and
signing are done), and may run again after a serialization failure.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from vestibule.crypto.keys import Keyring
from vestibule.domain.client import Client
from vestibule.domain.event import Event
from vestibule.domain.grant import Consent, Grant
from vestibule.domain.key import StoredKey
from vestibule.domain.login import Login
from vestibule.domain.realm import Realm
from vestibule.domain.session import Session
from vestibule.domain.user import Group, Passkey, Password, Role, User

T = TypeVar("T")


class Clock(Protocol):
    """The time, aware and in UTC, which never runs back (D30)."""

    def now(self) -> datetime:
        """The present moment."""
        ...


class Randomness(Protocol):
    """A source of unpredictable bytes; tests hand in a seeded one."""

    def __call__(self, count: int, /) -> bytes:
        """`count` random bytes."""
        ...


class Realms(Protocol):
    """Realms, clients and keys: settings, read through a cache by the flows."""

    async def realm_by_name(self, name: str) -> Realm | None:
        """The realm in exactly this spelling."""
        ...

    async def realm_by_folded_name(self, name: str) -> Realm | None:
        """The realm without regard to case, for uniqueness (S000-07)."""
        ...

    async def add_realm(self, realm: Realm) -> None: ...
    async def save_realm(self, realm: Realm) -> None: ...
    async def client_by_client_id(self, realm_id: str, client_id: str) -> Client | None: ...
    async def client_by_id(self, client: str) -> Client | None: ...
    async def clients(self, realm_id: str, after: str = "", limit: int = 1000) -> Sequence[Client]:
        """Clients in the order of their `client_id`, those after `after`."""
        ...

    async def add_client(self, client: Client) -> None: ...
    async def save_client(self, client: Client) -> None: ...
    async def keys(self, realm_id: str) -> Sequence[StoredKey]: ...
    async def add_key(self, key: StoredKey) -> None: ...
    async def save_key(self, key: StoredKey) -> None: ...
    async def realms_changed_since(self, version: int) -> Sequence[tuple[str, int]]:
        """(realm id, version) of the realms whose settings moved after `version`, oldest first."""
        ...

    async def settings_version(self) -> int:
        """The version that the last change of any realm's settings got; 0 before the first."""
        ...

    async def realm_names(self, limit: int = 100) -> Sequence[str]: ...


class Users(Protocol):
    """People, what they belong to, and their credentials."""

    async def user(self, user_id: str) -> User | None: ...
    async def user_by_login(self, realm_id: str, name: str) -> User | None:
        """The person whose user name, or else e-mail address, is `name` without regard to case."""
        ...

    async def users(self, realm_id: str, after: str = "", limit: int = 1000) -> Sequence[User]:
        """People in the order of their id, those after `after`."""
        ...

    async def add_user(self, user: User) -> None:
        """Raises `NameTaken` where name or address is another person's, as either of the two (PW-09)."""
        ...

    async def save_user(self, user: User) -> None: ...
    async def password(self, user_id: str) -> Password | None: ...
    async def set_password(self, password: Password) -> None: ...
    async def passkeys(self, user_id: str) -> Sequence[Passkey]: ...
    async def passkey(self, realm_id: str, credential_id: bytes) -> Passkey | None: ...
    async def add_passkey(self, passkey: Passkey) -> bool:
        """False where the realm knows the credential already (WA-10)."""
        ...

    async def use_passkey(self, passkey_id: str, sign_count: int, backed_up: bool, at: datetime) -> None: ...
    async def roles(self, realm_id: str) -> Sequence[Role]: ...
    async def add_role(self, role: Role) -> None: ...
    async def grant_role(self, user_id: str, role_id: str) -> None: ...
    async def groups(self, realm_id: str) -> Sequence[Group]: ...
    async def add_group(self, group: Group) -> None: ...
    async def grant_group_role(self, group_id: str, role_id: str) -> None: ...
    async def join_group(self, user_id: str, group_id: str) -> None: ...
    async def roles_of(self, user_id: str) -> Sequence[Role]:
        """Every role of the person, those of the groups included."""
        ...

    async def own_roles_of(self, user_id: str) -> Sequence[Role]:
        """The roles that the person holds without any group."""
        ...

    async def groups_of(self, user_id: str) -> Sequence[Group]: ...
    async def group_roles(self, group_id: str) -> Sequence[Role]: ...


class NameTaken(Exception):
    """A user name or address belongs to another person of the realm."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session together with its person."""

    session: Session
    user: User


class Sessions(Protocol):
    """Sessions and the browsers that people are known by."""

    async def add_session(self, session: Session) -> None: ...
    async def session_by_digest(self, realm_id: str, digest: bytes) -> SignedIn | None: ...
    async def touch_session(self, session_id: str, at: datetime) -> None: ...
    async def end_session(self, session_id: str) -> bool:
        """Deletes the session; with it die the grants bound to it. False where it was gone."""
        ...

    async def sessions_of(self, user_id: str) -> Sequence[Session]: ...
    async def clients_of_session(self, session_id: str) -> Sequence[Client]:
        """The clients that the session gave live or used grants to, for back-channel logout."""
        ...

    async def remember_browser(self, user_id: str, browser_digest: bytes, at: datetime) -> None: ...
    async def is_known_browser(self, user_id: str, browser_digest: bytes) -> bool: ...


class Logins(Protocol):
    """Attempts to sign in."""

    async def add_login(self, login: Login) -> None: ...
    async def login(self, digest: bytes) -> Login | None: ...
    async def save_login(self, login: Login) -> bool:
        """Stores the next state; False where the attempt is gone."""
        ...

    async def take_login(self, digest: bytes) -> Login | None:
        """Deletes and answers the attempt, once."""
        ...

    async def take_challenge(self, digest: bytes) -> bytes | None:
        """Clears and answers the WebAuthn challenge of the attempt, once (WA-03)."""
        ...


@dataclass(frozen=True, slots=True)
class GrantInUse:
    """A grant with its person and, unless it is offline, its session."""

    grant: Grant
    user: User
    session: Session | None


class Grants(Protocol):
    """Grants and their tokens, consents, single-use assertions."""

    async def add_grant(self, grant: Grant) -> None: ...
    async def grant_in_use(self, grant_id: str) -> GrantInUse | None: ...
    async def take_code(
        self,
        grant_id: str,
        code_digest: bytes,
        client: str,
        at: datetime,
        family_digest: bytes | None,
        refresh_digest: bytes | None,
    ) -> bool:
        """Marks the code as used and stores the first refresh token, once, for its own client."""
        ...

    async def rotate_refresh_token(
        self, grant_id: str, old_digest: bytes, new_digest: bytes, at: datetime, expires_at: datetime
    ) -> bool:
        """Replaces the refresh token if `old_digest` is still the current one."""
        ...

    async def revoke_grant(self, grant_id: str, at: datetime) -> bool:
        """False where it was revoked before."""
        ...

    async def revoke_grants_of_user(self, user_id: str, client: str | None, at: datetime) -> None: ...
    async def consent(self, user_id: str, client: str) -> Consent | None: ...
    async def save_consent(self, consent: Consent, at: datetime) -> None: ...
    async def remove_consent(self, user_id: str, client: str) -> None: ...
    async def take_once(self, purpose: str, key: bytes, expires_at: datetime) -> bool:
        """True for the first caller with this key: assertion `jti`s, revoked token ids, set-up links."""
        ...

    async def was_taken(self, purpose: str, key: bytes) -> bool: ...


class Events(Protocol):
    """The audit and the durable queue of what must be sent."""

    async def add_event(self, event: Event) -> None: ...
    async def events(self, realm_id: str | None, reference: str = "", limit: int = 100) -> Sequence[Event]:
        """The newest first; with `reference` only those that carry it."""
        ...

    async def add_delivery(self, delivery: "Delivery") -> None: ...
    async def due_deliveries(self, at: datetime, limit: int = 20) -> Sequence["Delivery"]: ...
    async def take_delivery(self, delivery_id: str, attempts: int, next_at: datetime) -> bool:
        """Claims one attempt: moves `attempts` up and the due date to `next_at`, unless another did."""
        ...

    async def remove_delivery(self, delivery_id: str) -> None: ...
    async def pending_deliveries(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Delivery:
    """Something to be sent: `kind` says by whom, `payload` is JSON text. Removed when it has arrived."""

    id: str
    kind: str
    realm_id: str
    payload: str
    due_at: datetime
    attempts: int = 0


class Counters(Protocol):
    """Counters of attempts, exact under parallel use (PW-03)."""

    async def count_attempt(self, key: str, at: datetime, window_seconds: int) -> tuple[int, datetime]:
        """Adds one and answers (attempts in the present window, when the window ends)."""
        ...

    async def clear_attempts(self, key: str) -> None: ...
    async def forgive_attempt(self, key: str, at: datetime) -> None:
        """Takes one off the present window's count, never below zero."""
        ...


class Deployments(Protocol):
    """Facts of the whole deployment: small named values."""

    async def value(self, name: str) -> str | None: ...
    async def set_value(self, name: str, value: str) -> None: ...
    async def take_value(self, name: str, value: str) -> bool:
        """Deletes the named value if it still equals `value`; true for one caller only."""
        ...


class Store(Realms, Users, Sessions, Logins, Grants, Events, Counters, Deployments, Protocol):
    """Everything that is kept."""


class Storage(Store, Protocol):
    """The store, and transactions over it."""

    async def transaction(self, step: Callable[[Store], Awaitable[T]]) -> T:
        """Runs `step` so that either all of it is stored or nothing."""
        ...

    async def sweep(self, at: datetime, limit: int = 500) -> int:
        """Deletes up to `limit` expired rows of each kind by an index; answers how many went (D30)."""
        ...

    @property
    def settings_changes(self) -> int:
        """How many transactions of this process changed settings; a cache compares it at each reading."""
        ...

    async def changed_elsewhere(self) -> bool:
        """Whether another process may have written anything since the last call."""
        ...

    async def check(self) -> None:
        """Raises `StorageUnavailable` where the database does not answer or is behind the schema."""
        ...

    async def close(self) -> None: ...


class PasswordHasher(Protocol):
    """Password hashing in a bounded pool; `Busy` where it is full."""

    async def hash(self, realm_id: str, password: str) -> str: ...
    async def verify(self, realm_id: str, encoded: str | None, password: str) -> bool:
        """Whether the password fits; with no hash it works as long and answers False (PW-01)."""
        ...

    def is_outdated(self, encoded: str) -> bool:
        """Whether the hash should be made anew with the present parameters."""
        ...


@dataclass(frozen=True, slots=True)
class FetchResponse:
    """An answer to an outgoing request: header names in lower case, the body with its content coding undone."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Fetch(Protocol):
    """Guarded HTTP to other services. Redirects are not followed: a 3xx is an answer like any other.

    Raises `AddressNotAllowed`, `UpstreamUnreachable`, `UpstreamTimeout`, `UpstreamAnswerTooLarge`.
    """

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        limit_bytes: int = ...,
        limit_seconds: float = ...,
    ) -> FetchResponse: ...

    async def post_form(
        self,
        url: str,
        fields: Mapping[str, str],
        *,
        headers: Mapping[str, str] | None = None,
        limit_bytes: int = ...,
        limit_seconds: float = ...,
    ) -> FetchResponse:
        """Posts `fields` as application/x-www-form-urlencoded."""
        ...


@dataclass(frozen=True, slots=True)
class ActiveRealm:
    """A realm that is switched on, with its issuer identifier and its keys ready to use."""

    realm: Realm
    issuer: str
    keyring: Keyring


class Settings(Protocol):
    """Realms, clients and keys as each process caches them; dropped when a realm's version moves."""

    async def active_realm(self, name: str) -> ActiveRealm:
        """Raises `RealmNotFound` for an unknown, differently spelled or disabled realm."""
        ...

    async def client(self, realm_id: str, client_id: str) -> Client | None: ...
    def forget(self, realm_id: str) -> None:
        """Drops what is cached of the realm, after a change made in this process."""
        ...
