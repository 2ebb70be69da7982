"""The steps between a provider's answer and the session: each changes what the attempt keeps, none calls
another."""

from collections.abc import Mapping
from dataclasses import replace

from vestibule.crypto.secrets import digest, new_token
from vestibule.domain.connection import Brokered, BrokerStep, Connection
from vestibule.domain.email import is_email
from vestibule.domain.errors import (
    BadInput,
    LoginExpired,
    PasskeyRefused,
    ProviderNotAvailable,
    UndecryptableSecret,
)
from vestibule.domain.login import Login
from vestibule.domain.session import FEDERATED
from vestibule.domain.user import Passkey, User
from vestibule.flows.broker.account import decide_now, takes_code, takes_password
from vestibule.flows.broker.arrival import Arrivals
from vestibule.flows.broker.due import due_steps
from vestibule.flows.broker.mailed_code import check_code, send_code
from vestibule.flows.deployment import Deployment, Visitor
from vestibule.flows.factors import passkey, password
from vestibule.flows.ports import ActiveRealm, Store, UpstreamSession
from vestibule.flows.sign_in import Entered
from vestibule.oidc.relying_party.issuer import is_issuer

ID_TOKEN = "login/id_token/"


async def renew(deployment: Deployment, login: Login, changed: Login) -> str:
    """Puts `changed` in the place of the attempt under a new identifier, which is the answer."""
    token = new_token(deployment.random)
    renewed = replace(changed, digest=digest(token), challenge=None)

    async def step(store: Store) -> None:
        if await store.take_login(login.digest) is None:
            raise LoginExpired("the attempt ended in another window")
        await store.add_login(renewed)

    await deployment.storage.transaction(step)
    return token


async def take_step(
    deployment: Deployment, active: ActiveRealm, login: Login, form: Mapping[str, str], visitor: Visitor
) -> Entered | str | None:
    """Takes what was sent at the present step. Answers the person once nothing is due any more, else the
    attempt's new identifier; None where the step stays.

    Raises what belongs beside the form: `BadInput`, `WrongPassword`, `PasskeyRefused`, …
    """
    brokered = login.brokered
    if brokered is None or not brokered.due:
        raise LoginExpired("nothing is due at this attempt")
    new_passkey: Passkey | None = None
    match brokered.due[0]:
        case "profile":
            brokered = _with_email(brokered, form)
        case "link_proof" if "not-mine" in form and brokered.may_decline:
            brokered = await _declined(deployment, active, brokered)
            return await _go_on(deployment, active, login, brokered, visitor)
        case "link_proof":
            proved = await _prove(deployment, active, login, brokered, form, visitor)
            if proved is None:
                return None
            brokered = replace(proved, proved_at=deployment.clock.now())
        case "verification":
            if "continue" not in form:
                return None
        case "second_factor":
            await _ask_passkey(deployment, active, login, brokered, form, visitor)
            brokered = replace(brokered, amr=passkey.AMR)
        case "enrol_factor":
            user = await arriving(deployment, active, brokered, visitor)
            new_passkey = await passkey.verify_new(
                deployment, active, login, user, form.get("credential", "")
            )
            brokered = replace(brokered, amr=passkey.AMR)
    brokered = replace(brokered, due=brokered.due[1:])
    return await _go_on(deployment, active, login, brokered, visitor, new_passkey)


async def _go_on(
    deployment: Deployment,
    active: ActiveRealm,
    login: Login,
    brokered: Brokered,
    visitor: Visitor,
    new_passkey: Passkey | None = None,
) -> Entered | str:
    """The next step under a new identifier of the attempt, or the person where none is left."""
    if brokered.due:
        return await renew(deployment, login, replace(login, brokered=brokered))
    return await arrived(deployment, active, brokered, visitor, new_passkey)


async def _declined(deployment: Deployment, active: ActiveRealm, brokered: Brokered) -> Brokered:
    """The account with the same address is not theirs: they go on as a new person. Raises the refusal."""
    connection = await connection_of(deployment, brokered)
    new = replace(brokered, declined=True, user_id=deployment.new_id(), is_new=True)
    decision, _ = await decide_now(deployment.storage, deployment, active, connection, new)
    if decision.error is not None:
        raise decision.error
    due = await due_steps(deployment.storage, active.realm, connection, decision, brokered.identity)
    return replace(new, due=due)


async def connection_of(deployment: Deployment, brokered: Brokered) -> Connection:
    """The connection as it is now: one that was switched off meanwhile, or is to another issuer by now, lets
    nobody in (RP-06)."""
    connection = await deployment.storage.connection(brokered.identity.connection_id)
    if connection is None or not connection.enabled:
        raise ProviderNotAvailable("the connection was removed or disabled during the sign-in")
    if not is_issuer(connection.issuer, brokered.identity.issuer):
        raise ProviderNotAvailable("the connection is to another issuer since the sign-in began")
    return connection


async def arriving(deployment: Deployment, active: ActiveRealm, brokered: Brokered, visitor: Visitor) -> User:
    """The person as they will be, for pages that name them and for the passkey that they make."""
    connection = await connection_of(deployment, brokered)
    return (await Arrivals(deployment, active, connection, visitor).prepare(brokered)).user


async def arrived(
    deployment: Deployment,
    active: ActiveRealm,
    brokered: Brokered,
    visitor: Visitor,
    new_passkey: Passkey | None = None,
) -> Entered:
    """The person, to be let in; what their arrival writes is stored as they are."""
    connection = await connection_of(deployment, brokered)
    arrival = await Arrivals(deployment, active, connection, visitor).prepare(brokered)
    identity = brokered.identity

    async def success(store: Store) -> None:
        await arrival.write(store)
        if new_passkey is not None:
            if await store.passkeys(arrival.user.id):
                raise LoginExpired("the person has a factor by now, which is asked for instead")
            await passkey.store_new(store, deployment, new_passkey, visitor)

    upstream = UpstreamSession(
        session_id="",
        connection_id=connection.id,
        issuer=identity.issuer,
        subject=identity.subject,
        sid=identity.session_id,
        id_token=open_id_token(deployment, active, brokered),
    )
    return Entered(
        arrival.user, (FEDERATED, *brokered.amr), success=success, upstream=upstream,
        provider=connection.alias,
    )  # fmt: skip


def seal_id_token(deployment: Deployment, active: ActiveRealm, id_token: str) -> str:
    """The provider's ID token as an attempt keeps it. A long one is of no use in an address, and not kept."""
    if not id_token or len(id_token) > 4096:
        return ""
    return deployment.vault.encrypt(id_token.encode(), ID_TOKEN + active.realm.id).hex()


def open_id_token(deployment: Deployment, active: ActiveRealm, brokered: Brokered) -> str:
    """The opposite of `seal_id_token`. Blank where its key was retired meanwhile: it is only a hint."""
    if not brokered.id_token:
        return ""
    sealed = bytes.fromhex(brokered.id_token)
    try:
        return deployment.vault.decrypt(sealed, ID_TOKEN + active.realm.id).decode()
    except UndecryptableSecret:
        return ""


def without_factor(due: tuple[BrokerStep, ...]) -> tuple[BrokerStep, ...]:
    """The steps that remain when the passkey was used already."""
    return tuple(step for step in due if step not in ("verification", "second_factor"))


def _with_email(brokered: Brokered, form: Mapping[str, str]) -> Brokered:
    """The address of somebody of whom the provider told none: unconfirmed, and it finds nobody (BR-06)."""
    email = form.get("email", "").strip()
    if not is_email(email):
        raise BadInput("not an e-mail address")
    return replace(brokered, email=email)


async def _prove(
    deployment: Deployment,
    active: ActiveRealm,
    login: Login,
    brokered: Brokered,
    form: Mapping[str, str],
    visitor: Visitor,
) -> Brokered | None:
    """One proof that the account is the person's: passkey, password, or a code by mail (D9)."""
    user = await deployment.storage.user(brokered.user_id)
    if user is None:
        raise LoginExpired("the account went away meanwhile")
    if form.get("credential"):
        await _ask_passkey(deployment, active, login, brokered, form, visitor)
        due = without_factor(brokered.due)
        return replace(brokered, due=due, proved_user_id=user.id, amr=passkey.AMR)
    if "password" in form and await takes_password(deployment.storage, active.realm, user):
        proved = await password.verify(deployment, active, user.username, form["password"], visitor)
        await deployment.storage.transaction(proved.success)
        return replace(brokered, proved_user_id=proved.user.id, amr=password.AMR)
    if "send-code" in form and takes_code(deployment, active, user):
        await send_code(deployment, active, login, user)
        return None
    if "code" in form and takes_code(deployment, active, user):
        await check_code(deployment, active, login, user, form["code"])
        return replace(brokered, proved_user_id=user.id)
    return None


async def _ask_passkey(
    deployment: Deployment,
    active: ActiveRealm,
    login: Login,
    brokered: Brokered,
    form: Mapping[str, str],
    visitor: Visitor,
) -> None:
    user = await passkey.verify_login(deployment, active, login, form.get("credential", ""), visitor)
    if user.id != brokered.user_id:
        raise PasskeyRefused("the passkey is another person's than who came from the provider")
