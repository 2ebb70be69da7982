"""The one dispatcher of a sign-in: it reads the persisted attempt and says what is next.

Steps never call steps: each changes the attempt, and `advance` is asked again. An attempt belongs
to the browser that began it, and its identifier changes when the person has proved who they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hmac import compare_digest
from typing import Literal

from vestibule.crypto.secrets import digest
from vestibule.domain.client import Client, at_home
from vestibule.domain.connection import BrokerStep
from vestibule.domain.errors import LoginExpired, VestibuleError
from vestibule.domain.login import Login
from vestibule.flows.answers import Answer, Refused, ToLogin
from vestibule.flows.authorize import read_request, refuse
from vestibule.flows.broker.choice import routed_by
from vestibule.flows.broker.steps import renew, take_step
from vestibule.flows.consent import needs_consent, remembered
from vestibule.flows.deployment import Deployment, Visitor
from vestibule.flows.factors import passkey, password
from vestibule.flows.finish import issue_code
from vestibule.flows.hints import subject_asked_for
from vestibule.flows.new_password import ask_for_new, is_due, take_new
from vestibule.flows.ports import ActiveRealm, SignedIn, Store
from vestibule.flows.session import signed_in_session
from vestibule.flows.sign_in import Entered, enter
from vestibule.flows.way_back import login_expired
from vestibule.oidc import errors
from vestibule.oidc.authorize import AuthorizationRequest, read_authorization_request

Step = Literal["identify", "password", "new_password", "passkey_offer", "consent", "done"] | BrokerStep


@dataclass(frozen=True, slots=True)
class Attempt:
    """A loaded attempt: where it stands, and whom it is for."""

    active: ActiveRealm
    client: Client
    request: AuthorizationRequest
    login: Login
    token: str
    signed_in: SignedIn | None
    step: Step


def advance(login: Login, consent_due: bool, *, password_allowed: bool = True) -> Step:
    """What is next, from the persisted attempt alone."""
    if login.session_id is None and login.brokered is not None and login.brokered.due:
        return login.brokered.due[0]
    if login.session_id is None and password_allowed and is_due(login):
        return "new_password"
    if login.session_id is None:
        return (
            "password"
            if login.username and login.facts.get("identified") and password_allowed
            else "identify"
        )
    if login.passkey_offer:
        return "passkey_offer"
    return "consent" if consent_due else "done"


async def load(deployment: Deployment, realm_name: str, token: str, visitor: Visitor) -> Attempt:
    """The attempt that `token` names, if this browser began it and it still lives.

    Raises `LoginExpired` in every other case, without saying which, and with a way back: to the
    application that this browser came from, else to the person's own pages.
    """
    active = await deployment.settings.active_realm(realm_name)
    login = await deployment.storage.login(digest(token)) if token else None
    return await attempt_of(deployment, active, login, token, visitor)


async def attempt_of(
    deployment: Deployment, active: ActiveRealm, login: Login | None, token: str, visitor: Visitor
) -> Attempt:
    """As `load`, with the attempt as it was read."""
    now = deployment.clock.now()
    if login is None or login.realm_id != active.realm.id:
        raise await login_expired(deployment, active, "unknown attempt")
    if not compare_digest(login.browser_digest, digest(visitor.browser or "")):
        raise await login_expired(deployment, active, "the attempt was begun by another browser")
    if login.expires_at <= now:
        raise await login_expired(deployment, active, "expired attempt", login.client_id)
    stored = await deployment.storage.client_by_id(login.client_id)
    if stored is None or not stored.enabled:
        raise errors.UnknownClient("the client went away during the attempt")
    client = at_home(stored, deployment.public_url)
    request = read_authorization_request(read_request(login.request), client)
    signed_in = await _signed_in(deployment, active, login, visitor)
    consent_due = signed_in is not None and await needs_consent(
        deployment, client, request, signed_in.user.id
    )
    step = advance(login, consent_due, password_allowed=active.realm.sign_in.password)
    if signed_in is not None and not signed_in.user.enabled:
        step = "done"  # nothing more is asked of a disabled person: the end refuses
    return Attempt(active, client, request, login, token, signed_in, step)


async def _signed_in(
    deployment: Deployment, active: ActiveRealm, login: Login, visitor: Visitor
) -> SignedIn | None:
    """The session of an attempt that is past its proofs: this browser must still hold exactly it."""
    if login.session_id is None:
        return None
    signed_in = await signed_in_session(deployment, active, visitor.session)
    if signed_in is None or signed_in.session.id != login.session_id:
        raise LoginExpired("the attempt's session is not this browser's session")
    return signed_in


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
