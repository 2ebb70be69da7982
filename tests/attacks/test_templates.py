"""What is public (AC-17), and what a tenant, or an address, may bring to a page (TX-02, TX-06)."""

import re
from importlib.resources import files
from typing import Any

import httpx
import pytest

from tests.attacks.tenants import changed, stored, two_tenants
from tests.console import admin_api, console

PUBLIC = (
    "/",
    "/health",
    "/health/live",
    "/health/ready",
    "/api/docs",
    "/api/openapi.json",
)
HIDDEN = (
    "/metrics", "/debug", "/admin/serverinfo", "/admin/realms", "/docs", "/openapi.json", "/server-status",
    "/.env", "/.git/config", "/admin", "/console", "/platform", "/setup", "/api", "/health/details",
    "/health?details=1", "/realms/acme/protocol/openid-connect/token/introspect", "/static/../settings.py",
    "/static/%2e%2e/app.py",
)  # fmt: skip


async def test_AC_17_what_is_open_says_nothing_of_the_inside() -> None:
    async with two_tenants() as tenants:
        http = tenants.world.http()
        for path in PUBLIC:
            answer = await http.get(path)
            assert answer.status_code == 200, path
            assert not re.search(r"globex|sqlite|/work|site-packages|Traceback|python/", answer.text), path
            assert not {"server", "x-powered-by"} & set(answer.headers), path
        for path in PUBLIC[1:4]:
            assert set((await http.get(path)).json()) == {"status"}


@pytest.mark.parametrize("path", HIDDEN)
async def test_AC_17_nothing_else_is_open(path: str) -> None:
    async with two_tenants() as tenants:
        answer = await tenants.world.http().get(path)
        is_status_alone = path.startswith("/health?") and set(answer.json()) == {"status"}
        assert answer.status_code in (303, 401, 403, 404, 405) or is_status_alone


COLOURS = (
    "red", "#fff", "#ffffff", "#1a73e", "#1a73e8;}body{background:url(https://evil.example)}", "url(x)",
    "expression(alert(1))", "#1a73e8/*", "var(--x)", "#12345g", "rgb(0,0,0)", "</style><script>",
)  # fmt: skip


@pytest.mark.parametrize("colour", COLOURS)
async def test_TX_02_a_tenant_brings_colours_that_can_be_read_and_no_style(colour: str) -> None:
    async with two_tenants() as tenants:
        api, browser = await admin_api(tenants.world), await console(tenants.world, path="/settings/branding")
        before = stored(tenants.world)
        answer = await api.put("/admin/realms/acme", {"attributes": {"vestibule.accent": colour}})
        assert answer.status_code == 400
        page = await browser.send_form("/settings/branding", accent=colour)
        assert isinstance(page, httpx.Response)
        assert page.status_code == 400
        assert changed(before, stored(tenants.world)) == []
        assert (await browser.http.get("/realms/acme/branding.css")).status_code == 404


async def test_TX_02_the_stylesheet_of_a_tenant_holds_variables_only() -> None:
    async with two_tenants() as tenants:
        api = await admin_api(tenants.world)
        await api.put("/admin/realms/acme", {"attributes": {"vestibule.accent": "#1a73e8"}})
        answer = await tenants.world.http().get("/realms/acme/branding.css")
        assert answer.headers["content-type"] == "text/css; charset=utf-8"
        assert answer.headers["x-content-type-options"] == "nosniff"
        declared = re.findall(
            r"([a-z-]+):([^;{}]+)[;}]", answer.text.replace("@media (prefers-color-scheme:dark)", "")
        )
        assert declared
        assert all(name.startswith("--") and re.fullmatch(r"#[0-9a-f]{6}", value) for name, value in declared)


ADDRESSES = (
    "javascript:alert(1)",
    "data:text/html,x",
    "//evil.example",
    "http://evil.example",
    "vbscript:x",
    "\\\\x",
)


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("member", ["baseUrl", "redirectUris"])
async def test_TX_02_a_link_of_an_application_leads_to_a_web_address(member: str, address: str) -> None:
    async with two_tenants() as tenants:
        api = await admin_api(tenants.world)
        before = stored(tenants.world)
        value: Any = [address] if member == "redirectUris" else address
        answer = await api.post("/admin/realms/acme/clients", {"clientId": "x", member: value})
        assert answer.status_code == 400
        assert changed(before, stored(tenants.world)) == []


DANGEROUS = (
    r"innerHTML", r"outerHTML", r"insertAdjacentHTML", r"document\.write", r"\beval\b", r"new Function",
    r"\bFunction\(", r"setTimeout\(\s*[\"'`]", r"setInterval\(\s*[\"'`]", r"createContextualFragment",
    r"DOMParser", r"srcdoc", r"setHTML", r"postMessage", r"location\.hash", r"location\.search",
    r"document\.cookie", r"localStorage", r"sessionStorage", r"onmessage", r"[\"']message[\"']", r"import\(",
    r"createElement\([\"']script",
    r"trustedTypes", r"javascript:", r"\.href\s*=",
)  # fmt: skip
SCRIPTS = sorted(
    one.name for one in files("vestibule.web").joinpath("static").iterdir() if one.name.endswith(".js")
)


@pytest.mark.parametrize("name", SCRIPTS)
def test_TX_06_no_script_of_ours_makes_markup_or_code_of_a_text(name: str) -> None:
    text = files("vestibule.web").joinpath("static", name).read_text(encoding="utf-8")
    assert [pattern for pattern in DANGEROUS if re.search(pattern, text)] == []


def test_TX_06_every_script_is_tried_and_no_template_has_one_of_its_own() -> None:
    assert set(SCRIPTS) >= {"console.js", "page.js", "passkey.js", "form-post.js"}
    templates = files("vestibule.web").joinpath("templates")
    for one in (*templates.iterdir(), *templates.joinpath("console").iterdir()):
        if one.name.endswith(".html"):
            text = one.read_text(encoding="utf-8")
            assert not re.search(r"<script(?![^>]*\bsrc=)|\son[a-z]+=[\"']|javascript:|<style", text), (
                one.name
            )


async def test_TX_06_what_stands_in_the_address_is_not_written_into_the_page() -> None:
    async with two_tenants() as tenants:
        browser = await console(tenants.world)
        for path in ("/console/acme/users", "/console/acme/events", "/realms/acme/login", "/console/acme"):
            answer = await browser.http.get(
                f"{path}?search=<svg/onload=alert(1)>&error=<svg/onload=alert(1)>"
            )
            assert "<svg/onload" not in answer.text
