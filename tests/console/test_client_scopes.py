"""Client scopes, the scopes of a client, mappers, and the preview of tokens."""

import json
import re
from dataclasses import replace
from html import unescape
from typing import Any

import httpx
import pytest

from tests.browser import Browser
from tests.console import console, said
from tests.world import World, new_world
from vestibule.domain.client import Client
from vestibule.domain.client_scope import ClientScope, MapperKind, ProtocolMapper
from vestibule.domain.realm import Realm

ATTRIBUTE: MapperKind = "oidc-usermodel-attribute-mapper"
EVERYWHERE = {"id.token.claim": "true", "access.token.claim": "true", "userinfo.token.claim": "true"}


def response(answer: object) -> httpx.Response:
    assert isinstance(answer, httpx.Response), answer
    return answer


async def scope_named(world: World, realm: Realm, name: str) -> ClientScope:
    [found] = [scope for scope in await world.storage.client_scopes(realm.id) if scope.name == name]
    return found


async def new_scope(world: World, realm: Realm, name: str = "reports", **changes: Any) -> ClientScope:
    scope = replace(ClientScope(world.new_id(), realm.id, name), **changes)
    await world.storage.add_client_scope(scope)
    return scope


async def stored(world: World, client: Client) -> Client:
    found = await world.storage.client_by_id(client.id)
    assert found is not None
    return found


async def previewed(browser: Browser, client: Client, username: str, scope: str) -> list[dict[str, object]]:
    """The claims that the preview shows, token by token."""
    await browser.get(f"/console/acme/clients/{client.id}/preview")
    page = response(await browser.send_form("/preview", username=username, scope=scope))
    codes = re.findall(r"<pre[^>]*><code>(.*?)</code></pre>", page.text, re.DOTALL)
    return [json.loads(unescape(code)) for code in codes]


async def test_the_list_has_the_scopes_of_openid_connect_and_the_realms_own() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await new_scope(world, realm)
        page = response(await (await console(world)).get("/console/acme/client-scopes"))
        for name in ("profile", "email", "address", "phone", "offline_access", "reports"):
            assert re.search(rf"client-scopes/[^\"]+\">\s*{name}\s*</a>", page.text)
        page = response(await (await console(world)).get("/console/acme/client-scopes?search=rep"))
        assert "reports" in said(page)
        assert "client-scopes/profile" not in page.text


async def test_a_scope_is_created_changed_and_given_to_new_clients() -> None:
    async with new_world() as world:
        realm = await world.realm()
        browser = await console(world, path="/client-scopes/new")
        page = response(await browser.send_form("/new", name="reports", consent_text="Your reports"))
        assert "Created." in said(page)
        scope = await scope_named(world, realm, "reports")
        assert scope.attributes["consent.screen.text"] == "Your reports"
        assert not scope.is_default
        await browser.send_form(f"/client-scopes/{scope.id}", is_default="on", description="For reports")
        assert (await scope_named(world, realm, "reports")).is_default
        await browser.get("/console/acme/clients/new")
        await browser.send_form("/clients/new", client_id="fresh")
        fresh = await world.storage.client_by_client_id(realm.id, "fresh")
        assert fresh is not None
        assert fresh.default_scopes == ("reports",)
        assert [event.resource for event in await world.events(realm, "ADMIN_UPDATE")] == ["CLIENT_SCOPE"]


@pytest.mark.parametrize("name", ["", "two words", "profile", "reports", 'quo"te'])
async def test_a_scope_that_cannot_be_is_refused_beside_its_field(name: str) -> None:
    async with new_world() as world:
        realm = await world.realm()
        await new_scope(world, realm)
        browser = await console(world, path="/client-scopes/new")
        page = response(await browser.send_form("/new", name=name))
        assert page.status_code in (400, 409)
        assert 'id="name-error"' in page.text
        assert len(await world.storage.client_scopes(realm.id)) == 1


async def test_clients_follow_the_new_name_of_a_scope_and_lose_a_deleted_one() -> None:
    async with new_world() as world:
        realm = await world.realm()
        scope = await new_scope(world, realm)
        client = await world.client(realm, default_scopes=("reports",))
        browser = await console(world, path=f"/client-scopes/{scope.id}")
        await browser.send_form(f"/client-scopes/{scope.id}", name="papers")
        assert (await stored(world, client)).default_scopes == ("papers",)
        assert browser.page is not None
        assert "Clients that have it and lose it: 1." in said(browser.page)
        await browser.send_form("/delete")
        assert (await stored(world, client)).default_scopes == ("papers",)
        await browser.send_form("/delete")
        assert (await stored(world, client)).default_scopes == ()
        assert await world.storage.client_scopes(realm.id) == []


async def test_a_scope_of_openid_connect_gets_mappers_and_stays() -> None:
    async with new_world() as world:
        realm = await world.realm()
        browser = await console(world, path="/client-scopes/email")
        assert browser.page is not None
        assert "Danger zone" not in said(browser.page)
        await browser.send_form("/mappers/predefined", name="groups")
        scope = await scope_named(world, realm, "email")
        assert [mapper.name for mapper in scope.mappers] == ["groups"]
        for path in ("email", scope.id):
            page = response(
                await browser.post(f"/console/acme/client-scopes/{path}/delete", {"confirmed": "1"})
            )
            assert page.status_code == 403
        assert await scope_named(world, realm, "email") == scope


async def test_saving_a_scope_does_not_hide_it_from_those_who_are_asked() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await new_scope(world, realm, attributes={"gui.order": "1"})
        scope = await scope_named(world, realm, "reports")
        browser = await console(world, path=f"/client-scopes/{scope.id}")
        await browser.send_form(f"/client-scopes/{scope.id}", description="Reports")
        scope = await scope_named(world, realm, "reports")
        assert scope.attributes["display.on.consent.screen"] == "true"
        assert scope.attributes["gui.order"] == "1"
        await browser.send_form(f"/client-scopes/{scope.id}", on_consent=None)
        scope = await scope_named(world, realm, "reports")
        assert scope.attributes["display.on.consent.screen"] == "false"


async def test_a_scope_is_assigned_moved_and_withdrawn() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await new_scope(world, realm)
        client = await world.client(realm)
        browser = await console(world, path=f"/clients/{client.id}/scopes")
        path = f"/console/acme/clients/{client.id}/scopes"
        await browser.post(path, {"scope": "reports", "assignment": "optional"})
        assert "reports" in (await stored(world, client)).scopes
        await browser.post(path, {"scope": "reports", "assignment": "default"})
        changed = await stored(world, client)
        assert changed.default_scopes == ("reports",)
        assert "reports" not in changed.scopes
        assert "openid" in changed.scopes
        page = response(await browser.post(f"{path}/remove", {"scope": "reports"}))
        assert "Removed." in said(page)
        assert (await stored(world, client)).default_scopes == ()


@pytest.mark.parametrize(
    "values,status",
    [
        ({"scope": "unknown", "assignment": "default"}, 404),
        ({"scope": "email", "assignment": "mine"}, 400),
        ({"scope": "email"}, 400),
    ],
)
async def test_a_scope_that_is_not_there_is_not_assigned(values: dict[str, str], status: int) -> None:
    async with new_world() as world:
        client = await world.client(await world.realm())
        browser = await console(world, path=f"/clients/{client.id}/scopes")
        page = response(await browser.post(f"/console/acme/clients/{client.id}/scopes", values))
        assert page.status_code == status
        assert await stored(world, client) == client


async def test_a_mapper_of_a_client_is_added_by_its_kind_edited_and_deleted() -> None:
    async with new_world() as world:
        client = await world.client(await world.realm())
        browser = await console(world, path=f"/clients/{client.id}/mappers/new?kind={ATTRIBUTE}")
        await browser.send_form("/mappers/new", name="team", attribute="team", claim="team")
        [mapper] = (await stored(world, client)).mappers
        assert mapper.config["claim.name"] == "team"
        assert mapper.config["id.token.claim"] == "true"
        await browser.get(f"/console/acme/clients/{client.id}/mappers/{mapper.id}")
        await browser.send_form(f"/mappers/{mapper.id}", claim="squad", in_id_token=None)
        [changed] = (await stored(world, client)).mappers
        assert (changed.id, changed.config["claim.name"]) == (mapper.id, "squad")
        assert changed.config["id.token.claim"] == "false"
        await browser.send_form(f"/mappers/{mapper.id}/delete")
        assert len((await stored(world, client)).mappers) == 1
        await browser.send_form(f"/mappers/{mapper.id}/delete")
        assert (await stored(world, client)).mappers == ()


async def test_a_setting_of_a_mapper_that_the_form_does_not_show_stays() -> None:
    async with new_world() as world:
        realm = await world.realm()
        config = {
            **EVERYWHERE,
            "user.attribute": "team",
            "claim.name": "team",
            "introspection.token.claim": "true",
        }
        mapper = ProtocolMapper(world.new_id(), "team", ATTRIBUTE, config)
        client = await world.client(realm, mappers=(mapper,))
        browser = await console(world, path=f"/clients/{client.id}/mappers/{mapper.id}")
        await browser.send_form(f"/mappers/{mapper.id}", claim="squad")
        [changed] = (await stored(world, client)).mappers
        assert changed.config["introspection.token.claim"] == "true"


@pytest.mark.parametrize("claim", ["", "sub", "aud", "email_verified", "a.sub", "iss.x"])
async def test_a_mapper_that_says_what_the_protocol_says_is_refused(claim: str) -> None:
    async with new_world() as world:
        client = await world.client(await world.realm())
        browser = await console(world, path=f"/clients/{client.id}/mappers/new?kind={ATTRIBUTE}")
        page = response(await browser.send_form("/mappers/new", name="x", attribute="x", claim=claim))
        if claim == "a.sub":
            assert len((await stored(world, client)).mappers) == 1
            return
        assert page.status_code == 400
        assert 'id="claim-error"' in page.text
        assert (await stored(world, client)).mappers == ()


async def test_a_second_mapper_of_the_same_name_is_refused() -> None:
    async with new_world() as world:
        client = await world.client(await world.realm())
        path = f"/clients/{client.id}/mappers/new?kind={ATTRIBUTE}"
        browser = await console(world, path=path)
        for status in (200, 409):
            await browser.get(f"/console/acme{path}")
            page = response(await browser.send_form("/mappers/new", name="x", attribute="x", claim="x"))
            assert page.status_code == status
        assert len((await stored(world, client)).mappers) == 1


async def test_every_kind_of_mapper_has_a_form() -> None:
    async with new_world() as world:
        client = await world.client(await world.realm())
        browser = await console(world, path=f"/clients/{client.id}/scopes")
        assert browser.page is not None
        paths = re.findall(r'href="([^"]+/mappers/new\?kind=[^"]+)"', browser.page.text)
        assert len(paths) == 8
        for path in paths:
            assert response(await browser.get(unescape(path))).status_code == 200
        page = response(await browser.get(f"/console/acme/clients/{client.id}/mappers/new?kind=other"))
        assert page.status_code == 400


async def test_the_preview_shows_what_each_token_would_say_and_issues_nothing() -> None:
    async with new_world() as world:
        realm = await world.realm()
        alice = await world.user(realm, "alice", attributes={"team": ("blue",)})
        config = {"user.attribute": "team", "claim.name": "team", "id.token.claim": "true"}
        mapper = ProtocolMapper(world.new_id(), "team", ATTRIBUTE, config)
        client = await world.client(realm, mappers=(mapper,))
        browser = await console(world)
        before = await world.events(realm)
        identity, access, userinfo = await previewed(browser, client, "alice", "openid email")
        assert (identity["sub"], identity["email"], identity["team"]) == (alice.id, alice.email, "blue")
        assert "name" not in identity
        assert access["scope"] == "openid email"
        assert userinfo["email"] == alice.email
        assert await world.events(realm) == before
        assert (await world.storage.list_sessions(realm.id, client=client.id)).total == 0


async def test_the_preview_says_what_an_application_really_gets() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await world.user(realm, "alice")
        client = await world.client(realm, default_scopes=("email",))
        [identity, *_] = await previewed(await console(world), client, "alice", "openid")
        assert identity["email"] == "alice@acme.example"


@pytest.mark.parametrize(
    "rules,says",
    [
        ({"required_role": "staff"}, "The application requires the role staff."),
        ({"required_group": "/staff"}, "The application requires the group /staff."),
        ({"email_required": True}, "The application requires an e-mail address, and the person has none."),
        ({"enabled": False}, "The client is disabled."),
        ({}, ""),
    ],
)
async def test_the_preview_says_who_would_be_refused_and_why(rules: dict[str, Any], says: str) -> None:
    async with new_world() as world:
        realm = await world.realm()
        await world.user(realm, "alice", email=None, email_verified=False)
        client = await world.client(realm, **rules)
        browser = await console(world, path=f"/clients/{client.id}/preview")
        text = said(response(await browser.send_form("/preview", username="alice", scope="openid")))
        assert ("May use the application No" if says else "May use the application Yes") in text
        assert says in text


@pytest.mark.parametrize("username,scope", [("", "openid"), ("nobody", "openid"), ("alice", 'open"id')])
async def test_a_preview_of_nothing_says_so_beside_the_field(username: str, scope: str) -> None:
    async with new_world() as world:
        realm = await world.realm()
        await world.user(realm, "alice")
        client = await world.client(realm)
        browser = await console(world, path=f"/clients/{client.id}/preview")
        page = response(await browser.send_form("/preview", username=username, scope=scope))
        assert page.status_code == 400
        assert ('id="scope-error"' if username == "alice" else 'id="username-error"') in page.text


async def test_MT_07_the_preview_knows_nobody_of_another_realm() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await world.user(await world.realm("globex"), "bob")
        client = await world.client(realm)
        browser = await console(world, path=f"/clients/{client.id}/preview")
        page = response(await browser.send_form("/preview", username="bob", scope="openid"))
        assert page.status_code == 400
        assert "globex" not in page.text


async def test_whoever_only_sees_may_preview() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await world.user(realm, "alice")
        client = await world.client(realm)
        browser = await console(world, role="platform-support", path=f"/clients/{client.id}/preview")
        page = response(await browser.send_form("/preview", username="alice", scope="openid"))
        assert "May use the application Yes" in said(page)
