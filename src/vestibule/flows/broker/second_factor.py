"""Which steps of ours follow a provider's answer: by connection, realm, surface and person (D15)."""

from vestibule.domain.connection import BrokerStep, Connection
from vestibule.domain.realm import Realm
from vestibule.domain.user import User
from vestibule.flows.ports import Store


async def factor_steps(
    store: Store, realm: Realm, connection: Connection, user: User | None
) -> tuple[BrokerStep, ...]:
    """The page that announces it and the factor itself: asked for where the person has one, enrolled at
    their entry where policy wants one and they have none (S001-45). A realm without passkeys has none."""
    if not realm.sign_in.passkey:
        return ()
    wanted = (
        connection.second_factor or realm.sign_in.factor_after_provider or connection.policy.second_factor
    )
    is_own_wish = user is not None and user.factor_after_provider
    if wanted == "off" and not is_own_wish:
        return ()
    has_one = user is not None and bool(await store.passkeys(user.id))
    if wanted == "on":
        return ("verification", "second_factor" if has_one else "enrol_factor")
    if has_one and (wanted == "if set up" or is_own_wish):
        return ("verification", "second_factor")
    return ()
