"""Attack rows CA: client authentication."""

import base64
import json
from dataclasses import replace
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.application import post_token
from tests.world import CLIENT_SECRET, PUBLIC_URL, World
from vestibule.oidc.client_authentication import JWT_BEARER

ISSUER = f"{PUBLIC_URL}/realms/acme"
KEY = RSAKey.generate_key(2048, {"kid": "the client's key"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "the client's key"})


@pytest.fixture
async def acme(world: World) -> World:
    realm = await world.realm()
    await world.client(realm, client_credentials=True)
    await world.client(
        realm,
        "signer",
        client_credentials=True,
        authenticator="client-jwt",
        secrets=(),
        jwks=json.dumps({"keys": [KEY.as_dict(private=False)]}),
    )
    return world


def refused(answer: httpx.Response, error: str = "invalid_client") -> None:
    assert answer.json()["error"] == error
    assert answer.status_code == (401 if error == "invalid_client" else 400)
    assert "access_token" not in answer.json()


def assertion(world: World, key: RSAKey = KEY, **changes: Any) -> str:
    """A client assertion as RFC 10070 wants it; None leaves a claim out."""
    now = int(world.clock.now().timestamp())
    claims = {"iss": "signer", "sub": "signer", "aud": ISSUER, "iat": now, "exp": now + 60, "jti": "once"}
    header = {
        "alg": "RS256",
        "kid": "the client's key",
        "typ": changes.pop("typ", "client-authentication+jwt"),
    }
    return jwt.encode(
        header, {name: value for name, value in (claims | changes).items() if value is not None}, key
    )


async def send(world: World, text: str) -> httpx.Response:
    return await post_token(
        world,
        auth=None,
        grant_type="client_credentials",
        client_assertion_type=JWT_BEARER,
        client_assertion=text,
    )


async def test_CA_02_two_methods_at_once_are_invalid(acme: World) -> None:
    both = await post_token(acme, grant_type="client_credentials", client_secret=CLIENT_SECRET)
    refused(both, "invalid_request")
    with_assertion = await post_token(
        acme,
        grant_type="client_credentials",
        client_assertion=assertion(acme),
        client_assertion_type=JWT_BEARER,
    )
    refused(with_assertion, "invalid_request")


async def test_a_right_assertion_is_taken(acme: World) -> None:
    assert (await send(acme, assertion(acme))).status_code == 200


@pytest.mark.parametrize(
    "audience",
    [
        f"{ISSUER}/protocol/openid-connect/token",
        [ISSUER, "https://evil.test"],
        f"{PUBLIC_URL}/realms/globex",
        f"{ISSUER}/",
        None,
        [],
    ],
)
async def test_CA_04_the_issuer_is_the_sole_audience(acme: World, audience: Any) -> None:
    refused(await send(acme, assertion(acme, aud=audience)))


async def test_CA_04_the_explicit_type_is_taken_and_another_is_not(acme: World) -> None:
    assert (await send(acme, assertion(acme, typ="client-authentication+jwt"))).status_code == 200
    refused(await send(acme, assertion(acme, typ="at+jwt", jti="second")))


async def test_CA_05_an_assertion_works_once(acme: World) -> None:
    text = assertion(acme)
    assert (await send(acme, text)).status_code == 200
    refused(await send(acme, text))


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": None},
        {"exp": 1763640000 + 10 * 365 * 86400 + 31536000},
        {"iat": 1795176000 + 3600},
        {"sub": "atera"},
        {"iss": "atera"},
        {"jti": None},
        {"jti": ""},
    ],
)
async def test_CA_05_a_careless_assertion_is_refused(acme: World, changes: dict[str, Any]) -> None:
    if "iat" in changes:
        changes = {"iat": int(acme.clock.now().timestamp()) + 3600}
    refused(await send(acme, assertion(acme, **changes)))


async def test_CA_05_another_key_is_refused(acme: World) -> None:
    refused(await send(acme, assertion(acme, OTHER_KEY)))


@pytest.mark.parametrize("secret", ["", "null", "wrong", CLIENT_SECRET + " ", CLIENT_SECRET[:-1], "ä" * 43])
async def test_CA_06_only_the_clients_own_secret_is_taken(acme: World, secret: str) -> None:
    refused(
        await post_token(
            acme, auth=None, grant_type="client_credentials", client_id="atera", client_secret=secret
        )
    )


async def test_CA_06_a_secret_of_another_client_is_refused(acme: World) -> None:
    realm = await acme.storage.realm_by_name("acme")
    assert realm is not None
    row_id = acme.new_id()
    other = "another-client-secret-for-tests-of-enough-length"
    await acme.client(
        realm, "other", id=row_id, secrets=(acme.secret(row_id, other),), client_credentials=True
    )
    assert (await post_token(acme, auth=("other", other), grant_type="client_credentials")).status_code == 200
    refused(await post_token(acme, auth=("atera", other), grant_type="client_credentials"))


async def test_CA_06_a_replaced_secret_works_only_inside_the_overlap(acme: World) -> None:
    realm = await acme.storage.realm_by_name("acme")
    assert realm is not None
    client = await acme.storage.client_by_client_id(realm.id, "atera")
    assert client is not None
    fresh = acme.secret(client.id, "a-fresh-client-secret-for-tests-of-enough-length")
    acme.clock.advance(hours=1)
    old = replace(client.secrets[0], expires_at=acme.clock.now())
    acme.clock.advance(minutes=-1)
    await acme.storage.save_client(replace(client, secrets=(fresh, old)))
    acme.deployment.settings.forget(realm.id)
    assert (await post_token(acme, grant_type="client_credentials")).status_code == 200
    acme.clock.advance(minutes=2)
    refused(await post_token(acme, grant_type="client_credentials"))


async def test_CA_07_a_secret_makes_no_public_client_confidential(acme: World) -> None:
    realm = await acme.storage.realm_by_name("acme")
    assert realm is not None
    client = await acme.client(realm, "native", public=True, client_credentials=True)
    assert client.secrets == ()
    refused(await post_token(acme, auth=("native", CLIENT_SECRET), grant_type="client_credentials"))
    answer = await post_token(acme, auth=None, client_id="native", grant_type="client_credentials")
    refused(answer, "unauthorized_client")


@pytest.mark.parametrize("endpoint", ["token", "token/introspect", "revoke"])
async def test_CA_02_two_authorization_headers_are_invalid(acme: World, endpoint: str) -> None:
    good = b"Basic " + base64.b64encode(f"atera:{CLIENT_SECRET}".encode())
    for headers in ([good, b"Basic d3Jvbmc6d3Jvbmc="], [good, good]):
        async with acme.http() as http:
            answer = await http.post(
                f"/realms/acme/protocol/openid-connect/{endpoint}",
                data={"grant_type": "client_credentials", "token": "x"},
                headers=[(b"authorization", header) for header in headers],
            )
        refused(answer, "invalid_request")
