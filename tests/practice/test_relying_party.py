"""The sample application verifies what it is given, token by token."""

import base64
import hmac
import json
import time
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from vestibule.practice.relying_party import LOGOUT_EVENT, Attempt, Configuration, RelyingParty, SignInFailed

ISSUER = "https://sso.example/realms/acme"
CONFIGURATION = Configuration(ISSUER, "app", "secret", "https://app.example")
ATTEMPT = Attempt("state", "nonce", "verifier")
KEY = ECKey.generate_key("P-256", {"kid": "k", "alg": "ES256", "use": "sig"})
OTHER_KEY = ECKey.generate_key("P-256", {"kid": "k"})


class Provider(RelyingParty):
    """A relying party whose network is this test: discovery, keys, and one token response."""

    def __init__(self, id_token: str = "", issuer: str = ISSUER) -> None:
        super().__init__(CONFIGURATION)
        self.id_token = id_token
        self.issuer = issuer
        self.key_fetches = 0

    async def _fetch(
        self, method: str, url: str, form: dict[str, str] | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, Any]]:
        if url.endswith("/keys"):
            self.key_fetches += 1
            return 200, {"keys": [KEY.as_dict(private=False)]}
        if url.endswith("/token"):
            return 200, {"id_token": self.id_token}
        endpoints = {"jwks_uri": f"{ISSUER}/keys", "token_endpoint": f"{ISSUER}/token"}
        return 200, {"issuer": self.issuer, **endpoints}


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    made = {
        "iss": ISSUER,
        "aud": "app",
        "sub": "ada",
        "nonce": "nonce",
        "iat": now,
        "exp": now + 60,
    } | changes
    return {name: value for name, value in made.items() if value is not None}


def sign(body: dict[str, Any], key: ECKey = KEY, **header: str) -> str:
    return jwt.encode({"alg": "ES256", "kid": "k"} | header, body, key, algorithms=["ES256"])


async def complete(id_token: str, issuer: str = ISSUER) -> Any:
    answer = {"state": "state", "iss": ISSUER, "code": "code"}
    return (await Provider(id_token, issuer).complete(ATTEMPT, answer)).claims


async def test_a_right_id_token_is_taken() -> None:
    assert (await complete(sign(claims(aud=["app"], azp="app"))))["sub"] == "ada"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"}, {"iss": None}, {"iss": f"{ISSUER}/"}, {"aud": "other"},
        {"aud": None}, {"azp": "other"}, {"exp": int(time.time()) - 3600}, {"exp": None},
        {"exp": "never"}, {"iat": None},
        {"iat": int(time.time()) - 7200}, {"sub": None}, {"nonce": "other"}, {"nonce": None},
    ],
)  # fmt: skip
async def test_an_id_token_with_a_wrong_claim_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(SignInFailed):
        await complete(sign(claims(**changes)))


async def test_an_id_token_of_another_key_is_refused() -> None:
    with pytest.raises(SignInFailed):
        await complete(sign(claims(), OTHER_KEY))


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "W10.e30.", "eyJhbGciOiJub25lIn0.e30."])
async def test_what_is_no_signed_token_is_refused(token: str) -> None:
    with pytest.raises(SignInFailed):
        await complete(token)


async def test_a_token_signed_with_the_public_key_as_a_password_is_refused() -> None:
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256", "kid": "k"}, claims())]
    signing_input = ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)
    mac = hmac.digest(KEY.as_pem(private=False), signing_input.encode(), "sha256")
    with pytest.raises(SignInFailed):
        await complete(f"{signing_input}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}")


async def test_a_logout_token_is_no_id_token() -> None:
    with pytest.raises(SignInFailed):
        await complete(sign(claims(), typ="logout+jwt"))


async def test_a_provider_that_calls_itself_otherwise_is_refused() -> None:
    with pytest.raises(SignInFailed) as refused:
        await complete(sign(claims()), issuer="https://evil.example")
    assert refused.value.code == "discovery_failed"


async def test_keys_are_kept_until_a_token_names_another() -> None:
    provider = Provider(sign(claims()))
    answer = {"state": "state", "iss": ISSUER, "code": "code"}
    for _ in range(2):
        await provider.complete(ATTEMPT, answer)
    assert provider.key_fetches == 1
    provider.id_token = sign(claims(), kid="new")
    with pytest.raises(SignInFailed):
        await provider.complete(ATTEMPT, answer)
    assert provider.key_fetches == 2


def logout(**changes: Any) -> dict[str, Any]:
    return claims(nonce=None, sid="s", events={LOGOUT_EVENT: {}}, **changes)


async def test_a_logout_token_names_session_and_person() -> None:
    assert await Provider().read_logout_token(sign(logout(), typ="logout+jwt")) == ("s", "ada")


@pytest.mark.parametrize(
    "body, typ",
    [
        (claims(), "JWT"),
        (logout(), "JWT"),
        (claims(nonce=None, sid="s"), "logout+jwt"),
        (claims(nonce="n", sid="s", events={LOGOUT_EVENT: {}}), "logout+jwt"),
        (claims(nonce=None, sub=None, events={LOGOUT_EVENT: {}}), "logout+jwt"),
        (logout(aud="other"), "logout+jwt"),
        (logout(iss="https://evil.example"), "logout+jwt"),
        (logout(exp=1), "logout+jwt"),
    ],
)
async def test_another_token_ends_no_session(body: dict[str, Any], typ: str) -> None:
    with pytest.raises(SignInFailed):
        await Provider().read_logout_token(sign(body, typ=typ))
