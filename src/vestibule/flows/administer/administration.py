"""What every use case of administering is handed: who asks, in which realm, and how the change is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec

from vestibule.domain.administration import FRESH_SECONDS, Right, rights_in
from vestibule.domain.event import Event, EventType, Resource
from vestibule.domain.realm import Realm
from vestibule.domain.user import User
from vestibule.flows.audit.masking import masked
from vestibule.flows.deployment import Deployment, Visitor
from vestibule.flows.ports import Store

Operation = Literal["CREATE", "UPDATE", "DELETE", "ACTION"]
TYPES: dict[Operation, EventType] = {
    "CREATE": "ADMIN_CREATE",
    "UPDATE": "ADMIN_UPDATE",
    "DELETE": "ADMIN_DELETE",
    "ACTION": "ADMIN_ACTION",
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who administers: a person, or a client's service account. `home` is the realm they belong to.

    `roles` are the names of their realm roles there. A service account proves itself anew with each
    token, so that `authenticated_at` is the present.
    """

    user: User
    home: Realm
    roles: frozenset[str]
    authenticated_at: datetime
    acr: str = ""
    session_id: str | None = None

    def rights_in(self, realm: Realm) -> frozenset[Right]:
        """What they may do in the realm (D17)."""
        return rights_in(self.home.name, self.roles, realm.name)

    def is_fresh(self, now: datetime) -> bool:
        """Whether they signed in within the last quarter of an hour (D17)."""
        return now - self.authenticated_at < timedelta(seconds=FRESH_SECONDS)


@dataclass(frozen=True, slots=True)
class Administration:
    """One request of an administrator. `realm` is the one that is administered, as it is stored."""

    deployment: Deployment
    actor: Actor
    realm: Realm
    visitor: Visitor

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self.deployment.clock.now()

    def may(self, right: Right) -> bool:
        """Whether whoever asks has the right in this realm."""
        return right in self.actor.rights_in(self.realm)

    def change(
        self,
        operation: Operation,
        resource: Resource,
        path: str,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        **details: str,
    ) -> Event:
        """The event of a change, stored with it. `path` is such as `clients/{id}`; secrets are masked."""
        return self.event(TYPES[operation], resource, path, before, after, **details)

    def event(
        self,
        type: EventType,  # noqa: A002 - as in Event
        resource: Resource,
        path: str,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        **details: str,
    ) -> Event:
        """As `change`, with a type of its own, such as `SECRET_REVEALED`."""
        actor, deployment = self.actor, self.deployment
        event = Event(
            id=deployment.new_id(),
            at=self.now,
            type=type,
            realm_id=self.realm.id,
            session_id=actor.session_id,
            address=self.visitor.address,
            reference=self.visitor.reference,
            details={name: text for name, text in details.items() if text},
            actor_id=actor.user.id,
            actor_name=actor.user.username,
            actor_realm_id=actor.home.id,
            resource=resource,
            path=path,
            before=_text(before),
            after=_text(after, before),
        )
        deployment.observe(event)
        return event


def _text(document: Mapping[str, Any] | None, former: Mapping[str, Any] | None = None) -> str:
    return msgspec.json.encode(masked(document, former)).decode() if document is not None else ""


async def roles_of_actor(store: Store, user: User) -> frozenset[str]:
    """The names of the person's realm roles, those of their groups included."""
    return frozenset(role.name for role in await store.roles_of(user.id) if role.client_id is None)
