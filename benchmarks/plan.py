"""What a run measures, for how long, and what each figure is held against."""

from dataclasses import dataclass

from benchmarks.dataset import READY_KEYS, Size

ONE = Size("one_realm", "one realm, 1,000 people", realms=1, people=1000, sessions=5000)
MANY_REALMS = Size("5000_realms", "5,000 realms, 20,000 people", realms=5000, people=20_000, sessions=5000)
MANY_PEOPLE = Size("1000000_people", "one realm, 1,000,000 people", realms=1, people=1_000_000, sessions=5000)

GET, FORM, SIGN, SIGN_ALONE, COMMIT, HASH = (
    "asgi_get",
    "asgi_form_post",
    "rsa_2048_sign",
    "rsa_2048_sign_alone",
    "sqlite_full_commit",
    "argon2id",
)
FLOORS = {
    GET: "bare ASGI GET",
    FORM: "bare ASGI form POST",
    SIGN: "RSA-2048 signature",
    SIGN_ALONE: "the same in a loop, nothing else running",
    COMMIT: "SQLite commit, `synchronous=FULL`",
    HASH: "argon2id, 19 MiB, two passes",
}


@dataclass(frozen=True, slots=True)
class Target:
    """An operation costs at most `most` times `times` of a floor. Its own password hash is not counted."""

    title: str
    floor: str
    times: int
    most: float


TARGETS = {
    "discovery": Target("Discovery", GET, 1, 1.5),
    "jwks": Target("JWKS", GET, 1, 1.5),
    "client_credentials": Target("Client credentials", SIGN, 1, 1.5),
    "code_flow": Target("Code flow of a signed-in person", SIGN, 2, 1.9),
    "refresh": Target("Refresh with rotation", SIGN, 2, 1.4),
    "userinfo": Target("Userinfo", GET, 1, 5.0),
    "introspection": Target("Introspection", GET, 1, 5.0),
    "password_sign_in": Target("Password sign-in, besides the hash", GET, 1, 80.0),
}
MOST_GROWTH = 1.15
MOST_START_SECONDS = 1.2
MOST_IDLE_MB = 90.0
MOST_LOADED_MB = 140.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How much a run measures. The first size is what the others are compared with."""

    sizes: tuple[Size, ...] = (ONE, MANY_REALMS, MANY_PEOPLE)
    rounds: int = 5
    block_seconds: float = 1.2
    sign_in_seconds: float = 3.0
    floor_seconds: float = 0.6
    gather_seconds: float = 6.0
    warm_up_seconds: float = 0.5
    starts: int = 5
    settle_seconds: float = 1.5
    memory_seconds: float = 1.0
    ready_keys: int = READY_KEYS

    def seconds_of(self, operation: str) -> float:
        """How long one block of the operation lasts."""
        return self.sign_in_seconds if operation == "password_sign_in" else self.block_seconds


WHOLE = Plan()
QUICK = Plan(
    sizes=(ONE,), block_seconds=0.7, gather_seconds=3.0, sign_in_seconds=2.0, floor_seconds=0.4, starts=3
)
