"""Answers of providers to what was no sign-in at an application: an account linked, a connection tested."""

from collections.abc import Mapping
from urllib.parse import quote

from starlette.responses import Response

from vestibule.domain.connection import Connection
from vestibule.domain.errors import VestibuleError
from vestibule.flows.account.linked import finish_link
from vestibule.flows.broker.began import Began
from vestibule.flows.broker.complete import brought_by
from vestibule.flows.broker.trial.running import complete_trial
from vestibule.flows.ports import ActiveRealm
from vestibule.web.answers import see_other
from vestibule.web.call import Call


async def complete_other(
    call: Call, active: ActiveRealm, connection: Connection, began: Began, parameters: Mapping[str, str]
) -> Response:
    """A test's answer becomes its report, in the console; a link's answer the link, on the account pages.

    Raises what the link is refused with.
    """
    deployment, base, realm = call.context.deployment, call.context.base_path, quote(active.realm.name)
    if began.purpose == "test":
        test = await complete_trial(deployment, active, began, parameters, call.visitor())
        return see_other(f"{base}/console/{realm}/identity-providers/{quote(began.alias)}/tests/{test.id}")
    visitor = call.visitor_of(active.realm.name)
    try:
        brought = await brought_by(deployment, active, connection, began, parameters)
        await finish_link(deployment, active, connection, began, brought, visitor)
    except VestibuleError as error:
        error.realm = active.realm
        raise
    return see_other(f"{base}/realms/{realm}/account/linked-accounts?done=linked")
