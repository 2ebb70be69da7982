"""The checks of a test in the order of the protocol: those before the one that failed passed, those after it
were not reached."""

from collections.abc import Sequence

from vestibule.domain.connection import Connection, ExternalIdentity
from vestibule.domain.errors import SignatureValidationFailed, UpstreamError, VestibuleError
from vestibule.domain.errors.outbound import refused_place
from vestibule.flows.broker.exchange import Brought
from vestibule.flows.broker.mapping import address_of
from vestibule.flows.broker.progress import Progress, Step
from vestibule.flows.broker.trial.report import LONGEST, Check, MapperResult

METADATA, REQUEST = "metadata", "request"
OF_ID_TOKEN = (
    "signature", "type", "issuer", "audience", "times", "nonce", "subject", "access_token_hash",
)  # fmt: skip
"""As `oidc.relying_party.id_token` names them; the first stands for the signature."""
STEPS: dict[Step, tuple[str, ...]] = {
    "answer": ("answer",),
    "token": ("token",),
    "keys": ("keys",),
    "id_token": OF_ID_TOKEN,
    "userinfo": ("userinfo",),
    "identity": ("identity",),
}
OF_OAUTH: tuple[Step, ...] = ("answer", "token", "userinfo", "identity")


def names_of(connection: Connection) -> tuple[str, ...]:
    """What is checked of a sign-in through this connection."""
    first = (METADATA,) if connection.discovery_url else ()
    pushed = (REQUEST,) if connection.use_par else ()
    steps = OF_OAUTH if connection.is_oauth_only else tuple(STEPS)
    if not (connection.is_oauth_only or (connection.use_userinfo and connection.endpoints.userinfo)):
        steps = tuple(step for step in steps if step != "userinfo")
    return (*first, *pushed, *(name for step in steps for name in STEPS[step]))


def all_passed(names: Sequence[str]) -> list[Check]:
    """Every step of the protocol went well."""
    return [Check(name, "passed") for name in names]


def failed_at(names: Sequence[str], name: str, error: VestibuleError) -> list[Check]:
    """The check that failed between those that passed and those that were not reached."""
    names = names if name in names else (name, *names)
    at = names.index(name)
    return [
        *all_passed(names[:at]),
        failure(name, error),
        *(Check(one, "not reached") for one in names[at + 1 :]),
    ]


def none_reached(names: Sequence[str]) -> list[Check]:
    """What came before the browser left went well, and the rest never came to it."""
    at = names.index("answer")
    return [*all_passed(names[:at]), *(Check(one, "not reached") for one in names[at:])]


def failure(name: str, error: VestibuleError) -> Check:
    """The check with what was expected against what came."""
    expected, came = (error.expected, error.came) if isinstance(error, UpstreamError) else ("", "")
    place = str(refused_place(error) or "")
    detail = error.detail[:LONGEST]
    return Check(name, "failed", error.code, expected[:LONGEST], came[:LONGEST], detail, place)


def check_of(progress: Progress, error: VestibuleError) -> str:
    """Which check the error of a sign-in failed."""
    if isinstance(error, SignatureValidationFailed):
        return "signature"
    if progress.step != "id_token":
        return progress.step
    told = error.check if isinstance(error, UpstreamError) else ""
    return told or "signature"


def identity_checks(connection: Connection, brought: Brought) -> list[Check]:
    """What is worth knowing of an identity: nothing of it is a failure by itself."""
    identity = brought.identity
    address = address_of(identity)
    vouched = connection.is_trusted and identity.email_verified
    checks = [
        Check("email", "passed" if address else "noted", came=address),
        Check("email_verified", "passed" if vouched else "noted", came=_words(identity, connection)),
    ]
    if brought.promoted:
        checks.append(Check("next_secret", "noted"))
    if identity.overage:
        checks.append(Check("groups", "noted"))
    return checks


def mapper_checks(mappers: Sequence[MapperResult]) -> list[Check]:
    """How many mappers found none of their claims: nothing fails, and what they are for does not happen."""
    count = sum(one.why == "absent" for one in mappers)
    return [Check("mappers", "noted", came=str(count))] if count else []


def _words(identity: ExternalIdentity, connection: Connection) -> str:
    if not identity.email_verified:
        return "not verified"
    return "verified" if connection.is_trusted else "verified, not trusted"
