"""Answers of providers to what was no sign-in at an application: an account linked, a connection tested."""

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from starlette.responses import Response

from vestibule.domain.connection import Connection
from vestibule.domain.errors import LoginExpired, VestibuleError
from vestibule.flows.account.linked import finish_link
from vestibule.flows.administer.administration import Administration
from vestibule.flows.administer.console_session import find_actor
from vestibule.flows.broker.began import Began
from vestibule.flows.broker.complete import brought_by
from vestibule.flows.broker.trial.running import complete_trial
from vestibule.flows.ports import ActiveRealm
from vestibule.web.answers import see_other
from vestibule.web.call import Call
from vestibule.web.console.desk import console_cookies


async def complete_other(
    call: Call, active: ActiveRealm, connection: Connection, began: Began, parameters: Mapping[str, str]
) -> Response:
    """A test's answer becomes its report, in the console; a link's answer the link, on the account pages.

    A link that is refused leads back to the page that it began on, with the reason. Raises what a test is
    refused with.
    """
    deployment, base, realm = call.context.deployment, call.context.base_path, quote(active.realm.name)
    if began.purpose == "test":
        test = await complete_trial(await _administration(call, active), active, began, parameters)
        return see_other(f"{base}/console/{realm}/identity-providers/{quote(began.alias)}/tests/{test.id}")
    visitor = call.visitor_of(active.realm.name)
    try:
        brought = await brought_by(deployment, active, connection, began, parameters)
        await finish_link(deployment, active, connection, began, brought, visitor)
    except LoginExpired as error:
        error.realm = active.realm
        raise
    except VestibuleError as error:
        call.failed(error)
        told = urlencode({"failed": error.code, "reference": call.reference})
        return see_other(f"{base}/realms/{realm}/account/linked-accounts?{told}")
    return see_other(f"{base}/realms/{realm}/account/linked-accounts?done=linked")


async def _administration(call: Call, active: ActiveRealm) -> Administration:
    """Whoever administers the realm in this browser. Raises `LoginExpired` where nobody does."""
    deployment, realm = call.context.deployment, active.realm
    actor, _ = await find_actor(deployment, realm, console_cookies(call, realm), "change")
    if actor is None:
        raise LoginExpired("nobody is in the console of this browser any more")
    return Administration(deployment, actor, realm, call.visitor())
