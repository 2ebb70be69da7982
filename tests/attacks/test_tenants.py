"""Tenants beside one another: names, keys, caches, exports, and a tenant that is switched off (MT)."""

import asyncio
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.application import introspect, redeem, refresh, userinfo
from tests.attacks.tenants import OWN_PAGE, changed, stored, two_tenants
from tests.browser import Callback, authorization_url
from tests.console import admin_api, console, master_of, sign_in
from tests.world import CLIENT_SECRET, PASSWORD, World, new_world
from vestibule.crypto.jose import read_unverified_claims

DISCOVERY = "/realms/{}/.well-known/openid-configuration"
CERTS = "/realms/{}/protocol/openid-connect/certs"


async def tokens_of(world: World, realm: str, username: str) -> dict[str, Any]:
    url = authorization_url(realm)
    code = await world.browser().code(str(url), username, PASSWORD)
    found: dict[str, Any] = (await redeem(world, code, url)).json()
    return found


NAMES = (
    "ACME", "Acme", "acme%20", "acme ", "%61cme", "acme%2f", "acme%00", "acme.", "асme", "acme%2e",
    "%2e%2e", "", "acme;x", "acme%0a", "ａｃｍｅ", "acme%20%20", "master ", "Master", "acme%c2%a0",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
async def test_MT_03_a_name_that_only_looks_like_the_tenants_finds_nothing(name: str) -> None:
    async with new_world() as world:
        await world.realm()
        await master_of(world)
        http = world.http()
        for path in (DISCOVERY, CERTS, "/console/{}", "/console/{}/users", "/realms/{}/account"):
            raw = path.format(quote(name, safe="%;")).encode()
            answer = await http.send(
                httpx.Request("GET", httpx.URL("https://sso.example", raw_path=raw), headers=http.headers)
            )
            # `%61` is the letter a: the same name in another spelling of the address.
            is_same = name == "%61cme" and answer.status_code in (200, 303)
            assert answer.status_code in (400, 404) or is_same, path


TAKEN = (
    "acme",
    "ACME",
    "AcMe",
    "master",
    "MASTER",
    "a/b",
    "..",
    "",
    " ",
    "a" * 65,
    "a b",
    "é",
    "-a",
    "acme/",
)


@pytest.mark.parametrize("name", TAKEN)
async def test_MT_03_no_tenant_gets_a_name_that_is_taken_or_is_none(name: str) -> None:
    async with two_tenants() as tenants:
        api = await admin_api(tenants.world, role="platform-admin")
        browser = await console(tenants.world, role="platform-admin")
        before = stored(tenants.world)
        answer = await api.post("/admin/realms", {"realm": name})
        assert answer.status_code in (400, 409)
        page = await browser.http.post("/platform/realms/new", data={"name": name}, headers=OWN_PAGE)
        assert page.status_code in (400, 409)
        assert changed(before, stored(tenants.world)) == []


async def test_MT_03_two_tenants_of_one_name_are_not_made_at_the_same_time() -> None:
    async with two_tenants() as tenants:
        api = await admin_api(tenants.world, role="platform-admin")
        answers = await asyncio.gather(
            *(api.post("/admin/realms", {"realm": name}) for name in ("fresh", "FRESH", "Fresh"))
        )
        assert [answer.status_code for answer in answers].count(201) == 1
        assert all(answer.status_code in (201, 400, 409) for answer in answers)


async def test_MT_04_discovery_and_keys_are_of_the_tenant_alone() -> None:
    async with two_tenants() as tenants:
        http = tenants.world.http()
        documents = {name: await http.get(DISCOVERY.format(name)) for name in ("acme", "globex")}
        keys = {name: (await http.get(CERTS.format(name))).json()["keys"] for name in documents}
        assert "globex" not in documents["acme"].text
        assert "acme" not in documents["globex"].text
        assert not {key["n"] for key in keys["acme"]} & {key["n"] for key in keys["globex"]}


async def test_MT_04_a_token_of_one_tenant_is_none_of_the_other() -> None:
    async with new_world() as world:
        for name in ("acme", "globex"):
            realm = await world.realm(name)
            await world.client(realm)
            await world.user(realm)
        found = await tokens_of(world, "acme", "alice")
        assert (await userinfo(world, found["access_token"], "acme")).status_code == 200
        assert (await userinfo(world, found["access_token"], "globex")).status_code == 401
        there = await introspect(world, found["access_token"], realm="globex")
        assert there.json() == {"active": False}
        assert read_unverified_claims(found["id_token"])["iss"] == "https://sso.example/realms/acme"


async def test_MT_06_a_disabled_tenant_refuses_everybody_at_once() -> None:
    async with two_tenants() as tenants:
        world, realm = tenants.world, tenants.realms["acme"]
        await world.client(realm)
        found = await tokens_of(world, "acme", "acme-alice")
        account = world.browser()
        await sign_in(account, "/realms/acme/account", "acme-alice")
        boss = await admin_api(world, role="platform-admin")
        assert (await boss.put("/admin/realms/acme", {"enabled": False})).status_code == 204
        assert (await userinfo(world, found["access_token"])).status_code in (401, 404)
        assert (await refresh(world, found["refresh_token"])).status_code in (400, 404)
        assert (await introspect(world, found["access_token"])).status_code == 404
        assert (await account.http.get("/realms/acme/account")).status_code == 404
        assert (await account.http.get(str(authorization_url()))).status_code == 404
        for path in (DISCOVERY, CERTS):
            assert (await world.http().get(path.format("acme"))).status_code == 404
        assert (await world.http().get(DISCOVERY.format("globex"))).status_code == 200
        # The platform's people reach it, to open it again.
        assert (await boss.put("/admin/realms/acme", {"enabled": True})).status_code == 204
        assert (await world.http().get(DISCOVERY.format("acme"))).status_code == 200


async def test_MT_07_equal_names_in_two_tenants_know_nothing_of_one_another() -> None:
    async with two_tenants() as tenants:
        globex = await admin_api(tenants.world, "globex")
        bodies = {
            "users": {"username": "acme-alice", "email": "alice@acme.example"},
            "clients": {"clientId": "acme-shop"},
            "groups": {"name": "acme-staff"},
            "roles": {"name": "acme-editor"},
            "client-scopes": {"name": "acme-reports"},
        }
        before = stored(tenants.world)
        for kind, body in bodies.items():
            answer = await globex.post(f"/admin/realms/globex/{kind}", body)
            assert answer.status_code == 201, answer.text
        acme = tenants.realms["acme"].id
        after = stored(tenants.world)
        for name in ("users", "clients", "groups", "roles", "client_scopes", "user_roles", "members"):
            assert [row for row in after[name] if acme in row] == [row for row in before[name] if acme in row]


async def test_MT_08_nothing_that_is_kept_ready_mixes_two_tenants() -> None:
    """Equal client IDs, user names and colours in both, asked for in turns so that every cache is warm."""
    async with new_world() as world:
        secrets = {"acme": CLIENT_SECRET, "globex": CLIENT_SECRET + "-of-globex"}
        for name, secret in secrets.items():
            realm = await world.realm(name)
            client = await world.client(realm, redirect_uris=(f"https://{name}.example/cb",))
            await world.storage.save_client(replace(client, secrets=(world.secret(client.id, secret),)))
            await world.user(realm, email=f"alice@{name}.example")
        http = world.http()
        for _ in range(3):
            for name, other in (("acme", "globex"), ("globex", "acme")):
                metadata = (await http.get(DISCOVERY.format(name))).json()
                assert metadata["issuer"] == f"https://sso.example/realms/{name}"
                uri, foreign = f"https://{name}.example/cb", f"https://{other}.example/cb"
                refused = await http.get(str(authorization_url(name, redirect_uri=foreign)))
                assert refused.status_code == 400
                url = authorization_url(name, redirect_uri=uri)
                answer = await world.browser().sign_in(str(url), "alice", PASSWORD)
                assert isinstance(answer, Callback)
                assert answer.uri == uri
                form = {
                    "grant_type": "authorization_code", "code": answer.code, "redirect_uri": uri,
                    "code_verifier": url.verifier,
                }  # fmt: skip
                token = f"/realms/{name}/protocol/openid-connect/token"
                wrong = await http.post(token, data=form, auth=("atera", secrets[other]))
                assert wrong.status_code == 401
                right = await http.post(token, data=form, auth=("atera", secrets[name]))
                person = await userinfo(world, right.json()["access_token"], name)
                assert person.json()["email"] == f"alice@{name}.example"


async def test_MT_09_an_export_carries_its_own_tenant_only() -> None:
    async with two_tenants() as tenants:
        for role in ("realm-admin", "platform-admin"):
            api = await admin_api(tenants.world, role=role)
            answer = await api.post("/admin/realms/acme/partial-export")
            assert answer.status_code == 200
            assert "acme-alice" in answer.text
            assert "globex" not in answer.text
            assert CLIENT_SECRET not in answer.text
            assert "$argon2" not in answer.text


async def test_MT_11_what_is_switched_off_is_not_given_out_though_it_is_stored() -> None:
    """Passkeys of a realm that takes none, and a service account whose client acts for itself no more."""
    async with two_tenants() as tenants:
        world, realm = tenants.world, tenants.realms["acme"]
        kept = await world.storage.realm_by_id(realm.id)
        assert kept is not None
        await world.storage.save_realm(replace(kept, sign_in=replace(kept.sign_in, passkey=False)))
        browser = world.browser()
        await world.client(realm)
        page = await browser.get(str(authorization_url()))
        assert isinstance(page, httpx.Response)
        assert "passkey" not in page.text.lower()
        options = await browser.http.post("/realms/acme/login/passkey-options", headers={"origin": "null"})
        assert options.status_code >= 400
        token = "/realms/acme/protocol/openid-connect/token"
        form, auth = {"grant_type": "client_credentials"}, ("acme-shop", CLIENT_SECRET)
        assert (await world.http().post(token, data=form, auth=auth)).status_code == 200
        api = await admin_api(world)
        path = f"/admin/realms/acme/clients/{tenants.ids['acme']['client']}"
        assert (await api.put(path, {"serviceAccountsEnabled": False})).status_code == 204
        assert (await world.http().post(token, data=form, auth=auth)).status_code == 400
