"""What every flow is handed: the outside world behind its ports."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from vestibule.crypto.secrets import Vault, new_id
from vestibule.domain.event import Event, EventType
from vestibule.flows.audit.occurrences import Occurrences
from vestibule.flows.client_keys import ClientKeys
from vestibule.flows.ports import Clock, Fetch, Mailer, PasswordHasher, Randomness, Settings, Storage
from vestibule.flows.provider_keys import ProviderKeys
from vestibule.flows.slow_peers import SlowPeers
from vestibule.flows.token.verified import VerifiedTokens


@dataclass(frozen=True, slots=True)
class Deployment:
    """One running Vestibule. `wake` tells the delivery queue of an addition, `observe` counts events.

    `failures` and `repeated` bound what the audit holds of those (flows/audit/failures.py). `practice` holds
    for kinds of providers the address of the one that stands in for the vendor (D23).
    """

    public_url: str
    storage: Storage
    settings: Settings
    clock: Clock
    random: Randomness
    passwords: PasswordHasher
    vault: Vault
    client_keys: ClientKeys
    fetch: Fetch
    provider_keys: ProviderKeys
    mailer: Mailer
    wake: Callable[[], None]
    observe: Callable[[Event], None] = lambda _: None
    admin_cli_password_grant: bool = False
    verified: VerifiedTokens = field(default_factory=VerifiedTokens)
    failures: Occurrences = field(default_factory=Occurrences)
    repeated: Occurrences = field(default_factory=Occurrences)
    slow_providers: SlowPeers = field(default_factory=SlowPeers)
    practice: Mapping[str, str] = field(default_factory=dict)

    def new_id(self) -> str:
        """A new time-ordered identifier."""
        return new_id(self.clock.now(), self.random)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is asking: the peer's address, its software, its cookies, and the reference of this request.

    `browser` and `session` are the cookies' values, None where absent or sent twice (SE-03). `actor_name`
    says who it is where that is nobody of a realm.
    """

    address: str = ""
    user_agent: str = ""
    reference: str = ""
    browser: str | None = None
    session: str | None = None
    actor_name: str = ""

    def event(self, deployment: Deployment, type: EventType, at: datetime, **facts: str | None) -> Event:  # noqa: A002
        """An event of this request. `facts` are fields of `Event`; unknown ones become its details."""
        fields: dict[str, Any] = {
            key: facts.pop(key) for key in ("realm_id", "user_id", "client_id", "session_id") if key in facts
        }
        error = facts.pop("error", None) or ""
        event = Event(
            id=deployment.new_id(),
            at=at,
            type=type,
            address=self.address,
            reference=self.reference,
            error=error,
            actor_name=self.actor_name,
            details={key: value for key, value in facts.items() if value},
            **fields,
        )
        deployment.observe(event)
        return event


OPERATOR = Visitor(actor_name="operator")
"""Whoever has the machine: by a command, or by the settings that the service starts with."""
