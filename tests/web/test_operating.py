"""Health, metrics, the page / and mounting: what operators and host applications meet."""

import asyncio
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from tests.application import post_token, tokens
from tests.world import PUBLIC_URL, World, new_world
from vestibule.main import build, create_app
from vestibule.settings import Settings

TOKEN = "an-operators-token-for-tests"


async def get(world: World, path: str, **headers: str) -> httpx.Response:
    async with world.http() as http:
        return await http.get(path, headers=headers)


@pytest.mark.parametrize("path", ["/health", "/health/live", "/health/ready"])
async def test_health_says_only_up_to_strangers(world: World, path: str) -> None:
    answer = await get(world, path)
    assert (answer.status_code, answer.json()) == (200, {"status": "UP"})


async def test_health_tells_the_operator_what_was_checked() -> None:
    async with new_world(metrics_token=TOKEN) as world:
        answer = await get(world, "/health/ready", authorization=f"Bearer {TOKEN}")
        assert [check["name"] for check in answer.json()["checks"]] == ["database"]


async def test_a_dead_database_is_down_but_alive(world: World) -> None:
    await world.storage.close()
    ready = await get(world, "/health/ready")
    assert (ready.status_code, ready.json()) == (503, {"status": "DOWN"})
    assert (await get(world, "/health/live")).status_code == 200


@pytest.mark.parametrize("authorization", ["", "Bearer wrong", "Bearer ", "Bearer \xff"])
async def test_metrics_are_for_the_operator(authorization: str) -> None:
    async with new_world(metrics_token=TOKEN) as world, world.http() as http:
        answer = await http.get("/metrics", headers=[(b"authorization", authorization.encode("latin-1"))])
        assert answer.status_code == 401
        assert "vestibule" not in answer.text


async def test_without_a_token_metrics_are_for_nobody(world: World) -> None:
    assert (await get(world, "/metrics", authorization="Bearer ")).status_code == 401


async def test_metrics_count_requests_and_name_the_version() -> None:
    async with new_world(metrics_token=TOKEN) as world:
        await get(world, "/health/live")
        text = (await get(world, "/metrics", authorization=f"Bearer {TOKEN}")).text
    assert 'http_server_requests_seconds_count{method="GET",route="/health/live",status="200"} 1.0' in text
    assert 'vestibule_build_info{version="test"} 1.0' in text
    assert "vestibule_outbox_pending 0.0" in text


async def test_a_method_that_does_not_exist_is_not_a_new_label() -> None:
    async with new_world(metrics_token=TOKEN) as world, world.http() as http:
        for number in range(5):
            await http.request(f"ODD{number}", "/health/live")
        text = (await get(world, "/metrics", authorization=f"Bearer {TOKEN}")).text
    assert "ODD" not in text


async def test_on_a_public_address_the_page_names_no_realm(world: World) -> None:
    await world.realm("secret-customer")
    answer = await get(world, "/")
    assert answer.status_code == 200
    assert "secret-customer" not in answer.text


async def test_on_loopback_the_page_lists_the_realms() -> None:
    async with new_world(public_url="http://localhost:3000") as world:
        await world.realm("acme")
        assert "http://localhost:3000/realms/acme" in (await get(world, "/")).text


async def test_an_unknown_page_and_a_wrong_method_have_names(world: World) -> None:
    assert "page_not_found" in (await get(world, "/nothing")).text
    realm = await world.realm()
    answer = await get(world, f"/realms/{realm.name}/protocol/openid-connect/token")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST, OPTIONS"


async def test_console_alone_leads_to_the_tenants(world: World) -> None:
    answer = await get(world, "/console")
    assert (answer.status_code, answer.headers["location"]) == (303, "/platform")


async def test_head_is_answered_as_get(world: World) -> None:
    async with world.http() as http:
        assert (await http.head("/health/live")).status_code == 200


async def test_browsers_of_other_origins_may_ask_the_token_endpoint(world: World) -> None:
    await world.realm()
    async with world.http() as http:
        answer = await http.options(
            "/realms/acme/protocol/openid-connect/token", headers={"origin": "https://spa.example"}
        )
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers


def settings(directory: Path) -> Settings:
    return Settings(public_url=PUBLIC_URL, data_dir=directory, secret_key="s" * 16 + "0123456789abcdef")


async def test_create_app_opens_nothing_twice_and_can_be_mounted(tmp_path: Path) -> None:
    app = create_app(settings(tmp_path))
    host = Starlette(routes=[Mount("/sso", app=app)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(host), base_url=PUBLIC_URL) as http:
        answers = await asyncio.gather(*(http.get("/sso/health/ready") for _ in range(5)))
        assert {answer.status_code for answer in answers} == {200}
        document = (await http.get("/sso/realms/master/.well-known/openid-configuration")).json()
    await app.stop()
    assert document["issuer"] == f"{PUBLIC_URL}/realms/master"


async def test_the_clock_does_not_run_back_over_a_restart(tmp_path: Path) -> None:
    first = build(settings(tmp_path))
    await first.start()
    ahead = first.clock.now().replace(year=2040, microsecond=0)
    await first.storage.set_value("time_high", str(int(ahead.timestamp() * 1_000_000)))
    await first.stop()
    second = build(settings(tmp_path))
    await second.start()
    assert second.clock.now() == ahead
    await second.stop()


async def test_a_second_service_on_one_sqlite_file_is_refused(tmp_path: Path) -> None:
    first = build(settings(tmp_path))
    with pytest.raises(Exception, match="another Vestibule serves"):
        build(settings(tmp_path))
    await first.storage.close()


async def test_a_token_answer_is_counted_but_its_secrets_are_not_logged(world: World) -> None:
    realm = await world.realm()
    await world.client(realm)
    await world.user(realm)
    answer = await tokens(world)
    await post_token(world, grant_type="refresh_token", refresh_token=answer["refresh_token"])
    world.app.context.log.flush()
    text = b"".join(world.log).decode()
    assert '"route":"protocol/openid-connect/token"' in text
    for secret in (answer["access_token"], answer["refresh_token"], answer["id_token"]):
        assert secret not in text


async def test_a_disabled_realm_is_not_there(world: World) -> None:
    realm = await world.realm()
    await world.storage.save_realm(replace(realm, enabled=False))
    answer = await get(world, "/realms/acme/.well-known/openid-configuration")
    assert (answer.status_code, answer.json()["error"]) == (404, "realm_not_found")
