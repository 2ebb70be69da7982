"""Attack rows TK: the token endpoint."""

import asyncio
import base64
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tests.application import BASIC, TOKEN, claims_of, is_alive, post_token, redeem, refresh, tokens
from tests.browser import Callback, authorization_url
from tests.stores import new_sqlite_url
from tests.world import CLIENT_SECRET, PASSWORD, World, new_world
from vestibule.crypto.secrets import digest
from vestibule.domain.realm import Realm
from vestibule.domain.user import User
from vestibule.storage.opening import open_storage


@pytest.fixture
async def acme(world: World) -> World:
    realm = await world.realm()
    await world.client(realm)
    await world.client(realm, "syncro")
    await world.user(realm)
    return world


async def facts(world: World) -> tuple[Realm, User]:
    realm = await world.storage.realm_by_name("acme")
    assert realm is not None
    alice = await world.storage.user_by_login(realm.id, "alice")
    assert alice is not None
    return realm, alice


def error_of(answer: httpx.Response, status: int = 400) -> str:
    """The error name, after showing that no token came with it and that nobody may keep the answer."""
    assert answer.status_code == status, answer.text
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert not {"access_token", "id_token", "refresh_token"} & body.keys()
    return str(body["error"])


async def test_TK_03_a_code_of_one_client_is_nothing_to_another(acme: World) -> None:
    url = authorization_url()
    code = await acme.browser().code(str(url), "alice", PASSWORD)
    assert error_of(await redeem(acme, code, url, auth=("syncro", CLIENT_SECRET))) == "invalid_grant"
    assert (await redeem(acme, code, url)).status_code == 200


async def test_TK_03_a_refresh_token_of_one_client_is_nothing_to_another(acme: World) -> None:
    answer = await tokens(acme)
    assert (
        error_of(await refresh(acme, answer["refresh_token"], ("syncro", CLIENT_SECRET))) == "invalid_grant"
    )
    assert (await refresh(acme, answer["refresh_token"])).status_code == 200


async def test_TK_03_without_a_client_there_is_nothing(acme: World) -> None:
    url = authorization_url()
    code = await acme.browser().code(str(url), "alice", PASSWORD)
    assert error_of(await redeem(acme, code, url, auth=None), 401) == "invalid_client"
    assert (await redeem(acme, code, url)).status_code == 200


@pytest.mark.parametrize("redirect_uri", [None, "https://app.example/other"])
async def test_TK_04_the_redirect_uri_must_be_that_of_the_request(
    acme: World, redirect_uri: str | None
) -> None:
    url = authorization_url()
    code = await acme.browser().code(str(url), "alice", PASSWORD)
    assert error_of(await redeem(acme, code, url, redirect_uri=redirect_uri)) == "invalid_grant"
    assert error_of(await redeem(acme, code, url)) == "invalid_grant"


async def test_TK_05_a_code_lives_a_minute(acme: World) -> None:
    url = authorization_url()
    code = await acme.browser().code(str(url), "alice", PASSWORD)
    acme.clock.advance(seconds=61)
    assert error_of(await redeem(acme, code, url)) == "invalid_grant"


async def test_TK_05_a_code_has_one_spelling(acme: World) -> None:
    url = authorization_url()
    code = await acme.browser().code(str(url), "alice", PASSWORD)
    forged = base64.urlsafe_b64encode(base64.urlsafe_b64decode(code)[:16] + bytes(32)).decode()
    for wrong in (code[:-1], code + "A", code + "=", code + "\n", forged, code.swapcase()):
        assert error_of(await redeem(acme, wrong, url)) == "invalid_grant"
    assert (await redeem(acme, code, url)).status_code == 200


@pytest.mark.parametrize("verifier", [None, "a" * 43, "a" * 42, "a" * 129, "ä" * 50, "a" * 42 + "\n"])
async def test_TK_06_only_the_right_verifier_is_taken(acme: World, verifier: str | None) -> None:
    url = authorization_url()
    code = await acme.browser().code(str(url), "alice", PASSWORD)
    answer = await redeem(acme, code, url, code_verifier=verifier)
    assert error_of(answer) in ("invalid_grant", "invalid_request")
    assert error_of(await redeem(acme, code, url)) == "invalid_grant"


async def test_a_second_use_of_a_code_revokes_what_the_first_got(acme: World) -> None:
    url = authorization_url()
    code = await acme.browser().code(str(url), "alice", PASSWORD)
    first = (await redeem(acme, code, url)).json()
    assert await is_alive(acme, first["access_token"])
    assert error_of(await redeem(acme, code, url)) == "invalid_grant"
    assert not await is_alive(acme, first["access_token"])
    assert error_of(await refresh(acme, first["refresh_token"])) == "invalid_grant"
    assert len(await acme.events(type="CODE_REUSED")) == 1


async def test_TK_07_a_rotated_refresh_token_revokes_the_family(acme: World) -> None:
    first = await tokens(acme)
    second = (await refresh(acme, first["refresh_token"])).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert error_of(await refresh(acme, first["refresh_token"])) == "invalid_grant"
    assert error_of(await refresh(acme, second["refresh_token"])) == "invalid_grant"
    assert not await is_alive(acme, second["access_token"])
    assert len(await acme.events(type="REFRESH_TOKEN_REUSED")) == 1


async def test_TK_08_of_fifty_parallel_refreshes_at_most_one_succeeds(acme: World) -> None:
    first = await tokens(acme)
    answers = await asyncio.gather(*(refresh(acme, first["refresh_token"]) for _ in range(50)))
    won = [answer for answer in answers if answer.status_code == 200]
    assert len(won) == 1
    assert {answer.json()["error"] for answer in answers if answer not in won} == {"invalid_grant"}
    assert not await is_alive(acme, won[0].json()["access_token"])


async def test_TK_09_a_rotated_refresh_token_stays_dead_after_a_restart(tmp_path: Path) -> None:
    url = new_sqlite_url(tmp_path)
    async with new_world(open_storage(url)) as before:
        realm = await before.realm()
        await before.client(realm)
        await before.user(realm)
        first = await tokens(before)
        assert (await refresh(before, first["refresh_token"])).status_code == 200
    async with new_world(open_storage(url)) as after:
        assert error_of(await refresh(after, first["refresh_token"])) == "invalid_grant"


async def test_TK_10_a_wider_scope_is_invalid(acme: World) -> None:
    answer = await tokens(acme, scope="openid email")
    assert (
        error_of(await refresh(acme, answer["refresh_token"], scope="openid email profile"))
        == "invalid_scope"
    )
    narrower = await refresh(acme, answer["refresh_token"], scope="openid")
    assert narrower.json()["scope"] == "openid"


async def test_TK_10_a_disabled_person_refreshes_nothing(acme: World) -> None:
    answer = await tokens(acme)
    _, alice = await facts(acme)
    await acme.storage.save_user(replace(alice, enabled=False))
    assert error_of(await refresh(acme, answer["refresh_token"])) == "invalid_grant"
    assert not await is_alive(acme, answer["access_token"])


async def test_TK_10_a_reset_password_ends_earlier_tokens(acme: World) -> None:
    answer = await tokens(acme)
    _, alice = await facts(acme)
    acme.clock.advance(seconds=1)
    await acme.storage.save_user(replace(alice, tokens_valid_from=acme.clock.now()))
    assert error_of(await refresh(acme, answer["refresh_token"])) == "invalid_grant"
    assert not await is_alive(acme, answer["access_token"])


async def test_TK_10_a_lost_role_ends_refreshing(world: World) -> None:
    realm = await world.realm()
    client = await world.client(realm)
    await world.user(realm)
    answer = await tokens(world)
    await world.storage.save_client(replace(client, required_role="atera-user"))
    world.deployment.settings.forget(realm.id)
    assert error_of(await refresh(world, answer["refresh_token"])) == "invalid_grant"


async def test_TK_10_consent_taken_back_ends_the_grant(world: World) -> None:
    realm = await world.realm()
    client = await world.client(realm)
    alice = await world.user(realm)
    answer = await tokens(world)
    await world.storage.revoke_grants_of_user(alice.id, client.id, world.clock.now())
    assert error_of(await refresh(world, answer["refresh_token"])) == "invalid_grant"
    assert not await is_alive(world, answer["access_token"])


async def test_TK_11_sliding_does_not_pass_the_absolute_end(acme: World) -> None:
    answer = await tokens(acme)
    for _ in range(9):
        acme.clock.advance(hours=1, minutes=5)
        answer = (await refresh(acme, answer["refresh_token"])).json()
    acme.clock.advance(minutes=20)
    assert error_of(await refresh(acme, answer["refresh_token"])) == "invalid_grant"


async def test_TK_12_a_resource_taken_away_is_no_audience_any_more(world: World) -> None:
    realm = await world.realm()
    client = await world.client(realm, resources=("https://api.example/",))
    await world.user(realm)
    answer = await tokens(world, resource="https://api.example/")
    await world.storage.save_client(replace(client, resources=()))
    world.deployment.settings.forget(realm.id)
    renewed = await refresh(world, answer["refresh_token"])
    assert claims_of(renewed.json()["access_token"])["aud"] == ["https://sso.example/realms/acme", "atera"]


@pytest.mark.parametrize(
    "grant_type, error",
    [
        ("password", "unsupported_grant_type"),
        ("implicit", "unsupported_grant_type"),
        ("urn:ietf:params:oauth:grant-type:token-exchange", "unsupported_grant_type"),
        ("urn:ietf:params:oauth:grant-type:jwt-bearer", "unsupported_grant_type"),
        ("nonsense", "unsupported_grant_type"),
        (None, "invalid_request"),
    ],
)
async def test_TK_13_only_three_grant_types_exist(acme: World, grant_type: str | None, error: str) -> None:
    answer = await post_token(acme, grant_type=grant_type, username="alice", password=PASSWORD)
    assert error_of(answer) == error


async def test_TK_13_a_repeated_grant_type_is_invalid(acme: World) -> None:
    async with acme.http() as http:
        answer = await http.post(
            TOKEN.format("acme"),
            content="grant_type=client_credentials&grant_type=password",
            headers={"content-type": "application/x-www-form-urlencoded"},
            auth=BASIC,
        )
    assert error_of(answer) == "invalid_request"


async def test_TK_16_no_token_answer_may_be_kept_or_echoes_a_secret(acme: World) -> None:
    url = authorization_url()
    code = await acme.browser().code(str(url), "alice", PASSWORD)
    good = await redeem(acme, code, url)
    bad = await redeem(acme, "wrong-code-of-nobody", url, client_secret="a-secret-in-the-body", auth=None)
    for answer in (good, bad):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["pragma"] == "no-cache"
        assert answer.headers["content-type"] == "application/json"
        for secret in (CLIENT_SECRET, "a-secret-in-the-body", url.verifier, code):
            assert secret not in answer.text


@pytest.mark.parametrize("grant_type", ["authorization_code", "refresh_token", "client_credentials"])
async def test_TK_20_a_disabled_client_gets_nothing_with_its_valid_secret(
    acme: World, grant_type: str
) -> None:
    answer = await tokens(acme)
    url = authorization_url()
    callback = await acme.browser().sign_in(str(url), "alice", PASSWORD)
    assert isinstance(callback, Callback)
    realm, _ = await facts(acme)
    client = await acme.storage.client_by_client_id(realm.id, "atera")
    assert client is not None
    await acme.storage.save_client(replace(client, enabled=False, client_credentials=True))
    acme.deployment.settings.forget(realm.id)
    sent = await post_token(
        acme,
        grant_type=grant_type,
        code=callback.code,
        refresh_token=answer["refresh_token"],
        redirect_uri=callback.uri,
        code_verifier=url.verifier,
    )
    assert error_of(sent, 401) == "invalid_client"


async def test_client_credentials_give_the_client_a_token_of_its_own(world: World) -> None:
    realm = await world.realm()
    client = await world.client(realm, client_credentials=True)
    answer = (await post_token(world, grant_type="client_credentials")).json()
    assert claims_of(answer["access_token"])["sub"] == client.id
    assert not {"id_token", "refresh_token"} & answer.keys()


async def test_client_credentials_are_not_for_clients_without_them(acme: World) -> None:
    assert error_of(await post_token(acme, grant_type="client_credentials")) == "unauthorized_client"


async def test_stored_codes_and_refresh_tokens_are_digests(acme: World) -> None:
    answer = await tokens(acme)
    raw = base64.urlsafe_b64decode(answer["refresh_token"] + "==")
    found = await acme.storage.grant_in_use(raw[:16].hex())
    assert found is not None
    assert found.grant.refresh_digest == digest(raw[40:])
