"""Finding people: one by our id, or those whom a tool asks for by what it knows of them."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from vestibule.domain.errors import NotHere
from vestibule.domain.event import Event
from vestibule.domain.listing import MOST_ROWS, Listing
from vestibule.domain.user import User, fold
from vestibule.flows.administer.administration import Administration, Operation
from vestibule.flows.administer.guards import check_not_above, check_person
from vestibule.flows.ports import Store
from vestibule.representations.user import write_user


@dataclass(frozen=True, slots=True)
class PeopleQuery:
    """What a tool asks for; blank members do not narrow.

    `search` finds by the beginnings of words; the other texts must be contained, or equal where `is_exact`.
    """

    search: str = ""
    username: str = ""
    email: str = ""
    given_name: str = ""
    family_name: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    enabled: bool | None = None
    email_verified: bool | None = None
    is_exact: bool = False

    @property
    def is_of_words(self) -> bool:
        """Whether the store's own search answers it, so that nobody has to look at each person."""
        texts = (self.username, self.email, self.given_name, self.family_name)
        return not any(texts) and not self.attributes and self.email_verified is None

    def fits(self, user: User) -> bool:
        """Whether the person is one who was asked for, `search` aside."""
        pairs = (
            (self.username, user.username),
            (self.email, user.email or ""),
            (self.given_name, user.given_name),
            (self.family_name, user.family_name),
        )
        return (
            all(self._matches(wanted, value) for wanted, value in pairs)
            and all(value in user.attributes.get(name, ()) for name, value in self.attributes.items())
            and self.email_verified in (None, user.email_verified)
        )

    def _matches(self, wanted: str, value: str) -> bool:
        if not wanted:
            return True
        return fold(wanted) == fold(value) if self.is_exact else fold(wanted) in fold(value)


async def find_user(at: Administration, user_id: str) -> User:
    """The realm's person or service account with this id. Raises `NotHere` (MT-01)."""
    return await user_in(at, at.deployment.storage, user_id)


async def user_in(at: Administration, store: Store, user_id: str) -> User:
    """As `find_user`, in the caller's transaction."""
    found = await store.user(user_id)
    if found is None or found.realm_id != at.realm.id:
        raise NotHere(f"user {user_id[:100]!r}")
    return found


async def person_in(at: Administration, store: Store, user_id: str, *, also_service: bool = False) -> User:
    """Somebody whom whoever asks may change: no service account, and nobody with more rights (AC-05)."""
    found = await user_in(at, store, user_id)
    if not also_service:
        check_person(found)
    check_not_above(at, await store.roles_of(found.id))
    return found


async def list_people(at: Administration, query: PeopleQuery, first: int, most: int) -> list[User]:
    """Those who fit, by user name, service accounts left out."""
    if query.is_of_words:
        listing = Listing(search=query.search, first=first, most=most)
        found = await at.deployment.storage.list_users(at.realm.id, listing, query.enabled)
        return list(found.values)
    people: list[User] = []
    async for user in _matching(at, query):
        people.append(user)
        if len(people) == first + most:
            break
    return people[first:]


async def count_people(at: Administration, query: PeopleQuery) -> int:
    """How many fit; of a search at most as many as it counts."""
    storage = at.deployment.storage
    if query == PeopleQuery():
        return await storage.count_users(at.realm.id)
    if query.is_of_words:
        found = await storage.list_users(at.realm.id, Listing(search=query.search, most=1), query.enabled)
        return found.total
    return sum([1 async for _ in _matching(at, query)])


async def _matching(at: Administration, query: PeopleQuery) -> AsyncIterator[User]:
    """Those who fit: by name or address at once where the whole of it is known, else one after the other."""
    storage = at.deployment.storage
    login = query.username or query.email
    if query.is_exact and login and not query.search:
        user = await storage.user_by_login(at.realm.id, login)
        if user is not None and user.service_of is None and _state_fits(query, user) and query.fits(user):
            yield user
        return
    first = 0
    while True:
        listing = Listing(search=query.search, first=first, most=MOST_ROWS)
        found = await storage.list_users(at.realm.id, listing, query.enabled)
        for user in found.values:
            if query.fits(user):
                yield user
        first += MOST_ROWS
        if len(found.values) < MOST_ROWS:
            return


def _state_fits(query: PeopleQuery, user: User) -> bool:
    return query.enabled in (None, user.enabled)


def change_of(
    at: Administration,
    operation: Operation,
    user: User,
    below: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    **details: str,
) -> Event:
    """The event of a change to somebody, which is found among theirs; `below` follows `users/{id}`."""
    event = at.change(operation, "USER", f"users/{user.id}{below}", before, after, **details)
    return replace(event, user_id=user.id)


def written(user: User) -> dict[str, Any]:
    """The person as the audit tells of them."""
    return write_user(user)
