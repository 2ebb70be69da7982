"""What somebody's arrival from a provider writes: the person, the link, what mappers give, the events.

All of it in the transaction that makes the session, after the decision was made again with what is stored
at that moment: of two arrivals at once one is first, and the other sees it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from vestibule.domain.connection import Brokered, Connection
from vestibule.domain.errors import AlreadyHere, LoginExpired
from vestibule.domain.policy import Decision, Facts
from vestibule.domain.user import User, fold
from vestibule.flows.broker.account import awake, decide_now, new_link
from vestibule.flows.broker.giving import sync_given
from vestibule.flows.broker.mapping import Profile, map_identity, usernames_for
from vestibule.flows.deployment import Deployment, Visitor
from vestibule.flows.ports import ActiveRealm, NameTaken, Store


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody who may come in: who that is (`is_new`: will be), and what writes it."""

    user: User
    is_new: bool
    write: Callable[[Store], Awaitable[None]]


class Changed(LoginExpired):
    """Somebody else was faster in the same moment; what is stored now decides again."""


class Arrivals:
    """One arrival through one connection; `now` is the moment of all that it writes."""

    def __init__(
        self, deployment: Deployment, active: ActiveRealm, connection: Connection, visitor: Visitor
    ) -> None:
        self._deployment = deployment
        self._active = active
        self._connection = connection
        self._visitor = visitor
        self._now = deployment.clock.now()

    async def prepare(self, brokered: Brokered) -> Arrival:
        """The person as they will be, with the step that writes them. Raises the decision's refusal."""
        decision, facts = await self._decide(self._deployment.storage, brokered)
        profile = await self.profile(self._deployment.storage, brokered, decision, facts)
        user = profile.user

        async def write(store: Store) -> None:
            again, facts_now = await self._decide(store, brokered)
            if again.action != decision.action or (again.user and again.user.id) != (
                decision.user and decision.user.id
            ):
                raise Changed("who this is was decided by somebody else's arrival")
            written = await self.profile(store, brokered, again, facts_now)
            if written.user.username != user.username:
                raise Changed("the name was taken at the same moment")
            try:
                await self._write(store, brokered, again, facts_now, written)
            except NameTaken as error:
                raise Changed("the identity or a name was taken at the same moment") from error

        return Arrival(user, decision.action == "ENROL", write)

    async def _decide(self, store: Store, brokered: Brokered) -> tuple[Decision, Facts]:
        decision, facts = await decide_now(store, self._deployment, self._active, self._connection, brokered)
        if decision.error is not None:
            raise decision.error
        if decision.action == "PROVE":
            raise LoginExpired("the proof of the account counts no more")
        if decision.user is not None and decision.user.id != brokered.user_id:
            raise Changed("what was due was due of somebody else")
        return decision, facts

    async def profile(self, store: Store, brokered: Brokered, decision: Decision, facts: Facts) -> Profile:
        """What the mappers make of it, without a name or address that is somebody else's (D12)."""
        base = decision.user or User(
            id=brokered.user_id, realm_id=self._active.realm.id, username="", created_at=self._now
        )
        link = facts.link
        is_first = link is None or link.dormant or link.last_used_at is None
        profile = map_identity(
            self._connection, brokered.identity, base, is_first=is_first, email=brokered.email
        )
        user = await self._own_address(store, base, profile.user)
        refused = profile.user.email or "" if profile.user.email != user.email else ""
        if decision.user is None:
            user = await self._own_name(store, brokered, user)
        elif user.username != base.username and not await self._is_free(store, user.username, base):
            user = replace(user, username=base.username)
        return replace(profile, user=user, refused_email=refused)

    async def _own_address(self, store: Store, base: User, user: User) -> User:
        kept = user.with_email_of(base)
        if not user.email or user == kept or await self._is_free(store, user.email, base):
            return user
        return kept

    async def _own_name(self, store: Store, brokered: Brokered, user: User) -> User:
        for name in usernames_for(self._connection, brokered.identity, user):
            if await self._is_free(store, name, user):
                return replace(user, username=name)
        raise AlreadyHere("no free name for the new person", "username")

    async def _is_free(self, store: Store, name: str, user: User) -> bool:
        owner = await store.owner_of_name(self._active.realm.id, name)
        return owner in (None, user.id)

    async def _write(
        self, store: Store, brokered: Brokered, decision: Decision, facts: Facts, profile: Profile
    ) -> None:
        user = profile.user
        if decision.action == "ENROL":
            await store.add_user(user)
        elif user != decision.user:
            await store.save_user(user)
        replaced = await self._write_link(store, brokered, facts, user)
        given = replaced | changed_fields(decision.user, user)
        given |= await sync_given(store, self._connection, user, profile)
        if facts.new_tenant and decision.action == "LINK":
            given |= await self._admit_tenant(store, facts.new_tenant)
        given |= {"email_not_taken": profile.refused_email} if profile.refused_email else {}
        await self._write_events(store, brokered, decision, user, given)

    async def _write_link(self, store: Store, brokered: Brokered, facts: Facts, user: User) -> dict[str, str]:
        """Answers whom the person was at the provider until now, for the event."""
        identity, connection, former = brokered.identity, self._connection, ""
        if facts.link is not None:
            found = awake(facts.link, connection, identity)
            await store.save_link(replace(found, last_used_at=self._now))
            return {}
        for one in await store.links_of(user.id):
            if one.connection_id == connection.id:  # proved to be the same person here
                await store.remove_link(one.id)
                former = one.subject
        link = new_link(self._deployment.new_id(), connection, identity, user, self._now)
        await store.add_link(replace(link, last_used_at=self._now))
        return {"instead_of": former} if former else {}

    async def _admit_tenant(self, store: Store, tenant: str) -> dict[str, str]:
        """The tenant of a proved account joins the list that the connection's form shows (D11). Where there
        is no list every tenant may come, and its first entry would close it for all others, whose people
        may be here already. Answers what changed, for the event."""
        stored = await store.connection(self._connection.id)
        if stored is None or not stored.tenants or tenant in stored.tenants:
            return {}
        await store.save_connection(replace(stored, tenants=(*stored.tenants, tenant)))
        return {"tenant_admitted": tenant}

    async def _write_events(
        self, store: Store, brokered: Brokered, decision: Decision, user: User, given: dict[str, str]
    ) -> None:
        facts = {"realm_id": user.realm_id, "user_id": user.id, "provider": self._connection.alias}
        deployment, visitor = self._deployment, self._visitor
        if decision.action == "ENROL":
            event = visitor.event(deployment, "PERSON_ENROLLED", self._now, **facts, **given)
            await store.add_event(event)
        elif decision.action == "LINK":
            by = "a proof of the account" if brokered.proved_user_id else "the e-mail address"
            event = visitor.event(deployment, "IDENTITY_LINKED", self._now, **facts, by=by, **given)
            await store.add_event(event)
        elif given:
            event = visitor.event(deployment, "PROFILE_CHANGED", self._now, **facts, **given)
            await store.add_event(event)
        if fold(user.email or "") != fold((decision.user.email if decision.user else user.email) or ""):
            event = visitor.event(deployment, "EMAIL_CHANGED", self._now, **facts, by="the provider")
            await store.add_event(event)


def changed_fields(before: User | None, after: User) -> dict[str, str]:
    """What of somebody who was here before is changed, but for the address, which has an event of its own."""
    fields = {"username": "username", "given_name": "firstName", "family_name": "lastName"}
    fields["attributes"] = "attributes"
    differing = [
        told for name, told in fields.items() if getattr(before or after, name) != getattr(after, name)
    ]
    return {"changed": ", ".join(differing)} if differing else {}
