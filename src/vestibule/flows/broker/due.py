"""Which steps are due between a provider's answer and the session."""

from vestibule.domain.connection import BrokerStep, Connection, ExternalIdentity
from vestibule.domain.errors import MissingUserInfo
from vestibule.domain.policy import Decision
from vestibule.domain.realm import Realm
from vestibule.flows.broker.mapping import address_of
from vestibule.flows.broker.second_factor import factor_steps
from vestibule.flows.ports import Store


async def due_steps(
    store: Store, realm: Realm, connection: Connection, decision: Decision, identity: ExternalIdentity
) -> tuple[BrokerStep, ...]:
    """What the person is asked for after the provider, before they are in.

    Raises `MissingUserInfo` where a new person's address did not come and may not be typed.
    """
    due = await factor_steps(store, realm, connection, decision.user)
    if decision.action == "PROVE":
        return ("link_proof", *due)
    if decision.action == "ENROL" and not address_of(identity):
        if connection.is_oauth_only or connection.surface != "REALM":
            raise MissingUserInfo(expected="email")
        return ("profile", *due)
    return due
