"""The way on from a sign-in that is over: no old page and no second tab ends in nothing."""

from vestibule.domain.client import at_home
from vestibule.domain.errors import LoginExpired
from vestibule.flows.administer.built_in import ACCOUNT
from vestibule.flows.deployment import Deployment
from vestibule.flows.ports import ActiveRealm


async def login_expired(
    deployment: Deployment, active: ActiveRealm, detail: str, client: str = ""
) -> LoginExpired:
    """The error that leads to the application with this identifier, else to the person's own pages."""
    found = await deployment.storage.client_by_id(client) if client else None
    found = found or await deployment.settings.client(active.realm.id, ACCOUNT)
    error = LoginExpired(detail)
    error.realm = active.realm
    error.client = at_home(found, deployment.public_url) if found is not None else None
    return error
