"""The password grant: unknown everywhere but for admin-cli of master, where the operator switched it on."""

from dataclasses import replace

import httpx
import pytest

from tests.application import post_token, userinfo
from tests.world import PASSWORD, World
from vestibule.domain.realm import SignInPolicy
from vestibule.flows.factors.password import ATTEMPTS_PER_PERSON


@pytest.fixture
async def master(world: World) -> World:
    """The realm `master` with its tools' client, the grant switched on."""
    realm = await world.realm("master")
    await world.client(realm, "admin-cli", public=True, standard_flow=False)
    await world.client(realm, "other", public=True)
    await world.user(realm)
    switched_on = replace(world.deployment, admin_cli_password_grant=True)
    world.app.context = replace(world.app.context, deployment=switched_on)
    return world


async def ask(world: World, client_id: str = "admin-cli", password: str = PASSWORD) -> httpx.Response:
    return await post_token(
        world, "master", None, grant_type="password", client_id=client_id, username="alice",
        password=password, scope="openid",
    )  # fmt: skip


async def test_TK_13_switched_on_admin_cli_gets_tokens_that_refresh_and_work(master: World) -> None:
    answer = (await ask(master)).json()
    assert (await userinfo(master, answer["access_token"], "master")).status_code == 200
    again = await post_token(
        master, "master", None, grant_type="refresh_token", client_id="admin-cli",
        refresh_token=answer["refresh_token"],
    )  # fmt: skip
    assert again.status_code == 200
    assert len(await master.events(type="LOGIN")) == 1


async def test_TK_13_switched_on_it_is_still_unknown_to_other_clients(master: World) -> None:
    assert (await ask(master, "other")).json()["error"] == "unsupported_grant_type"


async def test_TK_13_switched_off_it_is_unknown_to_admin_cli(master: World) -> None:
    master.app.context = replace(master.app.context, deployment=master.deployment)
    assert (await ask(master)).json()["error"] == "unsupported_grant_type"
    assert await master.events() == []


async def test_TK_13_wrong_passwords_are_counted_as_everywhere(master: World) -> None:
    for _ in range(ATTEMPTS_PER_PERSON):
        assert (await ask(master, password="wrong password")).json()["error"] == "invalid_grant"
    assert (await ask(master)).status_code == 429


async def test_where_the_realm_takes_no_passwords_there_is_no_password_grant(master: World) -> None:
    realm = await master.storage.realm_by_name("master")
    assert realm is not None
    await master.storage.save_realm(replace(realm, sign_in=SignInPolicy(password=False)))
    assert (await ask(master)).json()["error"] == "unsupported_grant_type"
    assert await master.events() == []


async def test_the_clients_own_rule_holds_for_the_password_grant_too(master: World) -> None:
    realm = await master.storage.realm_by_name("master")
    assert realm is not None
    client = await master.storage.client_by_client_id(realm.id, "admin-cli")
    assert client is not None
    await master.storage.save_client(replace(client, required_role="platform-admin"))
    refused = await ask(master)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert await master.events(type="LOGIN") == []
