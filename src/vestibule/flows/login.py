"""The one dispatcher of a sign-in: it takes what the person sent and says what is next.

Steps never call steps: each changes the attempt, and `attempt.advance` is asked again.
"""

from collections.abc import Mapping
from dataclasses import replace

from vestibule.domain.errors import LoginExpired, VestibuleError
from vestibule.flows.answers import Answer, Refused, ToLogin
from vestibule.flows.attempt import Attempt, advance
from vestibule.flows.authorize import read_request, refuse
from vestibule.flows.broker.choice import routed_by
from vestibule.flows.broker.steps import renew, take_step
from vestibule.flows.consent import needs_consent, remembered
from vestibule.flows.deployment import Deployment, Visitor
from vestibule.flows.factors import passkey, password
from vestibule.flows.finish import issue_code
from vestibule.flows.hints import subject_asked_for
from vestibule.flows.new_password import ask_for_new, take_new
from vestibule.flows.ports import SignedIn, Store
from vestibule.flows.sign_in import Entered, enter
from vestibule.oidc import errors


async def submit(
    deployment: Deployment, attempt: Attempt, form: Mapping[str, str], visitor: Visitor
) -> Answer:
    """Takes what the person sent at the present step and answers with what is next.

    Raises named errors that belong beside the form (`password.WrongPassword`, `PasskeyRefused`, …).
    """
    try:
        match attempt.step:
            case "profile" | "link_proof" | "verification" | "second_factor" | "enrol_factor":
                return await _take_broker_step(deployment, attempt, form, visitor)
            case "identify" | "password":
                return await _prove(deployment, attempt, form, visitor)
            case "new_password":
                proof = await take_new(
                    deployment, attempt.active, attempt.login, form.get("password", ""), visitor
                )
                answer = await entered(deployment, attempt, visitor, proof)
                deployment.wake()
                return answer
            case "passkey_offer":
                return await _answer_offer(deployment, attempt, form, visitor)
            case "consent":
                return await _answer_consent(deployment, attempt, form, visitor)
            case "done":
                return await conclude(deployment, attempt, visitor)
    except errors.ProtocolError as error:
        return refuse(attempt.active, attempt.client, read_request(attempt.login.request), error)
    except VestibuleError as error:
        error.client, error.realm = attempt.client, attempt.active.realm
        raise


async def _take_broker_step(
    deployment: Deployment, attempt: Attempt, form: Mapping[str, str], visitor: Visitor
) -> Answer:
    """A step between a provider's answer and the session; or back to the choice of ways."""
    login = attempt.login
    if "other-way" in form:
        return ToLogin(token=await renew(deployment, login, replace(login, brokered=None)))
    taken = await take_step(deployment, attempt.active, login, form, visitor)
    if isinstance(taken, Entered):
        return await entered(deployment, attempt, visitor, taken)
    return ToLogin(token=taken or attempt.token)


async def _prove(
    deployment: Deployment, attempt: Attempt, form: Mapping[str, str], visitor: Visitor
) -> Answer:
    """A passkey, a password, or a name typed."""
    active, login = attempt.active, attempt.login
    if form.get("credential"):
        user = await passkey.verify_login(deployment, active, login, form["credential"], visitor)
        return await entered(deployment, attempt, visitor, Entered(user, passkey.AMR))
    name = form.get("username", "").strip()[:255] or login.username
    if "password" in form and active.realm.sign_in.password and name:
        proved = await password.verify(deployment, active, name, form["password"], visitor)
        offer = form.get("passkey_supported") == "1" and await password.should_offer_passkey(
            deployment, active, proved.user
        )
        if proved.user.must_change_password:
            return ToLogin(token=await ask_for_new(deployment, login, proved, offer_passkey=offer))
        proof = Entered(proved.user, password.AMR, offer_passkey=offer, success=proved.success)
        return await entered(deployment, attempt, visitor, proof)
    routed = routed_by(active, form.get("username", ""))
    identified = {"identified": "1"} if form.get("username", "").strip() else {}
    if not await deployment.storage.save_login(replace(login, username=name, facts=identified)):
        raise LoginExpired("the attempt ended in another window")
    return ToLogin(token=attempt.token, provider=routed)


async def entered(deployment: Deployment, attempt: Attempt, visitor: Visitor, proof: Entered) -> Answer:
    """The person has proved who they are: a session, a new identifier for the attempt, and on."""
    consent_due = await needs_consent(deployment, attempt.client, attempt.request, proof.user.id)
    proof = replace(proof, continues=consent_due or proof.offer_passkey)
    entry = await enter(deployment, attempt.active, attempt.client, attempt.login, proof, visitor)
    if proof.continues:
        return ToLogin(token=entry.token, session=entry.cookie)
    try:
        signed_in = replace(attempt, signed_in=SignedIn(entry.session, proof.user))
        answer = await _to_client(deployment, signed_in, visitor)
    except VestibuleError as error:
        error.client, error.realm = attempt.client, attempt.active.realm
        answer = Refused(error=error)
    return replace(answer, session=entry.cookie)


async def _answer_offer(
    deployment: Deployment, attempt: Attempt, form: Mapping[str, str], visitor: Visitor
) -> Answer:
    """The invitation to add a passkey: taken or skipped."""
    if attempt.signed_in is None:
        raise LoginExpired("no session at the passkey offer")
    if form.get("credential"):
        await passkey.enrol(
            deployment, attempt.active, attempt.login, attempt.signed_in.user, form["credential"], visitor
        )
    elif "skip" not in form:
        return ToLogin(token=attempt.token)
    login = replace(attempt.login, passkey_offer=False)
    if not await deployment.storage.save_login(login):
        raise LoginExpired("the attempt ended in another window")
    consent_due = await needs_consent(deployment, attempt.client, attempt.request, attempt.signed_in.user.id)
    if advance(login, consent_due) == "consent":
        return ToLogin(token=attempt.token)
    return await conclude(deployment, replace(attempt, login=login, step="done"), visitor)


async def _answer_consent(
    deployment: Deployment, attempt: Attempt, form: Mapping[str, str], visitor: Visitor
) -> Answer:
    """Allow or deny. What is agreed to is the stored request, never what the form says (AZ-18)."""
    if attempt.signed_in is None or not {"allow", "deny"} & form.keys():
        return ToLogin(token=attempt.token)
    now, user, client = deployment.clock.now(), attempt.signed_in.user, attempt.client
    facts = {"realm_id": attempt.active.realm.id, "user_id": user.id, "client_id": client.client_id}
    if "allow" not in form:
        event = visitor.event(deployment, "CONSENT_DENIED", now, **facts)

        async def deny(store: Store) -> None:
            await _take(store, attempt)
            await store.add_event(event)

        await deployment.storage.transaction(deny)
        raise errors.AccessDenied("the person denied consent")
    event = visitor.event(
        deployment, "CONSENT_GIVEN", now, scope=" ".join(attempt.request.consent_scope), **facts
    )

    async def allow(store: Store) -> None:
        await _take(store, attempt)
        await store.save_consent(await remembered(store, client, attempt.request, user.id), now)
        await store.add_event(event)

    await deployment.storage.transaction(allow)
    return await _to_client(deployment, attempt, visitor, consented=True)


async def conclude(deployment: Deployment, attempt: Attempt, visitor: Visitor) -> Answer:
    """Ends the attempt, once, with the code for the application."""
    await _take(deployment.storage, attempt)
    return await _to_client(deployment, attempt, visitor)


async def _take(store: Store, attempt: Attempt) -> None:
    """Ends the attempt for everybody else, or raises `LoginExpired` where somebody else did."""
    if await store.take_login(attempt.login.digest) is None:
        raise LoginExpired("the attempt ended in another window")


async def _to_client(
    deployment: Deployment, attempt: Attempt, visitor: Visitor, *, consented: bool = False
) -> Answer:
    if attempt.signed_in is None:
        raise LoginExpired("nobody is signed in")
    try:
        wanted = subject_asked_for(attempt.active, attempt.request, deployment.clock.now())
        return await issue_code(
            deployment,
            attempt.active,
            attempt.client,
            attempt.request,
            attempt.signed_in,
            wanted,
            visitor,
            consented=consented,
        )
    except errors.ProtocolError as error:
        return refuse(attempt.active, attempt.client, read_request(attempt.login.request), error)
