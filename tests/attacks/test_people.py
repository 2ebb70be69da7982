"""AC-03, AC-05 and AC-06: nobody takes rights, or a verified address, by administering."""

import asyncio

import httpx
import pytest

from tests.admin.people import a_tool
from tests.browser import Browser
from tests.console import AdminApi, admin_api, administrator, console, master_of, said
from tests.world import World, new_world
from vestibule.domain.administration import PLATFORM_ADMIN, REALM_ADMIN
from vestibule.domain.realm import Realm
from vestibule.domain.user import Role, User

MASTER = "/admin/realms/master"
FORBIDDEN = {
    "id": "chosen", "realm_id": "other", "realmId": "other", "createdTimestamp": 1, "service_of": "x",
    "serviceAccountClientId": "atera", "access": {"manage": True}, "notBefore": 0, "is_platform_admin": True,
    "tokens_valid_from": 0, "federationLink": "x", "origin": "x",
}  # fmt: skip


async def role_of(world: World, realm: Realm, name: str) -> Role:
    role = await world.storage.role_by_name(realm.id, name)
    assert role is not None
    return role


async def names_of_roles(world: World, user: User) -> set[str]:
    return {role.name for role in await world.storage.roles_of(user.id)}


async def press(browser: Browser, path: str, **values: str) -> httpx.Response:
    """Sends a form of the console, as if its page had been open and its question answered."""
    answer = await browser.post(f"https://sso.example/console/{path}", {**values, "confirmed": "1"})
    assert isinstance(answer, httpx.Response)
    return answer


async def test_AC_03_what_is_not_theirs_is_not_set_when_a_person_is_created() -> None:
    async with a_tool() as tool:
        user_id = await tool.create("users", username="bob", **FORBIDDEN)
        stored = await tool.world.storage.user(user_id)
        assert stored is not None
        assert stored.id != "chosen"
        assert (stored.realm_id, stored.service_of) == (tool.realm.id, None)
        assert stored.created_at == tool.world.clock.at
        assert await tool.world.storage.user("chosen") is None


async def test_AC_03_what_is_not_theirs_is_not_set_when_a_person_is_changed() -> None:
    async with a_tool() as tool:
        user = await tool.world.user(tool.realm)
        await tool.done(
            "PUT", f"users/{user.id}", {**FORBIDDEN, "groups": ["/x"], "realmRoles": [REALM_ADMIN]}
        )
        assert await tool.world.storage.user(user.id) == user
        assert await names_of_roles(tool.world, user) == set()


@pytest.mark.parametrize("kind", ["groups", "roles"])
async def test_AC_03_groups_and_roles_keep_their_id_and_realm(kind: str) -> None:
    async with a_tool() as tool:
        name = await tool.create(
            kind, name="staff", id="chosen", containerId="other", path="/x/y", clientRole=True
        )
        (made,) = [one for one in await tool.read(kind) if one["name"] == "staff"]
        assert made["id"] != "chosen"
        await tool.done("PUT", f"{kind}/{name}", {"id": "chosen", "path": "/x/y", "containerId": "other"})
        (after,) = [one for one in await tool.read(kind) if one["name"] == "staff"]
        assert after == made


async def test_AC_05_a_tool_does_not_change_its_own_administrative_roles() -> None:
    async with a_tool() as tool:
        me = await tool.world.storage.user_by_login(tool.realm.id, "service-account-tool-realm-admin")
        assert me is not None
        admin = await role_of(tool.world, tool.realm, REALM_ADMIN)
        body = [{"id": admin.id, "name": admin.name}]
        answer = await tool.send("DELETE", f"users/{me.id}/role-mappings/realm", body)
        assert answer.status_code == 403
        assert await names_of_roles(tool.world, me) == {REALM_ADMIN}


@pytest.mark.parametrize("way", ["own role", "own group", "group's role", "group", "group above"])
async def test_AC_05_nobody_takes_their_own_administrative_role_away(way: str) -> None:
    async with new_world() as world:
        realm = await world.realm()
        me = await world.user(realm, REALM_ADMIN)
        above = await world.group(realm, "/staff")
        group = await world.group(realm, "/staff/admins", me)
        role = await role_of(world, realm, REALM_ADMIN)
        if way == "own role":
            await world.storage.grant_role(me.id, role.id)
        else:
            await world.storage.grant_group_role(group.id, role.id)
        browser = await console(world)
        path, values = {
            "own role": (f"users/{me.id}/role-mapping/revoke", {"role": role.id}),
            "own group": (f"users/{me.id}/groups/leave", {"group": group.id}),
            "group's role": (f"groups/{group.id}/role-mapping/revoke", {"role": role.id}),
            "group": (f"groups/{group.id}/delete", {}),
            "group above": (f"groups/{above.id}/delete", {}),
        }[way]
        answer = await press(browser, f"acme/{path}", **values)
        assert answer.status_code == 403
        assert await names_of_roles(world, me) == {REALM_ADMIN}


async def test_AC_05_nobody_deletes_or_switches_off_themselves() -> None:
    async with new_world() as world:
        realm = await world.realm()
        browser = await console(world)
        me = await world.storage.user_by_login(realm.id, REALM_ADMIN)
        assert me is not None
        assert (await press(browser, f"acme/users/{me.id}/delete")).status_code == 403
        await browser.get(f"/console/acme/users/{me.id}")
        await browser.send_form(f"/users/{me.id}", enabled=None)
        stored = await world.storage.user(me.id)
        assert stored is not None
        assert stored.enabled


async def test_AC_05_a_role_of_the_platforms_name_gives_nothing_in_a_tenant() -> None:
    async with a_tool() as tool:
        await master_of(tool.world)
        await tool.create("roles", name=PLATFORM_ADMIN)
        me = await tool.world.storage.user_by_login(tool.realm.id, "service-account-tool-realm-admin")
        assert me is not None
        role = await tool.read(f"roles/{PLATFORM_ADMIN}")
        await tool.done("POST", f"users/{me.id}/role-mappings/realm", [role])
        for path in ("/admin/realms", f"{MASTER}/users"):
            assert (await tool.api.get(path)).status_code == 401, "a tenant's token is none of the platform's"


async def test_AC_05_no_other_role_takes_a_built_in_name() -> None:
    async with new_world() as world:
        master = await master_of(world)
        api = await admin_api(world, role=PLATFORM_ADMIN)
        await world.storage.remove_role((await role_of(world, master, "platform-support")).id)
        await api.post(f"{MASTER}/roles", {"name": "helper"})
        renamed = await api.put(f"{MASTER}/roles/helper", {"name": "platform-support"})
        made = await api.post(f"{MASTER}/roles", {"name": "platform-support"})
        assert (renamed.status_code, made.status_code) == (409, 409)
        assert await world.storage.role_by_name(master.id, "platform-support") is None


@pytest.mark.parametrize("role", ["platform-support", "platform-billing"])
async def test_AC_05_lesser_platform_people_grant_nothing(role: str) -> None:
    async with new_world() as world:
        master = await master_of(world)
        admin = await role_of(world, master, PLATFORM_ADMIN)
        api = await admin_api(world, role=role)
        me = await world.storage.user_by_login(master.id, f"service-account-tool-{role}")
        assert me is not None
        path = f"{MASTER}/users/{me.id}/role-mappings/realm"
        answer = await api.post(path, [{"id": admin.id, "name": admin.name}])
        assert answer.status_code == 403
        assert await names_of_roles(world, me) == {role}


async def test_AC_05_tenants_do_not_reach_the_platforms_people() -> None:
    async with a_tool() as tool:
        master = await master_of(tool.world)
        boss = await administrator(tool.world, master, PLATFORM_ADMIN)
        for path in (f"{MASTER}/users/{boss.id}", f"/admin/realms/acme/users/{boss.id}"):
            answer = await tool.api.put(path, {"firstName": "Mine"})
            assert answer.status_code in (401, 403, 404)
        assert await tool.world.storage.user(boss.id) == boss


async def test_AC_05_granting_an_administrators_role_asks_for_a_fresh_sign_in() -> None:
    async with new_world() as world:
        realm = await world.realm()
        alice, role = await world.user(realm), await role_of(world, realm, REALM_ADMIN)
        browser = await console(world)
        world.clock.advance(minutes=16)
        answer = await press(browser, f"acme/users/{alice.id}/role-mapping/grant", role=role.id)
        assert "/protocol/openid-connect" in str(answer.url) or "/login" in str(answer.url)
        assert await names_of_roles(world, alice) == set()


DIRECTLY, BY_GROUP = "directly", "by a group"
LAST_ADMIN_GOES = (
    ("DELETE", "users/{boss}", None, (DIRECTLY, BY_GROUP)),
    ("PUT", "users/{boss}", {"enabled": False}, (DIRECTLY, BY_GROUP)),
    ("DELETE", "users/{boss}/credentials/password", None, (DIRECTLY, BY_GROUP)),
    ("DELETE", "users/{boss}/role-mappings/realm", "role", (DIRECTLY,)),
    ("DELETE", "users/{boss}/groups/{group}", None, (BY_GROUP,)),
    ("DELETE", "groups/{group}/role-mappings/realm", "role", (BY_GROUP,)),
    ("DELETE", "groups/{group}", None, (BY_GROUP,)),
)


@pytest.mark.parametrize(
    "method, path, body, holds",
    [(method, path, body, one) for method, path, body, holds in LAST_ADMIN_GOES for one in holds],
)
async def test_AC_05_the_last_platform_admin_stays(method: str, path: str, body: object, holds: str) -> None:
    async with new_world() as world:
        master = await master_of(world)
        role = await role_of(world, master, PLATFORM_ADMIN)
        boss = await world.user(master, "boss")
        group = await world.group(master, "/admins", boss)
        if holds == DIRECTLY:
            await world.storage.grant_role(boss.id, role.id)
        else:
            await world.storage.grant_group_role(group.id, role.id)
        api = await admin_api(world, role=PLATFORM_ADMIN)
        sent = [{"id": role.id, "name": role.name}] if body == "role" else body
        address = f"{MASTER}/{path.format(boss=boss.id, group=group.id)}"
        answer = await api.send(method, address, sent)
        assert (answer.status_code, answer.json()["error"]) == (403, "not_changeable")
        assert await world.storage.user(boss.id) == boss
        assert await world.storage.password(boss.id) is not None
        assert PLATFORM_ADMIN in await names_of_roles(world, boss)


async def two_bosses(world: World) -> tuple[AdminApi, Role, list[User]]:
    """Two Platform Admins, and a tool that may take either away."""
    master = await master_of(world)
    bosses = [await administrator(world, master, PLATFORM_ADMIN, username=name) for name in ("ann", "ben")]
    return await admin_api(world, role=PLATFORM_ADMIN), await role_of(world, master, PLATFORM_ADMIN), bosses


async def test_AC_05_one_of_two_platform_admins_can_go() -> None:
    async with new_world() as world:
        api, _, (ann, ben) = await two_bosses(world)
        assert (await api.delete(f"{MASTER}/users/{ann.id}")).status_code == 204
        assert (await api.delete(f"{MASTER}/users/{ben.id}")).status_code == 403
        assert await world.storage.user(ben.id) == ben


@pytest.mark.parametrize("way", ["delete", "disable", "revoke", "one of each"])
async def test_AC_05_two_platform_admins_do_not_go_at_the_same_time(way: str) -> None:
    async with new_world() as world:
        api, role, (ann, ben) = await two_bosses(world)
        body = [{"id": role.id, "name": role.name}]

        def go(user: User, way: str) -> asyncio.Future[httpx.Response]:
            path = f"{MASTER}/users/{user.id}"
            match way:
                case "delete":
                    return asyncio.ensure_future(api.delete(path))
                case "disable":
                    return asyncio.ensure_future(api.put(path, {"enabled": False}))
            return asyncio.ensure_future(api.delete(f"{path}/role-mappings/realm", body))

        ways = ("delete", "revoke") if way == "one of each" else (way, way)
        answers = await asyncio.gather(go(ann, ways[0]), go(ben, ways[1]))
        assert sorted(answer.status_code for answer in answers) == [204, 403]
        left = [await world.storage.user(user.id) for user in (ann, ben)]
        active = [user for user in left if user is not None and user.enabled]
        assert any([PLATFORM_ADMIN in await names_of_roles(world, user) for user in active])


async def test_AC_06_nobody_vouches_for_their_own_address() -> None:
    async with new_world() as world:
        realm = await world.realm()
        browser = await console(world)
        me = await world.storage.user_by_login(realm.id, REALM_ADMIN)
        assert me is not None
        page = await browser.get(f"/console/acme/users/{me.id}")
        assert "Email verified" not in said(page)
        await browser.send_form(
            f"/users/{me.id}", email="mine@evil.example", email_verified="on", emailVerified="on"
        )
        changed = await world.storage.user(me.id)
        assert changed is not None
        assert (changed.email, changed.email_verified) == ("mine@evil.example", False)


@pytest.mark.parametrize("said_verified, verified", [(None, False), (False, False), (True, True)])
async def test_AC_06_another_address_is_verified_by_an_administrators_word_only(
    said_verified: bool | None, verified: bool
) -> None:
    async with a_tool() as tool:
        user = await tool.world.user(tool.realm)
        body: dict[str, object] = {"email": "new@acme.example"}
        if said_verified is not None:
            body["emailVerified"] = said_verified
        await tool.done("PUT", f"users/{user.id}", body)
        assert (await tool.read(f"users/{user.id}"))["emailVerified"] is verified


async def test_AC_06_a_changed_address_is_told_to_the_old_and_asked_of_the_new() -> None:
    async with a_tool() as tool:
        user = await tool.world.user(tool.realm)
        await tool.done("PUT", f"users/{user.id}", {"email": "new@acme.example"})
        letters = {letter.recipient: letter for letter in await tool.world.mails()}
        assert set(letters) == {"alice@acme.example", "new@acme.example"}
        assert "token=" in letters["new@acme.example"].text
        assert "token=" not in letters["alice@acme.example"].text
