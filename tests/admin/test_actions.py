"""What the console's buttons do, over the Admin API."""

from tests.console import admin_api
from tests.world import new_world


async def test_keys_are_rolled_over_and_the_former_ones_stay_published() -> None:
    async with new_world() as world:
        realm = await world.realm()
        former = {key.kid: key.state for key in await world.storage.keys(realm.id)}
        api = await admin_api(world)
        answer = await api.post("/admin/realms/acme/keys/roll-over")
        assert answer.status_code == 200, answer.text
        present = {key.kid: key.state for key in await world.storage.keys(realm.id)}
        following = next(kid for kid, state in former.items() if state == "next")
        assert present[following] == "active"
        assert set(former) <= set(present)
        assert len(await world.events(realm, "KEY_ROTATED")) == 1


async def test_a_test_mail_without_a_server_says_so() -> None:
    async with new_world() as world:
        await world.realm()
        api = await admin_api(world)
        answer = await api.post("/admin/realms/acme/testSMTPConnection", {"address": "ada@acme.example"})
        assert answer.status_code in (200, 409)
        assert "error" in answer.json()


async def test_tokens_are_evaluated_and_nothing_is_issued() -> None:
    async with new_world() as world:
        realm = await world.realm()
        client, user = await world.client(realm), await world.user(realm)
        api = await admin_api(world)
        base = f"/admin/realms/acme/clients/{client.id}/evaluate-scopes"
        answer = await api.get(f"{base}/generate-example-id-token", userId=user.id, scope="openid email")
        assert answer.json()["email"] == "alice@acme.example"
        assert (await world.storage.list_sessions(realm.id)).total == 0


async def test_a_person_of_another_realm_is_not_evaluated() -> None:
    async with new_world() as world:
        client = await world.client(await world.realm())
        foreign = await world.user(await world.realm("globex"))
        api = await admin_api(world)
        path = f"/admin/realms/acme/clients/{client.id}/evaluate-scopes/generate-example-userinfo"
        assert (await api.get(path, userId=foreign.id)).status_code == 404
