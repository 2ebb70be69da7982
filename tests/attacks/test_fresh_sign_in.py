"""AC-14: whatever is sensitive asks for a sign-in of the last quarter of an hour (D17)."""

from dataclasses import replace

import httpx
import pytest

from tests.attacks.tenants import OWN_PAGE, changed, methods, stored, two_tenants
from tests.browser import Browser
from tests.console import administrator, console
from tests.storage.samples import a_passkey
from tests.world import new_world
from vestibule.domain.administration import REALM_ADMIN
from vestibule.domain.user import User
from vestibule.web.admin.desk import ApiOperation
from vestibule.web.console.desk import ConsoleOperation

PAGE = "/console/acme/users"


def is_removal(method: str, path: str) -> bool:
    return method == "DELETE" and path.endswith(("{user}", "{group}", "{role}", "{client}", "{realm}"))


def sensitive() -> list[tuple[str, str]]:
    """(method, path) of what asks for a fresh sign-in: secrets, policies, roles, keys, ways in, export."""
    words = (
        "/delete", "/role-mapping/", "/role-mappings/", "/groups/join", "/groups/leave", "/members/remove",
        "/users/revoke", "/client-secret", "/credentials", "/sign-in-methods/password", "/reset-password",
        "/roll-over", "/settings/sign-in", "/settings/tokens", "/settings/mail", "/partial-export",
        "/clients/{client}/keys", "/clients/{client}/roles", "/next-secret", "/federated-identity/",
        "/console/{realm}/identity-providers/", "/identity-provider-links", "outbound",
    )  # fmt: skip
    exempt = (
        "password-link", "userLabel", "/models", "/client-scopes/", "/clients/{client}/mappers", "/metadata",
    )  # fmt: skip
    return [
        (method, route.path)
        for method, route in methods("an administrator")
        if (method != "GET" or route.path.endswith("/client-secret"))
        and (
            any(word in route.path for word in words)
            or is_removal(method, route.path)
            or route.path.endswith(("/instances", "/instances/{alias}"))
        )
        and not any(word in route.path for word in exempt)
    ]


def test_AC_14_whatever_is_sensitive_asks_for_a_fresh_sign_in() -> None:
    assert len(sensitive()) > 30
    operations = {
        (method, route.path): route.methods[method] for method, route in methods("an administrator")
    }
    stale = []
    for method, path in sensitive():
        operation = operations[method, path]
        assert isinstance(operation, ConsoleOperation | ApiOperation)
        if not operation.is_fresh:
            stale.append(f"{method} {path}")
    assert stale == []


async def test_AC_14_an_old_session_does_nothing_sensitive_and_is_asked_for_the_strongest_factor() -> None:
    async with two_tenants() as tenants:
        browser = await console(tenants.world, role="platform-admin")
        tenants.world.clock.advance(minutes=16)
        before = stored(tenants.world)
        for method, route in methods("an administrator", method="POST"):
            operation = route.methods[method]
            if isinstance(operation, ConsoleOperation) and operation.is_fresh:
                answer = await browser.http.post(
                    tenants.path(route), data={"confirmed": "1"}, headers=OWN_PAGE
                )
                assert answer.status_code == 303, route.path
                assert "prompt=login" in answer.headers["location"], route.path
        assert changed(before, stored(tenants.world), "deployment_values", "sessions") == []
        assert await tenants.world.storage.session("session-acme") is not None


async def by_page(browser: Browser, user: User) -> httpx.Response:
    """Sends the person's details with another address."""
    answer = await browser.get(f"{PAGE}/{user.id}")
    assert isinstance(answer, httpx.Response)
    sent = await browser.send_form(f"/users/{user.id}", email="mine@evil.example")
    assert isinstance(sent, httpx.Response)
    return sent


@pytest.mark.parametrize("whose", ["own", "of another administrator"])
async def test_AC_14_an_old_session_does_not_move_an_administrators_address(whose: str) -> None:
    """Else a mailed link would set a password, and the password would be the fresh sign-in."""
    async with new_world() as world:
        realm = await world.realm()
        browser = await console(world)
        other = await administrator(world, realm, username="other")
        mine = await world.storage.user_by_login(realm.id, REALM_ADMIN)
        user = mine if whose == "own" else other
        assert user is not None
        world.clock.advance(minutes=16)
        await by_page(browser, user)
        stored_user = await world.storage.user(user.id)
        assert stored_user is not None
        assert stored_user.email == user.email
        assert browser.page is not None
        assert "/login" in str(browser.page.url)


async def test_AC_14_an_old_session_still_corrects_the_address_of_anybody_else() -> None:
    async with new_world() as world:
        realm = await world.realm()
        browser = await console(world)
        user = await world.user(realm)
        world.clock.advance(minutes=16)
        await by_page(browser, user)
        stored_user = await world.storage.user(user.id)
        assert stored_user is not None
        assert stored_user.email == "mine@evil.example"


async def test_AC_14_passkeys_that_the_realm_switched_off_lock_nobody_out_of_a_fresh_sign_in() -> None:
    async with two_tenants() as tenants:
        world, realm = tenants.world, tenants.realms["acme"]
        browser = await console(world)
        user = await world.storage.user_by_login(realm.id, REALM_ADMIN)
        assert user is not None
        await world.storage.add_passkey(a_passkey(user, id="own", credential_id=b"own"))
        kept = await world.storage.realm_by_id(realm.id)
        assert kept is not None
        await world.storage.save_realm(replace(kept, sign_in=replace(kept.sign_in, passkey=False)))
        world.clock.advance(minutes=16)
        answer = await browser.http.post(
            f"/console/acme/clients/{tenants.ids['acme']['client']}/credentials/reveal", headers=OWN_PAGE
        )
        assert "acr_values" not in answer.headers["location"]
