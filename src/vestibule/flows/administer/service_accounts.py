"""Service accounts: the user as whom a client acts for itself, with its own roles (RFC 6749 section 4.4)."""

from dataclasses import dataclass, replace

from vestibule.domain.client import Client
from vestibule.domain.errors import NotHere
from vestibule.domain.event import Event
from vestibule.domain.user import User
from vestibule.flows.administer.administration import Administration
from vestibule.representations.user import write_user


@dataclass(frozen=True, slots=True)
class AccountPlan:
    """What becomes of a service account together with its client's change."""

    user: User
    is_new: bool
    event: Event


async def find_service_account(at: Administration, client: Client) -> User:
    """The service account of the client, disabled or not. Raises `NotHere`."""
    found = await at.deployment.storage.service_account(client.id)
    if found is None:
        raise NotHere(f"{client.client_id} has no service account")
    return found


async def plan_service_account(
    at: Administration, before: Client | None, client: Client
) -> AccountPlan | None:
    """Makes the account when the switch goes on, disables it when it goes off, renames it with its client."""
    found = await at.deployment.storage.service_account(client.id) if before is not None else None
    name = account_name(client)
    if found is None:
        if not client.client_credentials:
            return None
        user = User(at.deployment.new_id(), at.realm.id, name, created_at=at.now, service_of=client.id)
        event = at.change("CREATE", "USER", f"users/{user.id}", None, write_user(user))
        return AccountPlan(user, True, event)
    was_on = before is not None and before.client_credentials
    is_switched = client.client_credentials != was_on
    changed = replace(
        found, username=name, enabled=client.client_credentials if is_switched else found.enabled
    )
    if changed == found:
        return None
    event = at.change("UPDATE", "USER", f"users/{found.id}", write_user(found), write_user(changed))
    return AccountPlan(changed, False, event)


def account_name(client: Client) -> str:
    """The user name of its service account."""
    return f"service-account-{client.client_id}".lower()
