"""AC-10 and AC-18: a realm keeps a way in, and the test of its mail server is no scanner."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.attacks.tenants import two_tenants
from tests.console import admin_api, console
from tests.world import World, new_world
from vestibule.domain.administration import REALM_ADMIN
from vestibule.outbound.mail import SmtpMailer

BASE = "/admin/realms/acme"
INSIDE = (
    ("127.0.0.1", 25), ("localhost", 587), ("10.0.0.1", 25), ("192.168.1.1", 465), ("169.254.169.254", 25),
    ("[::1]", 25), ("0.0.0.1", 25), ("8.8.8.8", 22), ("8.8.8.8", 5432), ("8.8.8.8", 80), ("100.64.0.1", 25),
)  # fmt: skip


@pytest.mark.parametrize("host, port", INSIDE)
async def test_AC_18_the_test_of_a_mail_server_opens_no_connection_into_the_house(
    host: str, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with new_world(mailer=SmtpMailer("sso.example")) as world:
        await world.realm()
        opened: list[Any] = []

        async def conversation(*arguments: Any) -> None:
            opened.append(arguments)

        async def load(self: SmtpMailer) -> Any:
            return conversation

        monkeypatch.setattr(SmtpMailer, "_load", load)
        api = await admin_api(world)
        server = {"host": host, "port": str(port), "from": "a@acme.example", "starttls": "true"}
        assert (await api.put(BASE, {"smtpServer": server})).status_code == 204
        browser = await console(world, path="/settings/mail")
        page = await browser.send_form(
            "/settings/mail", **{"send-test": "1", "test_address": "x@acme.example"}
        )
        assert isinstance(page, httpx.Response)
        assert page.status_code == 200
        assert "1 of 7" in page.text
        assert opened == []


async def test_AC_18_an_address_to_test_is_an_address() -> None:
    async with new_world() as world:
        await world.realm()
        browser = await console(world, path="/settings/mail")
        for address in ("x", "a@b.example\r\nBcc: c@d.example", "a@b.example, c@d.example", "@", "a@@b", ""):
            page = await browser.send_form("/settings/mail", **{"send-test": "1", "test_address": address})
            assert isinstance(page, httpx.Response)
            assert page.status_code == 400
            await browser.get("/console/acme/settings/mail")
        assert await world.mails() == []


async def test_AC_18_a_tenant_sends_no_flood_of_test_mails() -> None:
    async with new_world() as world:
        await world.realm()
        browser = await console(world, path="/settings/mail")
        statuses = []
        for number in range(25):
            form = {"send-test": "1", "test_address": f"{number}@victim.example"}
            page = await browser.send_form("/settings/mail", **form)
            assert isinstance(page, httpx.Response)
            statuses.append(int(page.status_code))
        assert statuses == [200] * 20 + [429] * 5
        assert len(await world.mails()) == 20
        world.clock.advance(minutes=61)
        again = await console(world, path="/settings/mail")
        page = await again.send_form("/settings/mail", **{"send-test": "1", "test_address": "a@acme.example"})
        assert isinstance(page, httpx.Response)
        assert page.status_code == 200


async def test_AC_10_a_realm_keeps_a_way_in_whoever_switches_at_the_same_time() -> None:
    async with new_world() as world:
        realm = await world.realm()
        api = await admin_api(world, role=REALM_ADMIN)
        off = [{"attributes": {f"vestibule.sign_in.{name}": "false"}} for name in ("password", "passkey")]
        both = {"attributes": off[0]["attributes"] | off[1]["attributes"]}
        assert (await api.put(BASE, both)).status_code == 400
        answers = await asyncio.gather(*(api.put(BASE, body) for body in off))
        assert sorted(answer.status_code for answer in answers)[1] in (400, 409)
        kept = await world.storage.realm_by_id(realm.id)
        assert kept is not None
        assert kept.sign_in.password or kept.sign_in.passkey


async def test_AC_17_the_description_of_the_api_shows_nothing_of_a_tenant() -> None:
    """`/api/docs` is printed from our own tables and shows nothing of a tenant."""
    async with two_tenants() as tenants:
        world: World = tenants.world
        for path in ("/api/docs", "/api/openapi.json"):
            answer = await world.http().get(path)
            assert answer.status_code == 200
            assert "acme" not in answer.text
            assert "globex" not in answer.text
