"""Attack rows UI, IN and RV: userinfo, introspection, revocation."""

import base64
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.application import (
    BASIC,
    USERINFO,
    claims_of,
    introspect,
    is_alive,
    post_token,
    redeem,
    refresh,
    revoke,
    tokens,
    userinfo,
)
from tests.browser import authorization_url
from tests.world import CLIENT_SECRET, PASSWORD, VAULT, World
from vestibule.crypto.keys import Keyring
from vestibule.domain.errors import StorageUnavailable
from vestibule.flows.ports import Storage
from vestibule.flows.token.verified import VerifiedTokens
from vestibule.oidc.access_token import AccessToken


@pytest.fixture
async def acme(world: World) -> World:
    realm = await world.realm()
    await world.client(realm)
    await world.client(realm, "syncro")
    await world.client(realm, "native", public=True)
    await world.user(realm)
    return world


async def test_UI_01_a_token_in_the_query_is_refused(acme: World) -> None:
    access_token = (await tokens(acme))["access_token"]
    async with acme.http() as http:
        answer = await http.get(USERINFO.format("acme"), params={"access_token": access_token})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert "sub" not in answer.json()


async def test_UI_01_a_token_sent_twice_is_refused(acme: World) -> None:
    access_token = (await tokens(acme))["access_token"]
    async with acme.http() as http:
        answer = await http.post(
            USERINFO.format("acme"),
            data={"access_token": access_token},
            headers={"authorization": f"Bearer {access_token}"},
        )
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_UI_01_without_a_token_the_challenge_has_no_error(acme: World) -> None:
    async with acme.http() as http:
        answer = await http.get(USERINFO.format("acme"))
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="acme"'


async def test_userinfo_takes_a_token_in_the_form(acme: World) -> None:
    access_token = (await tokens(acme))["access_token"]
    async with acme.http() as http:
        answer = await http.post(USERINFO.format("acme"), data={"access_token": access_token})
    assert answer.json()["email"] == "alice@acme.example"


def refused(answer: httpx.Response) -> None:
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]
    assert "sub" not in answer.json()


async def test_UI_02_a_token_of_another_realm_is_refused(acme: World) -> None:
    access_token = (await tokens(acme))["access_token"]
    await acme.realm("globex")
    refused(await userinfo(acme, access_token, "globex"))


async def test_UI_02_a_token_of_another_issuer_with_our_kid_is_refused(acme: World) -> None:
    answer = await tokens(acme)
    realm = await acme.storage.realm_by_name("acme")
    assert realm is not None
    active = await acme.deployment.settings.active_realm("acme")
    claims = claims_of(answer["access_token"]) | {"iss": "https://sso.example/realms/globex"}
    refused(await userinfo(acme, active.keyring.sign(claims, "RS256", "at+jwt")))


async def test_UI_02_an_id_token_is_no_access_token(acme: World) -> None:
    refused(await userinfo(acme, (await tokens(acme))["id_token"]))


async def test_UI_02_an_expired_token_is_refused(acme: World) -> None:
    access_token = (await tokens(acme))["access_token"]
    acme.clock.advance(seconds=301)
    refused(await userinfo(acme, access_token))


async def test_UI_02_a_revoked_token_is_refused(acme: World) -> None:
    access_token = (await tokens(acme))["access_token"]
    assert (await revoke(acme, access_token)).status_code == 200
    refused(await userinfo(acme, access_token))


async def test_UI_02_a_token_of_a_disabled_person_is_refused(acme: World) -> None:
    access_token = (await tokens(acme))["access_token"]
    user = await acme.storage.user(claims_of(access_token)["sub"])
    assert user is not None
    await acme.storage.save_user(replace(user, enabled=False))
    refused(await userinfo(acme, access_token))


def misspelt(token: str) -> list[str]:
    """The same bytes in other spellings, and fewer bytes."""
    head, _, signature = token.rpartition(".")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet[alphabet.index(signature[-1]) ^ 1]
    padded = base64.urlsafe_b64encode(base64.urlsafe_b64decode(signature + "==")).decode()
    return [
        token[:-1],
        f"{token}=",
        f"{token}==",
        f"{head}.{padded}",
        f"{head}.{signature[:-1]}{last}",
        token + ".",
    ]


async def test_UI_04_a_token_has_one_spelling(acme: World) -> None:
    access_token = (await tokens(acme))["access_token"]
    for wrong in misspelt(access_token):
        refused(await userinfo(acme, wrong))
        assert (await introspect(acme, wrong)).json() == {"active": False}
    assert await is_alive(acme, access_token)


@pytest.mark.parametrize(
    "auth, fields",
    [(None, {}), (None, {"client_id": "native"}), (("atera", "wrong"), {}), (("nobody", "x"), {})],
)
async def test_IN_01_introspection_asks_who_is_asking(
    acme: World, auth: tuple[str, str] | None, fields: dict[str, str]
) -> None:
    access_token = (await tokens(acme))["access_token"]
    async with acme.http() as http:
        answer = await http.post(
            "/realms/acme/protocol/openid-connect/token/introspect",
            data={"token": access_token, **fields},
            auth=auth or httpx.USE_CLIENT_DEFAULT,
        )
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert "active" not in answer.json()


async def test_IN_01_a_token_of_others_is_inactive(acme: World) -> None:
    answer = await tokens(acme)
    for token in (answer["access_token"], answer["refresh_token"]):
        seen = await introspect(acme, token, ("syncro", CLIENT_SECRET))
        assert seen.json() == {"active": False}
        assert (await introspect(acme, token)).json()["active"] is True


async def test_RV_01_a_foreign_token_is_refused_and_lives(acme: World) -> None:
    answer = await tokens(acme)
    for token in (answer["access_token"], answer["refresh_token"]):
        assert (await revoke(acme, token, ("syncro", CLIENT_SECRET))).status_code == 400
    assert await is_alive(acme, answer["access_token"])
    assert (await refresh(acme, answer["refresh_token"])).status_code == 200


async def test_RV_01_a_public_client_revokes_its_own_token(acme: World) -> None:
    url = authorization_url(client_id="native")
    code = await acme.browser().code(str(url), "alice", PASSWORD)
    answer = (await redeem(acme, code, url, auth=None, client_id="native")).json()
    assert (await revoke(acme, answer["refresh_token"], auth=None, client_id="native")).status_code == 200
    refused(await userinfo(acme, answer["access_token"]))


@pytest.mark.parametrize("token", ["unknown", "a.b.c", "A" * 96, "x" * 20_000])
async def test_RV_01_an_unknown_token_is_no_error(acme: World, token: str) -> None:
    assert (await revoke(acme, token)).status_code == 200


async def test_RV_01_revoking_twice_is_no_error(acme: World) -> None:
    answer = await tokens(acme)
    for _ in range(2):
        assert (await revoke(acme, answer["refresh_token"])).status_code == 200
    assert len(await acme.events(type="GRANT_REVOKED")) == 1


async def test_RV_02_with_a_refresh_token_die_its_siblings(acme: World) -> None:
    first = await tokens(acme)
    second = (await refresh(acme, first["refresh_token"])).json()
    assert (await revoke(acme, second["refresh_token"])).status_code == 200
    for token in (first["access_token"], second["access_token"]):
        assert not await is_alive(acme, token)
    assert (await refresh(acme, second["refresh_token"])).status_code == 400


async def test_RV_02_an_old_refresh_token_revokes_the_grant_too(acme: World) -> None:
    first = await tokens(acme)
    second = (await refresh(acme, first["refresh_token"])).json()
    assert (await revoke(acme, first["refresh_token"])).status_code == 200
    assert not await is_alive(acme, second["access_token"])


class ReadOnly:
    """A store whose writes fail, as on a full disk."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def __getattr__(self, name: str) -> Any:
        if name.startswith(("add_", "save_", "take_", "revoke_", "rotate_", "touch_", "transaction")):
            return self._fail
        return getattr(self._storage, name)

    async def _fail(self, *_: Any, **__: Any) -> None:
        raise StorageUnavailable("the disk is full")


def with_failing_writes(world: World) -> Callable[[], Awaitable[None]]:
    deployment = replace(world.deployment, storage=ReadOnly(world.storage))
    world.app.context = replace(world.app.context, deployment=deployment)

    async def heal() -> None:
        world.app.context = replace(world.app.context, deployment=world.deployment)

    return heal


async def test_RV_03_a_storage_error_is_never_a_200(acme: World) -> None:
    answer = await tokens(acme)
    heal = with_failing_writes(acme)
    for token in (answer["refresh_token"], answer["access_token"]):
        failed = await revoke(acme, token)
        assert failed.status_code == 503
        assert failed.json()["error"] == "storage_unavailable"
    await heal()
    assert await is_alive(acme, answer["access_token"])


async def test_while_writes_fail_reads_still_answer(acme: World) -> None:
    answer = await tokens(acme)
    with_failing_writes(acme)
    assert (await userinfo(acme, answer["access_token"])).status_code == 200
    assert (
        await post_token(acme, auth=BASIC, grant_type="refresh_token", refresh_token=answer["refresh_token"])
    ).status_code == 503


async def test_UI_02_a_token_that_was_seen_before_still_expires(acme: World) -> None:
    access_token = (await tokens(acme))["access_token"]
    assert (await userinfo(acme, access_token)).status_code == 200
    acme.clock.advance(seconds=301)
    refused(await userinfo(acme, access_token))


async def test_UI_02_a_token_that_was_seen_before_dies_with_its_key(acme: World) -> None:
    access_token = (await tokens(acme))["access_token"]
    assert (await userinfo(acme, access_token)).status_code == 200
    realm = await acme.storage.realm_by_name("acme")
    assert realm is not None
    for key in await acme.storage.keys(realm.id):
        retired = replace(key, state="retired", expires_at=acme.clock.now())
        await acme.storage.save_key(retired)
    refused(await userinfo(acme, access_token))


def test_only_so_many_verified_tokens_are_kept() -> None:
    keyring, seen = Keyring([], VAULT), VerifiedTokens(most=2)
    token = AccessToken("jti", "sub", "client", (), (), 0, None, {})
    for text in ("first", "second", "third"):
        seen.keep(keyring, text, token)
    assert [seen.find(keyring, text) for text in ("first", "second", "third")] == [None, token, token]
    assert seen.find(Keyring([], VAULT), "third") is None
