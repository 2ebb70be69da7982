"""What a practice provider checks: clients, codes, proofs of possession, sessions; and how it signs out."""

import hashlib
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from tests.browser import text_of
from tests.outbound.peer import Peer, http
from tests.practice.upstream import CALLBACK, Upstream, part_of
from tests.provider import practice_provider, signing_key
from tests.world import START, Clock
from vestibule.practice.providers.token import REQUEST_URI

NOW = int(START.timestamp())
JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@asynccontextmanager
async def upstream(
    *faults: str, kind: str = "oidc", clock: Clock | None = None, **settings: Any
) -> AsyncIterator[Upstream]:
    async with (
        practice_provider(
            kind, *faults, clock=clock or Clock(), redirect_uris=[CALLBACK], **settings
        ) as provider,
        httpx.AsyncClient() as http_client,
    ):
        yield Upstream(provider, http_client)


def basic(client_id: str, secret: str) -> dict[str, str]:
    return {"authorization": f"Basic {b64encode(f'{client_id}:{secret}'.encode()).decode()}"}


async def test_a_client_proves_itself_in_the_header_too() -> None:
    async with upstream() as application:
        provider = application.provider
        for secret, status in ((provider.client_secret, 200), ("wrong", 401)):
            code = (await application.callback())["code"]
            headers = basic(provider.client_id, secret)
            answer = await application.redeem(code, headers, client_id=None, client_secret=None)
            assert answer.status_code == status


async def test_two_secrets_count_until_one_expires() -> None:
    clock = Clock()
    async with upstream(clock=clock) as application:
        registration = application.provider.registration
        first = registration.secret
        clock_end = clock.now().replace(hour=13)
        second = registration.add_secret("second", expires_at=clock_end).value
        for secret in (first, second):
            code = (await application.callback())["code"]
            assert (await application.redeem(code, client_secret=secret)).status_code == 200
        clock.advance(hours=2)
        code = (await application.callback())["code"]
        answer = await application.redeem(code, client_secret=second)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def assertion(key: RSAKey, client_id: str, audience: str, **changes: object) -> str:
    claims = {"iss": client_id, "sub": client_id, "aud": audience, "exp": NOW + 60, "jti": "once"}
    header = {"alg": "RS256", "kid": key.thumbprint()}
    return jwt.encode(header, {**claims, **changes}, key, algorithms=["RS256"])


async def test_a_client_proves_itself_with_its_key_once() -> None:
    key = signing_key(0)
    public = {"keys": [{**key.as_dict(private=False), "kid": key.thumbprint()}]}
    async with upstream(jwks=public) as application:
        signed = assertion(key, application.provider.client_id, application.addresses.token)
        proof: dict[str, Any] = {
            "client_assertion": signed,
            "client_assertion_type": JWT_BEARER,
            "client_secret": None,
        }
        first = await application.redeem((await application.callback())["code"], **proof)
        assert first.status_code == 200
        again = await application.redeem((await application.callback())["code"], **proof)
        assert again.json()["error"] == "invalid_client"
        signed = assertion(key, application.provider.client_id, "https://another.example", jti="other")
        wrong = await application.redeem("any", **{**proof, "client_assertion": signed})
        assert wrong.json()["error"] == "invalid_client"


async def test_the_keys_of_a_client_can_be_fetched() -> None:
    key = signing_key(0)
    body = b'{"keys":[%s]}' % httpx.Response(200, json={**key.as_dict(private=False)}).content
    async with Peer(http(200, body)) as peer, upstream(jwks_uri=peer.url("/jwks")) as application:
        signed = assertion(key, application.provider.client_id, application.addresses.issuer)
        proof: dict[str, Any] = {
            "client_assertion": signed,
            "client_assertion_type": JWT_BEARER,
            "client_secret": None,
        }
        answer = await application.redeem((await application.callback())["code"], **proof)
        assert answer.status_code == 200, answer.text
        assert peer.received[0].path == "/jwks"


@pytest.mark.parametrize(
    "changes",
    [
        {"code_verifier": "another-verifier-that-is-long-enough-for-it"},
        {"code_verifier": None},
        {"redirect_uri": f"{CALLBACK}/"},
        {"redirect_uri": None},
    ],
    ids=str,
)
async def test_a_code_counts_with_its_verifier_and_redirect_uri_only(changes: dict[str, Any]) -> None:
    async with upstream() as application:
        answer = await application.redeem((await application.callback())["code"], **changes)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


async def test_a_code_counts_once_and_for_a_minute() -> None:
    clock = Clock()
    async with upstream(clock=clock) as application:
        code = (await application.callback())["code"]
        assert (await application.redeem(code)).status_code == 200
        assert (await application.redeem(code)).json()["error"] == "invalid_grant"
        code = (await application.callback())["code"]
        clock.advance(seconds=61)
        assert (await application.redeem(code)).json()["error"] == "invalid_grant"


async def test_without_a_challenge_no_verifier_may_come() -> None:
    async with upstream() as application:
        without: dict[str, Any] = {"code_challenge": None, "code_challenge_method": None}
        answer = await application.redeem((await application.callback(**without))["code"], code_verifier=None)
        assert answer.status_code == 200
        answer = await application.redeem((await application.callback(**without))["code"])
        assert answer.json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "changes, error",
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"prompt": "none"}, "login_required"),
    ],
)
async def test_errors_lead_back(changes: dict[str, str], error: str) -> None:
    async with upstream() as application:
        answer = await application.callback(**changes)
        assert (answer["error"], answer["state"]) == (error, "the-state")


async def test_a_redirect_uri_is_compared_letter_for_letter() -> None:
    async with upstream() as application:
        for other in (f"{CALLBACK}/", CALLBACK.upper(), f"{CALLBACK}?a=1", "https://evil.example/", ""):
            answer = await application.http.get(application.url(redirect_uri=other))
            assert answer.status_code == 400
            assert (other or "nothing") in answer.text
            assert CALLBACK in answer.text
        answer = await application.http.get(application.url(client_id="nobody"))
        assert answer.status_code == 400


async def test_a_session_answers_without_a_form_until_it_is_too_old() -> None:
    clock = Clock()
    async with upstream(clock=clock) as application, httpx.AsyncClient() as browser:
        await application.provider.sign_in(application.url(), http=browser)
        silent = await browser.get(application.url(prompt="none"))
        assert "code=" in silent.headers["location"]
        clock.advance(seconds=100)
        for changes, is_asked in (
            ({"max_age": "200"}, False),
            ({"max_age": "50"}, True),
            ({"prompt": "login"}, True),
            ({"prompt": "select_account"}, True),
        ):
            answer = await browser.get(application.url(**changes))
            assert (answer.status_code == 200) is is_asked, changes
        old = await browser.get(application.url(prompt="none", max_age="50"))
        assert "error=login_required" in old.headers["location"]
        url = await application.provider.sign_in(application.url(prompt="login"), http=browser)
        code = dict(parse_qsl(urlsplit(url).query))["code"]
        token = (await application.redeem(code)).json()["id_token"]
        assert part_of(token, 1)["auth_time"] == NOW + 100


async def test_the_answer_can_be_a_form_or_a_fragment() -> None:
    async with upstream() as application:
        answer = await application.callback(response_mode="form_post")
        assert (answer["state"], answer["iss"]) == ("the-state", application.provider.issuer)
        assert (await application.redeem(answer["code"])).status_code == 200
        url = await application.provider.sign_in(application.url(response_mode="fragment"))
        assert url.startswith(f"{CALLBACK}#code=")


async def test_a_pushed_request_counts_once() -> None:
    async with upstream("par_required") as application:
        parameters = dict(parse_qsl(urlsplit(application.url()).query))
        secret = {"client_secret": application.provider.client_secret}
        answer = await application.http.post(application.addresses.par, data=parameters | secret)
        assert answer.status_code == 201
        pushed = answer.json()["request_uri"]
        assert pushed.startswith(REQUEST_URI)
        query = f"client_id={application.provider.client_id}&request_uri={pushed}"
        url = f"{application.addresses.authorization}?{query}"
        returned = await application.provider.sign_in(url)
        code = dict(parse_qsl(urlsplit(returned).query))["code"]
        assert (await application.redeem(code)).status_code == 200
        assert (await application.http.get(url)).status_code == 400
        assert application.provider.hits["par"] == 1


async def test_pushed_requests_are_refused() -> None:
    async with upstream("par_refused") as application:
        parameters = dict(parse_qsl(urlsplit(application.url()).query))
        data = parameters | {"client_secret": application.provider.client_secret}
        answer = await application.http.post(application.addresses.par, data=data)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


KEY = ECKey.generate_key("P-256")


def proof(method: str, address: str, **claims: object) -> dict[str, str]:
    header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": KEY.as_dict(private=False)}
    body = {"htm": method, "htu": address, "iat": NOW, "jti": str(time.monotonic_ns()), **claims}
    return {"dpop": jwt.encode(header, body, KEY, algorithms=["ES256"])}


async def test_okta_demands_dpop_with_a_nonce() -> None:
    async with upstream("dpop_required", kind="okta") as application:
        address, code = application.addresses.token, (await application.callback())["code"]
        bare = await application.redeem(code)
        assert bare.status_code == 400
        assert bare.json() == {
            "error": "invalid_dpop_proof",
            "error_description": "The DPoP proof JWT header is missing.",
        }
        without = await application.redeem(code, proof("POST", address))
        assert (without.status_code, without.json()["error"]) == (400, "use_dpop_nonce")
        nonce = without.headers["dpop-nonce"]
        answer = await application.redeem(code, proof("POST", address, nonce=nonce))
        assert answer.status_code == 200, answer.text
        assert answer.json()["token_type"] == "DPoP"
        await check_bound(application, answer.json()["access_token"])


async def check_bound(application: Upstream, token: str) -> None:
    """Userinfo opens with a proof for this token only."""
    address = application.addresses.userinfo
    digest = urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()
    bound = {"authorization": f"DPoP {token}", **proof("GET", address, ath=digest)}
    assert (await application.http.get(address, headers=bound)).status_code == 200
    for headers in (
        bound,
        {"authorization": f"Bearer {token}"},
        {"authorization": f"DPoP {token}", **proof("GET", address)},
        {"authorization": f"DPoP {token}", **proof("POST", address, ath=digest)},
    ):
        assert (await application.http.get(address, headers=headers)).status_code in (400, 401)


@pytest.mark.parametrize(
    "make",
    [
        lambda address: proof("GET", address),
        lambda address: proof("POST", f"{address}/other"),
        lambda address: proof("POST", address, iat=NOW - 3600),
        lambda _: {"dpop": "no.proof.atall"},
    ],
)
async def test_a_proof_for_something_else_is_refused(make: Callable[[str], dict[str, str]]) -> None:
    async with upstream() as application:
        answer = await application.redeem(
            (await application.callback())["code"], make(application.addresses.token)
        )
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_dpop_proof")


async def test_every_proof_is_refused() -> None:
    async with upstream("dpop_refused") as application:
        headers = proof("POST", application.addresses.token)
        answer = await application.redeem((await application.callback())["code"], headers)
        assert answer.json()["error"] == "invalid_dpop_proof"


async def test_signing_out_ends_the_session_and_leads_back() -> None:
    after = "https://sso.example/signed-out"
    async with (
        upstream(post_logout_redirect_uris=[after]) as application,
        httpx.AsyncClient() as browser,
    ):
        url = await application.provider.sign_in(application.url(), http=browser)
        tokens = (await application.redeem(dict(parse_qsl(urlsplit(url).query))["code"])).json()
        query = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": after, "state": "s"}
        refused = await browser.get(
            application.addresses.end_session, params=query | {"post_logout_redirect_uri": f"{after}/"}
        )
        assert refused.status_code == 400
        answer = await browser.get(application.addresses.end_session, params=query)
        assert answer.headers["location"] == f"{after}?state=s"
        silent = await browser.get(application.url(prompt="none"))
        assert "login_required" in silent.headers["location"]
        told = await application.read(application.addresses.userinfo, tokens)
        assert told.status_code == 401


@pytest.mark.parametrize("kind, status", [("entra", 303), ("keycloak", 303), ("okta", 400)])
async def test_a_redirect_uri_is_good_after_signing_out_where_the_vendor_has_it_so(
    kind: str, status: int
) -> None:
    async with upstream(kind=kind) as application, httpx.AsyncClient() as browser:
        url = await application.provider.sign_in(application.url(), http=browser)
        tokens = (await application.redeem(dict(parse_qsl(urlsplit(url).query))["code"])).json()
        query = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": CALLBACK}
        answer = await browser.get(application.addresses.end_session, params=query)
        assert answer.status_code == status


async def test_without_a_hint_signing_out_is_asked_for() -> None:
    async with upstream() as application, httpx.AsyncClient() as browser:
        await application.provider.sign_in(application.url(), http=browser)
        page = await browser.get(application.addresses.end_session)
        assert "Do you want to sign out?" in text_of(page.text)
        assert application.provider.state.memory.sessions
        await browser.post(application.addresses.end_session, data={"sign-out": ""})
        assert not application.provider.state.memory.sessions


async def test_signing_out_everywhere_tells_the_application() -> None:
    async with Peer() as peer, upstream(backchannel_logout_uri=peer.url("/logout")) as application:
        claims = await application.claims("omar")
        assert await application.provider.sign_out_everywhere("omar") == [(peer.url("/logout"), 200)]
        token = peer.received[0].form["logout_token"]
        told = await application.verified(token)
        assert part_of(token, 0)["typ"] == "logout+jwt"
        assert (told["iss"], told["aud"]) == (claims["iss"], claims["aud"])
        assert (told["sub"], told["sid"]) == (claims["sub"], claims["sid"])
        assert told["events"] == {"http://schemas.openid.net/event/backchannel-logout": {}}
        assert told["jti"]
        assert "nonce" not in told
        assert await application.provider.sign_out_everywhere("omar") == []


async def test_a_logout_token_can_be_made_wrong() -> None:
    async with upstream() as application:
        await application.callback("omar")
        token = application.provider.logout_token("omar", nonce="n", sid=None, iss="https://other.example")
        claims = part_of(token, 1)
        assert (claims["nonce"], claims["iss"]) == ("n", "https://other.example")
        assert "sid" not in claims
