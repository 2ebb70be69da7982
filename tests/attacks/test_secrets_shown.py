"""AC-01 and TK-21: no page and no answer shows a secret but the one that is for it; no mapper says what the
protocol says."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.application import redeem
from tests.attacks.tenants import OWN_PAGE, Tenants, changed, methods, stored, two_tenants
from tests.browser import authorization_url
from tests.console import admin_api, console
from tests.world import CLIENT_SECRET, PASSWORD
from vestibule.crypto.jose import read_unverified_claims
from vestibule.domain.client_scope import PROTOCOL_CLAIMS, ProtocolMapper
from vestibule.domain.user import Password

BASE = "/admin/realms/acme"
MAIL_PASSWORD = "planted-password-of-the-mail-server"
PLANTED = (CLIENT_SECRET, MAIL_PASSWORD, "$argon2", '"d":', '"p":', '"qi":', "PRIVATE KEY", PASSWORD)
TELLS = ("/client-secret", "/credentials/reveal")


async def planted(tenants: Tenants) -> None:
    """A mail server with a password, beside the clients' secrets and the people's passwords."""
    api = await admin_api(tenants.world)
    server = {
        "host": "smtp.acme.example", "from": "a@acme.example", "auth": "true", "user": "a",
        "starttls": "true", "password": MAIL_PASSWORD,
    }  # fmt: skip
    assert (await api.put(BASE, {"smtpServer": server})).status_code == 204
    user = tenants.ids["acme"]["user"]
    kept = await tenants.world.storage.password(user)
    assert isinstance(kept, Password)


@pytest.mark.parametrize("role", ["realm-admin", "platform-support", "platform-admin"])
async def test_AC_01_no_page_and_no_answer_shows_a_secret_that_it_is_not_for(role: str) -> None:
    async with two_tenants() as tenants:
        await planted(tenants)
        api, browser = await admin_api(tenants.world, role=role), await console(tenants.world, role=role)
        seen = 0
        for method, route in methods("an administrator", "the person", "a token"):
            if method != "GET" and not route.path.endswith("/partial-export"):
                continue
            path = tenants.path(route) if "{" in route.path else route.path
            answer = await (
                api.send(method, path)
                if path.startswith("/admin")
                else browser.http.request(method, path, headers=OWN_PAGE)
            )
            seen += answer.status_code == 200
            found = [secret for secret in PLANTED if secret in answer.text]
            assert found == [] or (route.path.endswith(TELLS) and found == [CLIENT_SECRET]), route.path
            if role == "platform-support":
                assert CLIENT_SECRET not in answer.text
        assert seen > 80


async def test_AC_01_a_change_does_not_send_a_secret_back_and_its_event_masks_it() -> None:
    async with two_tenants() as tenants:
        await planted(tenants)
        api = await admin_api(tenants.world)
        client = tenants.ids["acme"]["client"]
        user = tenants.ids["acme"]["user"]
        new = "another-planted-secret-of-the-client-x"
        await api.put(f"{BASE}/clients/{client}", {"secret": new})
        await api.put(f"{BASE}/users/{user}/reset-password", {"type": "password", "value": new})
        await api.post(
            f"{BASE}/users", {"username": "x", "credentials": [{"type": "password", "value": new}]}
        )
        await api.post(f"{BASE}/clients", {"clientId": "x", "secret": new})
        everything = str(stored(tenants.world)) + str(tenants.world.log)
        assert not [secret for secret in (new, MAIL_PASSWORD) if secret in everything]
        for path in ("admin-events", "events"):
            answer = await api.get(f"{BASE}/{path}")
            assert not [secret for secret in (new, *PLANTED) if secret in answer.text]


@pytest.mark.parametrize("claim", sorted(PROTOCOL_CLAIMS))
async def test_TK_21_no_mapper_that_says_what_the_protocol_says_is_stored(claim: str) -> None:
    async with two_tenants() as tenants:
        api, browser = await admin_api(tenants.world), await console(tenants.world)
        before = stored(tenants.world)
        ids = tenants.ids["acme"]
        for name in (claim, f"{claim}.x"):
            body: dict[str, Any] = {
                "name": "evil", "protocol": "openid-connect", "protocolMapper": "oidc-hardcoded-claim-mapper",
                "config": {"claim.name": name, "claim.value": "evil", "access.token.claim": "true"},
            }  # fmt: skip
            for place in (f"clients/{ids['client']}", f"client-scopes/{ids['scope']}"):
                models = f"{BASE}/{place}/protocol-mappers/models"
                assert (await api.post(models, body)).status_code == 400
                assert (await api.put(f"{models}/{ids['mapper']}", body)).status_code == 400
                page = await browser.http.post(
                    f"/console/acme/{place}/mappers/{ids['mapper']}", headers=OWN_PAGE,
                    data={"name": "evil", "claim": name, "claim_name": name, "value": "evil"},
                )  # fmt: skip
                assert page.status_code in (400, 409)
            whole = {"clientId": "evil", "protocolMappers": [body]}
            assert (await api.post(f"{BASE}/clients", whole)).status_code == 400
        assert changed(before, stored(tenants.world)) == []


async def test_TK_21_a_stored_mapper_that_says_it_all_the_same_is_not_heard() -> None:
    async with two_tenants() as tenants:
        world, realm = tenants.world, tenants.realms["acme"]
        mappers = tuple(
            ProtocolMapper(
                f"evil-{claim}", claim, "oidc-hardcoded-claim-mapper",
                {
                    "claim.name": claim, "claim.value": "evil", "access.token.claim": "true",
                    "id.token.claim": "true", "userinfo.token.claim": "true",
                },
            )
            for claim in sorted({*PROTOCOL_CLAIMS, "email_verified"})
        )  # fmt: skip
        client = await world.client(realm)
        await world.storage.save_client(replace(client, mappers=mappers))
        url = authorization_url()
        code = await world.browser().code(str(url), "acme-alice", PASSWORD)
        answer = (await redeem(world, code, url)).json()
        for kind in ("access_token", "id_token"):
            claims = read_unverified_claims(answer[kind])
            assert "evil" not in str(claims)
            assert claims["sub"] == tenants.ids["acme"]["user"]
        person = await world.http().get(
            "/realms/acme/protocol/openid-connect/userinfo",
            headers={"authorization": f"Bearer {answer['access_token']}"},
        )
        assert isinstance(person, httpx.Response)
        assert "evil" not in person.text
        assert person.json()["email_verified"] is True


TYPED = "a-typed-secret-that-no-page-repeats"
MISTAKEN = (
    ("settings/mail", {"host": "no host!", "from": "x", "auth": "on", "user": "a"}),
    ("settings/mail", {"host": "smtp.acme.example", "send-test": "1", "test_address": "no address"}),
    ("users/new", {"username": "", "email": "no address"}),
    ("users/{user}/sign-in-methods/password", {"temporary": "on"}),
    ("clients/new", {"client_id": "", "redirect_uris": "no address"}),
    ("clients/{client}/keys", {"jwks": "no keys"}),
    ("clients/{client}", {"client_id": ""}),
)


@pytest.mark.parametrize("path, form", MISTAKEN)
async def test_AC_01_a_page_that_names_a_mistake_does_not_repeat_the_secret(
    path: str, form: dict[str, str]
) -> None:
    async with two_tenants() as tenants:
        browser = await console(tenants.world)
        secrets = dict.fromkeys(("password", "secret", "value", "client_secret", "smtp_password"), TYPED)
        address = f"/console/acme/{path.format(**tenants.ids['acme'])}"
        answer = await browser.http.post(address, data={**secrets, **form}, headers=OWN_PAGE)
        assert answer.status_code in (303, 400, 409)
        assert TYPED not in answer.text
        assert TYPED not in answer.headers.get("location", "")
        assert TYPED not in str(stored(tenants.world)) + str(tenants.world.log)


async def test_AC_01_a_form_with_a_secret_that_waits_for_a_sign_in_is_sealed() -> None:
    async with two_tenants() as tenants:
        browser = await console(tenants.world)
        tenants.world.clock.advance(minutes=16)
        user = tenants.ids["acme"]["user"]
        answer = await browser.http.post(
            f"/console/acme/users/{user}/sign-in-methods/password", data={"password": TYPED}, headers=OWN_PAGE
        )
        assert answer.status_code == 303
        assert TYPED not in answer.headers["location"]
        connection: Any = tenants.world.storage._engine._connection  # type: ignore[attr-defined]
        assert TYPED not in str(list(connection.execute("SELECT * FROM kept")))
        assert TYPED not in str(tenants.world.log)
