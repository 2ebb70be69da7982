"""LO-05: a provider says that somebody signed out there, and our sessions behind it end; nobody else can."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import pytest

from tests.application import is_alive, redeem
from tests.broker.house import House, connect, house
from tests.browser import Browser, Callback, authorization_url, text_of
from tests.provider import practice_provider
from tests.served import free_port
from vestibule.domain.connection import Connection
from vestibule.domain.session import Session
from vestibule.flows.notify import BACKCHANNEL_LOGOUT
from vestibule.flows.upstream_secrets import open_upstream_id_token
from vestibule.practice.providers.logout import LOGOUT_EVENT
from vestibule.web.server import Listener, Server

ADDRESS = "/realms/acme/broker/oidc/backchannel-logout"


async def enter(home: House, person: str = "grace") -> Browser:
    """A browser with a session that came from the provider."""
    browser = home.world.browser()
    answer = await home.sign_in(person, browser)
    assert isinstance(answer, Callback)
    assert "code" in answer.parameters
    return browser


async def is_signed_in(browser: Browser) -> bool:
    answer = await browser.get(str(authorization_url(prompt="none")))
    return isinstance(answer, Callback) and "code" in answer.parameters


async def tell(home: House, token: str | None, address: str = ADDRESS) -> httpx.Response:
    data = {"logout_token": token} if token is not None else {}
    async with home.world.http() as http:
        return await http.post(address, data=data)


async def sessions(home: House, person: str = "grace") -> list[Session]:
    user = await home.user_of(person)
    return list(await home.world.storage.sessions_of(user.id)) if user is not None else []


def refused(answer: httpx.Response) -> bool:
    """As section 2.8 wants it."""
    return (
        answer.status_code == 400
        and answer.json()["error"] == "invalid_request"
        and answer.headers["cache-control"] == "no-store"
    )


async def test_a_logout_token_ends_the_session_behind_it() -> None:
    async with house() as home:
        browser = await enter(home)
        answer = await tell(home, home.provider.logout_token("grace"))
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["cache-control"] == "no-store"
        assert not await is_signed_in(browser)


async def test_the_applications_hear_of_it_and_their_tokens_end() -> None:
    async with house() as home:
        client = await home.world.deployment.settings.client(home.realm.id, "atera")
        assert client is not None
        there = replace(client, backchannel_logout_uri="https://app.example/logged-out")
        await home.world.storage.save_client(there)
        url = authorization_url()
        browser = home.world.browser()
        await browser.get(str(url))
        answer = await browser.get(await home.provider.sign_in(await home.follow_button(browser)))
        assert isinstance(answer, Callback)
        tokens = (await redeem(home.world, answer.code, url)).json()
        assert await is_alive(home.world, tokens["access_token"])
        await tell(home, home.provider.logout_token("grace"))
        assert not await is_alive(home.world, tokens["access_token"])
        (due,) = await home.world.storage.due_deliveries(home.world.clock.now())
        assert due.kind == BACKCHANNEL_LOGOUT


async def test_the_event_says_which_provider_it_was() -> None:
    async with house() as home:
        await enter(home)
        (session,) = await sessions(home)
        await tell(home, home.provider.logout_token("grace"))
        (event,) = await home.world.events(home.realm, "LOGOUT")
        assert (event.session_id, event.details) == (session.id, {"provider": "oidc"})


async def test_of_two_sessions_of_a_person_the_named_one_ends() -> None:
    async with house() as home:
        first, second = await enter(home), await enter(home)
        await tell(home, home.provider.logout_token("grace"))
        assert await is_signed_in(first)
        assert not await is_signed_in(second)


async def test_without_sid_all_sessions_of_the_person_end_and_nobody_elses() -> None:
    async with house() as home:
        first, second, other = await enter(home), await enter(home), await enter(home, "mia")
        answer = await tell(home, home.provider.logout_token("grace", sid=None))
        assert answer.status_code == 200
        assert not await is_signed_in(first)
        assert not await is_signed_in(second)
        assert await is_signed_in(other)


async def test_sid_alone_is_enough() -> None:
    async with house() as home:
        browser = await enter(home)
        assert (await tell(home, home.provider.logout_token("grace", sub=None))).status_code == 200
        assert not await is_signed_in(browser)


async def test_a_session_that_we_do_not_have_is_no_failure() -> None:
    async with house() as home:
        browser = await enter(home)
        answer = await tell(home, home.provider.logout_token("grace", sid="another"))
        assert answer.status_code == 200
        assert await is_signed_in(browser)


async def test_the_consoles_session_ends_with_it() -> None:
    async with house() as home:
        browser = await enter(home)
        user = await home.user_of()
        role = await home.world.storage.role_by_name(home.realm.id, "realm-admin")
        assert user is not None
        assert role is not None
        await home.world.storage.grant_role(user.id, role.id)
        page = await browser.get("/console/acme")
        assert isinstance(page, httpx.Response)
        assert page.status_code == 200, text_of(page.text)
        assert {session.kind for session in await sessions(home)} == {"realm", "console"}
        await tell(home, home.provider.logout_token("grace"))
        assert await sessions(home) == []


@asynccontextmanager
async def served(home: House) -> AsyncIterator[str]:
    """The house's service on a port of the loopback."""
    port = free_port()
    server = Server([Listener(home.world.app, "127.0.0.1", port)], stop_seconds=0.2)
    await server.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await server.stop()


async def test_signing_out_everywhere_at_the_provider_signs_out_here() -> None:
    async with house() as home, served(home) as base:
        home.provider.registration.backchannel_logout_uri = base + ADDRESS
        first, second = await enter(home), await enter(home)
        told = await home.provider.sign_out_everywhere("grace")
        assert told == [(base + ADDRESS, 200)] * 2
        assert not await is_signed_in(first)
        assert not await is_signed_in(second)


def test_the_address_to_register_is_the_connections() -> None:
    found = Connection("1", "r", "entra").backchannel_logout_url("https://sso.example", "acme")
    assert found == "https://sso.example/realms/acme/broker/entra/backchannel-logout"


NOW = 1_800_000_000


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "a nonce"},
        {"events": None},
        {"events": {"http://schemas.openid.net/event/other": {}}},
        {"events": {LOGOUT_EVENT: "now"}},
        {"aud": "another-application"},
        {"aud": ["another-application"]},
        {"iss": "https://other-provider.example"},
        {"iat": NOW - 3600},
        {"iat": None},
        {"exp": NOW - 3600},
        {"jti": None},
        {"sub": None, "sid": None},
    ],
    ids=str,
)
async def test_LO_05_another_kind_of_token_ends_nothing(claims: dict[str, object]) -> None:
    async with house() as home:
        browser = await enter(home)
        shift = int(home.world.clock.now().timestamp()) - NOW
        moved = {name: value + shift if isinstance(value, int) else value for name, value in claims.items()}
        assert refused(await tell(home, home.provider.logout_token("grace", **moved)))
        assert await is_signed_in(browser)


@pytest.mark.parametrize("fault", ["sig_wrong_key", "sig_bad", "alg_none", "alg_hs256_secret", "kid_unknown"])
async def test_LO_05_a_forged_token_ends_nothing(fault: str) -> None:
    async with house() as home:
        browser = await enter(home)
        home.provider.set_faults(fault)
        assert refused(await tell(home, home.provider.logout_token("grace")))
        assert await is_signed_in(browser)


@pytest.mark.parametrize("typ", ["JWT", "at+jwt"])
async def test_LO_05_a_token_of_another_type_ends_nothing(typ: str) -> None:
    async with house() as home:
        browser = await enter(home)
        state, claims = home.provider.state, claims_of_a_logout(home)
        assert refused(await tell(home, state.sign(claims, typ, home.provider.client_secret)))
        assert await is_signed_in(browser)


def claims_of_a_logout(home: House) -> dict[str, object]:
    now = int(home.world.clock.now().timestamp())
    return {
        "iss": home.provider.issuer, "sub": home.provider.sub("grace"), "aud": home.provider.client_id,
        "iat": now, "exp": now + 120, "jti": "x", "events": {LOGOUT_EVENT: {}},
    }  # fmt: skip


async def test_LO_05_a_token_counts_once() -> None:
    async with house() as home:
        await enter(home)
        token = home.provider.logout_token("grace", sid=None)
        assert (await tell(home, token)).status_code == 200
        again = await enter(home)
        assert refused(await tell(home, token))
        assert await is_signed_in(again)


async def test_LO_05_the_same_token_counts_once_where_it_comes_twice_at_a_time() -> None:
    async with house() as home:
        await enter(home)
        token = home.provider.logout_token("grace")
        answers = await asyncio.gather(*(tell(home, token) for _ in range(4)))
        assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400]


async def test_LO_05_the_id_token_of_the_sign_in_ends_nothing() -> None:
    async with house() as home:
        browser = await enter(home)
        (session,) = await sessions(home)
        upstream = await home.world.storage.upstream_session(session.id)
        assert upstream is not None
        token = open_upstream_id_token(upstream.id_token, home.world.deployment.vault, session.id)
        assert token.count(".") == 2
        assert refused(await tell(home, token))
        assert await is_signed_in(browser)


@pytest.mark.parametrize("token", [None, "", "x", "a.b.c", "a" * 40_000, "\u2603"])
async def test_LO_05_what_is_no_token_ends_nothing(token: str | None) -> None:
    async with house() as home:
        browser = await enter(home)
        assert refused(await tell(home, token))
        assert await is_signed_in(browser)


async def test_LO_05_a_disabled_connection_takes_nobodys_word() -> None:
    async with house() as home:
        browser = await enter(home)
        token = home.provider.logout_token("grace")
        await home.change(enabled=False)
        assert refused(await tell(home, token))
        assert await is_signed_in(browser)


async def test_LO_05_a_provider_signs_nobody_out_who_came_from_another_one() -> None:
    async with house() as home:
        browser = await enter(home)
        there, other = "/realms/acme/broker/other/backchannel-logout", "https://other.example"
        await connect(home.world, home.realm, home.provider, "oidc", alias="other", issuer=other)
        assert refused(await tell(home, home.provider.logout_token("grace"), there))
        its_own = home.provider.logout_token("grace", iss=other)
        assert refused(await tell(home, its_own))
        assert (await tell(home, its_own, there)).status_code == 200  # about nobody
        assert await is_signed_in(browser)


async def test_LO_05_another_providers_signature_ends_nothing() -> None:
    async with house() as home, practice_provider("oidc", clock=home.world.clock) as other:
        browser = await enter(home)
        assert refused(await tell(home, other.state.sign(claims_of_a_logout(home), "logout+jwt")))
        assert await is_signed_in(browser)


async def test_LO_05_the_connection_of_another_realm_ends_nothing_here() -> None:
    async with house() as home:
        browser = await enter(home)
        globex = await home.world.realm("globex")
        await connect(home.world, globex, home.provider, "oidc")
        token = home.provider.logout_token("grace")
        answer = await tell(home, token, "/realms/globex/broker/oidc/backchannel-logout")
        assert answer.status_code == 200  # true, and about nobody of that realm
        assert await is_signed_in(browser)
        assert (await tell(home, token)).status_code == 200
        assert not await is_signed_in(browser)


async def test_LO_05_strangers_cannot_have_the_providers_keys_fetched_again_and_again() -> None:
    async with house() as home:
        await enter(home)
        home.provider.set_faults("kid_unknown")
        token = home.provider.logout_token("grace")
        before = home.provider.hits["jwks"]
        for _ in range(5):
            assert refused(await tell(home, token))
        assert home.provider.hits["jwks"] == before


async def test_a_key_that_is_new_is_found() -> None:
    async with house() as home:
        browser = await enter(home)
        home.provider.rotate_key()
        home.world.clock.advance(seconds=11)
        assert (await tell(home, home.provider.logout_token("grace"))).status_code == 200
        assert not await is_signed_in(browser)


async def test_what_was_refused_is_in_the_audit_by_its_name() -> None:
    async with house() as home:
        await enter(home)
        await tell(home, home.provider.logout_token("grace", aud="another"))
        (event,) = await home.world.events(home.realm, "BACKCHANNEL_LOGOUT_REFUSED")
        assert (event.error, event.details["provider"]) == ("audience_mismatch", "oidc")
        assert "another" in event.details["reason"]


async def test_github_signs_nobody_out() -> None:
    async with house("github") as home:
        answer = await tell(home, "a.b.c", "/realms/acme/broker/github/backchannel-logout")
        assert refused(answer)
