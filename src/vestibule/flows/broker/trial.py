"""“Save and test”: a real sign-in with a connection's draft settings that writes nothing but its own report.

The report says check by check what passed, which claims came, what each mapper made of them, and who would
have come in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from vestibule.domain.connection import Brokered, Connection, ConnectionMapper, ExternalIdentity
from vestibule.domain.errors import (
    AudienceMismatch,
    DiscoveryFailed,
    IdTokenExpired,
    IdTokenInvalid,
    IssuerMismatch,
    KeysUnavailable,
    MissingUserInfo,
    NonceMismatch,
    SignatureValidationFailed,
    StateMismatch,
    UpstreamAccessDenied,
    UpstreamError,
    UserinfoFailed,
    VestibuleError,
)
from vestibule.domain.user import User
from vestibule.flows.answers import ToUpstream
from vestibule.flows.broker.account import decide_now
from vestibule.flows.broker.began import Began
from vestibule.flows.broker.begin import For, Wishes, begin
from vestibule.flows.broker.complete import brought_by
from vestibule.flows.broker.mapping import address_of, map_identity, usernames_for
from vestibule.flows.deployment import Deployment, Visitor
from vestibule.flows.ports import ActiveRealm, ConnectionTest

CHECKS: tuple[tuple[str, tuple[type[VestibuleError], ...]], ...] = (
    ("answer", (UpstreamAccessDenied, StateMismatch)),
    ("token", ()),
    ("keys", (KeysUnavailable,)),
    ("signature", (SignatureValidationFailed,)),
    ("issuer", (IssuerMismatch, DiscoveryFailed)),
    ("audience", (AudienceMismatch,)),
    ("nonce", (NonceMismatch,)),
    ("times", (IdTokenExpired,)),
    ("id_token", (IdTokenInvalid,)),
    ("userinfo", (UserinfoFailed,)),
    ("identity", (MissingUserInfo,)),
)
"""What a sign-in passes, in its order, and the errors that fail each; any other fails `token`."""


class Check(msgspec.Struct, frozen=True):
    """One line of the report. `outcome` is `passed`, `failed`, `not reached`, or `noted`."""

    name: str
    outcome: str
    error: str = ""
    expected: str = ""
    came: str = ""
    detail: str = ""


class MapperResult(msgspec.Struct, frozen=True):
    """What one mapper made of the claims: fields, attributes, roles and groups that it would set."""

    name: str
    kind: str
    made: dict[str, str]


class Report(msgspec.Struct, frozen=True):
    """A run, as it is kept. `decision` is what `domain.policy` answered, `user` who would result."""

    alias: str
    checks: tuple[Check, ...]
    error: str = ""
    claims: dict[str, str] = msgspec.field(default_factory=dict)
    mappers: tuple[MapperResult, ...] = ()
    decision: str = ""
    user: dict[str, str] = msgspec.field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether somebody would have come in."""
        return not self.error


@dataclass(frozen=True, slots=True)
class _Seen:
    """What came of a sign-in, for the report."""

    identity: ExternalIdentity | None = None
    error: VestibuleError | None = None
    decision: str = ""
    profile: User | None = None
    mappers: tuple[MapperResult, ...] = field(default_factory=tuple)


async def begin_trial(
    deployment: Deployment, active: ActiveRealm, draft: Connection, actor_id: str, visitor: Visitor
) -> ToUpstream:
    """To the provider with the draft's settings; its secrets are sealed in it as in a stored one.

    Raises the errors of a pushed authorization request.
    """
    text = msgspec.json.encode(draft).decode()
    what_for = For("test", actor=actor_id, draft=text)
    return await begin(deployment, active, draft, what_for, Wishes(is_fresh=False), visitor)


def draft_of(began: Began) -> Connection:
    """The settings that the test was begun with."""
    return msgspec.json.decode(began.draft, type=Connection)


async def complete_trial(
    deployment: Deployment, active: ActiveRealm, began: Began, parameters: Mapping[str, str]
) -> ConnectionTest:
    """Asks the provider as a sign-in does, and keeps the report instead of anything else."""
    draft = draft_of(began)
    seen = await _see(deployment, active, draft, began, parameters)
    report = _report(draft, seen)
    test = ConnectionTest(
        id=deployment.new_id(),
        realm_id=active.realm.id,
        connection_id=draft.id,
        at=deployment.clock.now(),
        passed=report.passed,
        document=msgspec.json.encode(report).decode(),
        actor_id=began.actor,
    )
    await deployment.storage.add_connection_test(test)
    return test


def read_report(test: ConnectionTest) -> Report:
    """The report of a run that was kept."""
    return msgspec.json.decode(test.document, type=Report)


async def _see(
    deployment: Deployment,
    active: ActiveRealm,
    draft: Connection,
    began: Began,
    parameters: Mapping[str, str],
) -> _Seen:
    try:
        brought = await brought_by(deployment, active, draft, began, parameters)
    except VestibuleError as error:
        return _Seen(error=error)
    identity = brought.identity
    brokered = Brokered(identity=identity, user_id=deployment.new_id())
    decision, _ = await decide_now(deployment.storage, deployment, active, draft, brokered)
    base = decision.user or User(id=brokered.user_id, realm_id=active.realm.id, username="")
    profile = map_identity(draft, identity, base, is_first=decision.action != "SIGN_IN")
    user = profile.user
    if not user.username:
        user = replace(user, username=next(usernames_for(draft, identity, user)))
    mappers = tuple(_explain(draft, identity, base, mapper) for mapper in draft.mappers)
    return _Seen(identity, decision.error, decision.action, user, mappers)


def _explain(
    draft: Connection, identity: ExternalIdentity, base: User, mapper: ConnectionMapper
) -> MapperResult:
    """What this mapper alone makes: the difference between the person with it and without any."""
    without = map_identity(replace(draft, mappers=()), identity, base, is_first=True).user
    alone = map_identity(replace(draft, mappers=(mapper,)), identity, base, is_first=True)
    before, after = _facts(without), _facts(alone.user)
    made = {name: value for name, value in after.items() if value != before.get(name)}
    made |= {f"role {name}": "given" for name, _ in alone.roles}
    made |= {f"group {path}": "given" for path, _ in alone.groups}
    return MapperResult(mapper.name, mapper.kind, made)


def _facts(user: User) -> dict[str, str]:
    core = {
        "username": user.username,
        "email": user.email or "",
        "emailVerified": str(user.email_verified).lower(),
        "firstName": user.given_name,
        "lastName": user.family_name,
    }
    return core | {name: ", ".join(values)[:500] for name, values in user.attributes.items()}


def _report(draft: Connection, seen: _Seen) -> Report:
    identity, error = seen.identity, seen.error
    checks = [*_protocol_checks(draft, error if identity is None else None)]
    if identity is not None:
        checks += _identity_checks(draft, identity)
        checks.append(_decision_check(seen))
    return Report(
        alias=draft.alias,
        checks=tuple(checks),
        error=error.code if error is not None else "",
        claims={name: _shown(value) for name, value in (identity.claims if identity else {}).items()},
        mappers=seen.mappers,
        decision=seen.decision,
        user=_facts(seen.profile) if seen.profile is not None else {},
    )


def _protocol_checks(draft: Connection, error: VestibuleError | None) -> list[Check]:
    """Each step of the protocol: those before the one that failed passed, those after were not reached."""
    names = [name for name, _ in CHECKS if not draft.is_oauth_only or name in ("answer", "token", "identity")]
    if error is None:
        return [Check(name, "passed") for name in names]
    failed = next((name for name, kinds in CHECKS if isinstance(error, kinds) and name in names), "token")
    at = names.index(failed)
    return [
        *(Check(name, "passed") for name in names[:at]),
        _failed(failed, error),
        *(Check(name, "not reached") for name in names[at + 1 :]),
    ]


def _failed(name: str, error: VestibuleError) -> Check:
    expected = error.expected if isinstance(error, UpstreamError) else ""
    came = error.came if isinstance(error, UpstreamError) else ""
    return Check(name, "failed", error.code, expected[:500], came[:500], error.detail[:500])


def _identity_checks(draft: Connection, identity: ExternalIdentity) -> list[Check]:
    address = address_of(identity)
    vouched = draft.is_trusted and identity.email_verified
    return [
        Check("email", "passed" if address else "noted", came=address),
        Check("email_verified", "passed" if vouched else "noted", came=str(identity.email_verified).lower()),
    ]


def _decision_check(seen: _Seen) -> Check:
    if seen.error is not None:
        return _failed("decision", seen.error)
    return Check("decision", "passed", came=seen.decision)


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text[:500]
