"""The provider's answer: taken once, checked, and carried on with what it was for."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import msgspec

from vestibule.domain.client import Client
from vestibule.domain.connection import Brokered, Connection
from vestibule.domain.errors import (
    LoginExpired,
    ProviderNotAvailable,
    RedirectUriRefused,
    StateMismatch,
    UpstreamError,
    VestibuleError,
)
from vestibule.domain.event import Event
from vestibule.domain.session import FEDERATED
from vestibule.flows.answers import Answer, ToLogin
from vestibule.flows.attempt import Attempt, attempt_of
from vestibule.flows.audit.failures import record_failure
from vestibule.flows.broker.account import decide_now
from vestibule.flows.broker.arrival import Changed
from vestibule.flows.broker.began import Began, take_began
from vestibule.flows.broker.connection_state import note_failure, note_success
from vestibule.flows.broker.due import due_steps
from vestibule.flows.broker.exchange import Brought, ask_provider
from vestibule.flows.broker.progress import Progress
from vestibule.flows.broker.steps import arrived, renew, seal_id_token
from vestibule.flows.deployment import Deployment, Visitor
from vestibule.flows.login import entered
from vestibule.flows.ports import ActiveRealm
from vestibule.oidc.relying_party.authorization import check_answer

TRIES = 3
"""How often an arrival is decided anew where somebody else's came in the same moment."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A sign-in to `client` that ended without a session. `token` is the attempt's identifier for starting
    again; `callback` the redirect URI that the provider must have registered, blank: it was not reached."""

    error: VestibuleError
    connection: Connection
    client: Client
    token: str = ""
    callback: str = ""


async def take_answer(
    deployment: Deployment, alias: str, parameters: Mapping[str, str], visitor: Visitor, realm_name: str = ""
) -> tuple[ActiveRealm, Connection, Began]:
    """What the answer belongs to: `state` says the realm, and the address must be the connection's, letter
    for letter. Raises `StateMismatch`, `ProviderNotAvailable`.
    """
    now = deployment.clock.now()
    began = await take_began(deployment.storage, parameters.get("state", ""), visitor.browser, now)
    realm = await deployment.storage.realm_by_id(began.realm_id)
    if realm is None or realm_name not in ("", realm.name):
        raise StateMismatch("the state is another realm's")
    if alias != began.alias:
        raise StateMismatch(expected=began.alias, came=alias[:100])
    active = await deployment.settings.active_realm(realm.name)
    if began.draft:
        return active, msgspec.json.decode(began.draft, type=Connection), began
    connection = await deployment.storage.connection(began.connection_id)
    if connection is None or not connection.enabled:
        raise ProviderNotAvailable(f"{alias} was removed or disabled during the sign-in")
    return active, connection, began


async def complete_login(
    deployment: Deployment,
    active: ActiveRealm,
    connection: Connection,
    began: Began,
    parameters: Mapping[str, str],
    visitor: Visitor,
) -> Answer | Failed:
    """Signs the person in at the attempt that was begun, or says what is still due."""
    login = await deployment.storage.login(bytes.fromhex(began.login))
    attempt = await attempt_of(deployment, active, login, "", visitor)
    try:
        brought = await brought_by(deployment, active, connection, began, parameters)
        answer = await _carry_on(deployment, attempt, connection, brought, visitor)
    except LoginExpired:
        raise
    except VestibuleError as error:
        return await _failed(deployment, attempt, connection, began, error, visitor)
    await note_success(deployment, active, connection, brought)
    return answer


async def brought_by(
    deployment: Deployment,
    active: ActiveRealm,
    connection: Connection,
    began: Began,
    parameters: Mapping[str, str],
    progress: Progress | None = None,
) -> Brought:
    """The identity that the answer stands for. Raises the errors of `UPSTREAM_ERRORS` and `Fetch`."""
    try:
        code = check_answer(connection, parameters, connection.issuer)
        return await ask_provider(deployment, active, connection, began, code, progress or Progress())
    except UpstreamError as error:
        error.provider = connection.title
        if isinstance(error, RedirectUriRefused):
            error.expected = began.redirect_uri
        raise


async def _carry_on(
    deployment: Deployment, attempt: Attempt, connection: Connection, brought: Brought, visitor: Visitor
) -> Answer:
    for _ in range(TRIES - 1):
        try:
            return await _decide(deployment, attempt, connection, brought, visitor)
        except Changed:
            continue
    return await _decide(deployment, attempt, connection, brought, visitor)


async def _decide(
    deployment: Deployment, attempt: Attempt, connection: Connection, brought: Brought, visitor: Visitor
) -> Answer:
    """Lets the person in where nothing is due; else the attempt keeps what came, under a new identifier."""
    storage, active, login = deployment.storage, attempt.active, attempt.login
    brokered = Brokered(
        identity=brought.identity,
        user_id=deployment.new_id(),
        id_token=seal_id_token(deployment, active, brought.id_token),
    )
    decision, facts = await decide_now(storage, deployment, active, connection, brokered)
    if decision.error is not None:
        raise decision.error
    due = await due_steps(storage, active.realm, connection, decision, brought.identity)
    user_id = decision.user.id if decision.user is not None else brokered.user_id
    brokered = replace(
        brokered,
        due=due,
        user_id=user_id,
        is_new=decision.user is None,
        may_decline=facts.holder is not None,
    )
    if due:
        return ToLogin(token=await renew(deployment, login, replace(login, brokered=brokered)))
    proof = await arrived(deployment, active, brokered, visitor)
    return await entered(deployment, attempt, visitor, proof)


async def _failed(
    deployment: Deployment,
    attempt: Attempt,
    connection: Connection,
    began: Began,
    error: VestibuleError,
    visitor: Visitor,
) -> Failed:
    """Records the failure, and gives the attempt a new identifier to start again with."""
    await note_failure(deployment, connection, error)
    await record_failure(deployment, failure_event(deployment, attempt.active, connection, error, visitor))
    token = await renew(deployment, attempt.login, replace(attempt.login, brokered=None))
    return Failed(error, connection, attempt.client, token, began.redirect_uri)


def failure_event(
    deployment: Deployment,
    active: ActiveRealm,
    connection: Connection,
    error: VestibuleError,
    visitor: Visitor,
) -> Event:
    """What administrators find by the reference: the name, and what was expected against what came."""
    expected = error.expected if isinstance(error, UpstreamError) else ""
    came = error.came if isinstance(error, UpstreamError) else ""
    return visitor.event(
        deployment, "LOGIN_ERROR", deployment.clock.now(), realm_id=active.realm.id, error=error.code,
        method=FEDERATED, provider=connection.alias, expected=expected, came=came, reason=error.detail[:500],
    )  # fmt: skip
