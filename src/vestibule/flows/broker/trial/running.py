"""Running a test: the way to the provider with the draft settings, and back to a report.

Nothing is stored but the report with its event: no person, no link, no session comes of it, and what is
known of the connection from its sign-ins stays as it was. The run is kept from when the browser leaves: a
provider that refuses the request shows an error of its own, and nobody comes back from it.
"""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import replace

import msgspec

from vestibule.domain.connection import Brokered, Connection
from vestibule.domain.errors import (
    AccessDenied,
    LoginExpired,
    UndecryptableSecret,
    UpstreamTimeout,
    VestibuleError,
)
from vestibule.flows.administer.administration import Administration
from vestibule.flows.administer.connections.finding import path_of
from vestibule.flows.answers import ToUpstream
from vestibule.flows.broker.account import decide_now
from vestibule.flows.broker.arrival import Arrivals
from vestibule.flows.broker.began import Began
from vestibule.flows.broker.begin import Intent, Wishes, begin
from vestibule.flows.broker.complete import brought_by
from vestibule.flows.broker.due import due_steps
from vestibule.flows.broker.exchange import LIMIT_SECONDS, Brought
from vestibule.flows.broker.progress import Progress
from vestibule.flows.broker.trial.checks import (
    METADATA,
    REQUEST,
    all_passed,
    check_of,
    failed_at,
    failure,
    identity_checks,
    mapper_checks,
    names_of,
    none_reached,
)
from vestibule.flows.broker.trial.mappers import explain, person_of
from vestibule.flows.broker.trial.report import MOST, Check, Report, mark_of, shown, write_report
from vestibule.flows.deployment import Deployment
from vestibule.flows.ports import ActiveRealm, ConnectionTest, Store
from vestibule.flows.upstream_secrets import open_upstream_secret

CHOOSING = ("entra", "google")
"""Where one picks the account; elsewhere one signs in anew, which is the prompt that every provider knows."""


async def begin_trial(
    at: Administration, draft: Connection, until: float, *, as_other: bool = False
) -> ToUpstream | ConnectionTest:
    """To the provider with the draft's settings; a failure before the browser leaves is a report as well.
    `until` is the loop's time by which the provider must have answered. `as_other`: not as whoever is signed
    in there already (OpenID Connect Core 1.0 section 3.1.2.1).
    """
    deployment = at.deployment
    active = await deployment.settings.active_realm(at.realm.name)
    run = deployment.new_id()
    prompt = "select_account" if draft.kind in CHOOSING else "login"
    asked = replace(draft, prompt=prompt) if as_other else draft
    intent = Intent("test", actor=at.actor.user.id, draft=msgspec.json.encode(draft).decode(), trial=run)
    try:
        async with asyncio.timeout_at(until):
            leaving = await begin(deployment, active, asked, intent, Wishes(), at.visitor)
    except TimeoutError:
        error: VestibuleError = UpstreamTimeout(f"no answer in {LIMIT_SECONDS:g} s")
    except VestibuleError as raised:
        error = raised
    else:
        await _keep_open(at, draft, run)
        return leaving
    checks = failed_at(names_of(draft), REQUEST, error)
    return await _keep(at, draft, await _headed(at, draft, checks, error.code))


async def keep_unread(at: Administration, connection: Connection, error: VestibuleError) -> ConnectionTest:
    """The report of settings whose provider's metadata cannot be read; `connection` is as it was before."""
    checks = failed_at(names_of(connection), METADATA, error)
    report = Report(connection.alias, tuple(checks), error.code, connection.title, is_stored=False)
    report = msgspec.structs.replace(report, asked=error.asked)
    return await _keep(at, connection, _signed(at, report))


async def complete_trial(
    at: Administration, active: ActiveRealm, began: Began, parameters: Mapping[str, str]
) -> ConnectionTest:
    """Asks the provider as a sign-in does, and keeps the report instead of anything else. `at` is of the
    console's session that this browser has now.

    Raises `LoginExpired` where that is not of whoever began, `AccessDenied` where they may not change the
    realm any more.
    """
    if at.actor.user.id != began.actor:
        raise LoginExpired("whoever began the test is not in the console of this browser any more")
    if not at.may("change"):
        raise AccessDenied(f"{at.actor.user.username} may not change {active.realm.name} any more")
    deployment = at.deployment
    draft = msgspec.json.decode(began.draft, type=Connection)
    progress = Progress()
    try:
        brought = await brought_by(deployment, active, draft, began, parameters, progress)
    except VestibuleError as error:
        checks = failed_at(names_of(draft), check_of(progress, error), error)
        report = await _headed(at, draft, checks, error.code)
        return await _keep(at, draft, _with_claims(report, progress.claims), began.trial)
    return await _keep(at, draft, await _judged(at, active, draft, brought), began.trial)


async def _judged(at: Administration, active: ActiveRealm, draft: Connection, brought: Brought) -> Report:
    """Who the identity would be here, by the same decision and the same mappers as at a sign-in."""
    deployment, storage, identity = at.deployment, at.deployment.storage, brought.identity
    brokered = Brokered(identity=identity, user_id=deployment.new_id())
    decision, facts = await decide_now(storage, deployment, active, draft, brokered)
    arrivals = Arrivals(deployment, active, draft, at.visitor)
    profile = await arrivals.profile(storage, brokered, decision, facts)
    error: VestibuleError | None = decision.error
    due: tuple[str, ...] = ()
    if error is None:
        try:
            due = await due_steps(storage, active.realm, draft, decision, identity)
        except VestibuleError as lacking:
            error = lacking
    last = failure("decision", error) if error else Check("decision", "passed")
    mappers = tuple([await explain(storage, draft, identity, one, profile) for one in draft.mappers])
    noted = (*mapper_checks(mappers), *identity_checks(draft, brought))
    checks = [*all_passed(names_of(draft)), *noted, last]
    report = await _headed(at, draft, checks, error.code if error else "")
    return _with_claims(
        msgspec.structs.replace(
            report,
            mappers=mappers,
            decision="DENY" if error else decision.action,
            due=due,
            person=None if error else await person_of(storage, profile, is_new=decision.user is None),
        ),
        identity.claims,
    )


async def _headed(at: Administration, draft: Connection, checks: list[Check], error: str) -> Report:
    """What every report says of what was tested, and for whom."""
    stored = await at.deployment.storage.connection(draft.id)
    is_stored = (
        stored is not None
        and mark_of(stored) == mark_of(draft)
        and [one.id for one in stored.secrets] == [one.id for one in draft.secrets]
    )
    report = Report(draft.alias, tuple(checks), error, draft.title)
    callback = draft.callback_url(at.deployment.public_url, at.realm.name)
    report = msgspec.structs.replace(
        report,
        callback=callback,
        client_id=draft.client_id,
        provider=draft.kind,
        settings=mark_of(draft),
        is_stored=is_stored,
    )
    return _signed(at, report)


def _signed(at: Administration, report: Report) -> Report:
    return msgspec.structs.replace(report, actor=at.actor.user.username, reference=at.visitor.reference)


def _with_claims(report: Report, claims: Mapping[str, object]) -> Report:
    kept = {name[:100]: shown(value) for name, value in list(claims.items())[:MOST]}
    return msgspec.structs.replace(report, claims=kept, left_out=max(0, len(claims) - MOST))


async def _keep_open(at: Administration, draft: Connection, run: str) -> None:
    """The run of a browser that left. Its event comes when it does (`_keep`)."""
    report = await _headed(at, draft, none_reached(names_of(draft)), "")
    test = _test(at, draft, msgspec.structs.replace(report, is_open=True), run)
    await at.deployment.storage.add_connection_test(test)


async def _keep(at: Administration, connection: Connection, report: Report, run: str = "") -> ConnectionTest:
    """Stores the run with its event, in the place of the one that was open."""
    test = _test(at, connection, report, run or at.deployment.new_id())
    event = at.change(
        "ACTION", "IDENTITY_PROVIDER", path_of(connection, f"/tests/{test.id}"), done="a test",
        outcome="passed" if report.passed else report.error,
    )  # fmt: skip

    async def step(store: Store) -> None:
        await store.remove_connection_test(test.id)
        await store.add_connection_test(test)
        await store.add_event(event)

    await at.deployment.storage.transaction(step)
    return test


def _test(at: Administration, connection: Connection, report: Report, run: str) -> ConnectionTest:
    return ConnectionTest(
        id=run,
        realm_id=at.realm.id,
        connection_id=connection.id,
        at=at.now,
        passed=report.passed,
        document=write_report(report, _secrets(at.deployment, connection)),
        actor_id=at.actor.user.id,
    )


def _secrets(deployment: Deployment, connection: Connection) -> Iterator[str]:
    for secret in connection.secrets:
        try:
            yield open_upstream_secret(secret, deployment.vault, connection.id)
        except UndecryptableSecret:
            continue
