"""TX-03: every HTML answer of every address carries the whole policy, whatever happened."""

import re

import httpx
import pytest

from tests.attacks.tenants import OWN_PAGE, Tenants, methods, two_tenants
from tests.console import console, sign_in
from tests.world import World
from vestibule.web.routes import every_route

POLICY = (
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "object-src", "base-uri 'none'",
    "frame-ancestors 'none'", "form-action 'self'", "require-trusted-types-for 'script'",
    "trusted-types 'none'",
)  # fmt: skip
ALWAYS = {
    "x-content-type-options": "nosniff", "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin", "cache-control": "no-store",
    "strict-transport-security": "max-age=31536000; includeSubDomains",
}  # fmt: skip
CALLERS = {route.caller for route in every_route()}


def faults_of(answer: httpx.Response) -> list[str]:
    """What an HTML answer lacks; nothing is asked of other kinds, which browsers must not take for HTML."""
    kind = answer.headers.get("content-type", "")
    if not kind.startswith("text/html"):
        has_body = answer.status_code not in (204, 303, 304) and bool(answer.content)
        is_named = answer.headers.get("x-content-type-options") == "nosniff" and bool(kind)
        return ["a body without its kind and nosniff"] if has_body and not is_named else []
    directives = [one.strip() for one in answer.headers.get("content-security-policy", "").split(";")]
    # `default-src 'none'` covers object-src.
    faults = [one for one in POLICY if one != "object-src" and one not in directives]
    faults += [name for name, value in ALWAYS.items() if answer.headers.get(name) != value]
    if answer.headers.get("referrer-policy") not in ("no-referrer", "same-origin"):
        faults.append("referrer-policy")
    joined = " ".join(directives)
    faults += [word for word in ("unsafe-inline", "unsafe-eval", "*", "data:", "http:") if word in joined]
    return faults + inline_of(answer.text)


def inline_of(html: str) -> list[str]:
    """What the policy would stop, or a page must not need: inline scripts, handlers and styles."""
    found = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>|\son[a-z]+\s*=\s*[\"']|\sstyle\s*=|<style", html)
    return [*found, *re.findall(r"(?:href|src|action)=[\"']?\s*javascript:", html, re.IGNORECASE)]


async def everybody(tenants: Tenants) -> list[httpx.AsyncClient]:
    """Nobody; an administrator of everything with an account in acme; somebody without any right."""
    boss = await console(tenants.world, role="platform-admin")
    await sign_in(boss, "/realms/acme/account", "acme-alice")
    stranger = tenants.world.browser()
    await sign_in(stranger, "/console/acme", "acme-alice")
    return [tenants.world.http(), boss.http, stranger.http]


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
async def test_TX_03_every_answer_of_every_address_carries_the_policy(method: str) -> None:
    async with two_tenants() as tenants:
        people, pages, wrong = await everybody(tenants), 0, []
        for _, route in methods(*CALLERS):
            for http in people:
                path = tenants.path(route) if "{" in route.path else route.path
                answer = await http.request(method, path, headers=OWN_PAGE)
                pages += answer.headers.get("content-type", "").startswith("text/html")
                wrong += [f"{answer.status_code} {route.path}: {fault}" for fault in faults_of(answer)]
        assert wrong == []
        assert pages > 100 or method == "HEAD"


NOWHERE = (
    "/nowhere", "/console", "/console/", "/console/acme/", "/console/acme/nowhere", "/platform/nowhere",
    "/realms/acme", "/realms/acme/nowhere", "/realms//account", "/realms/nobody/account", "/console/nobody",
    "/console/acme/users/%00", "/console/acme/users/%ff", "/console/acme/clients/<script>",
    "/%2e%2e/etc/passwd", "/static/nothing.js", "/static/../routes.py", "//evil.example/",
    "/console/acme/users?page=x",
    "/console/acme/users?" + "a=b&" * 200, "/console/acme?done=<script>alert(1)</script>",
)  # fmt: skip


@pytest.mark.parametrize("path", NOWHERE)
async def test_TX_03_an_address_that_is_none_carries_the_policy(path: str) -> None:
    async with two_tenants() as tenants:
        for http in await everybody(tenants):
            answer = await http.get(path)
            assert answer.status_code < 500
            assert faults_of(answer) == []
            assert "<script>alert" not in answer.text


async def test_TX_03_a_page_about_our_own_failure_carries_the_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    async with two_tenants() as tenants:
        (_, boss, _) = await everybody(tenants)
        break_storage(tenants.world, monkeypatch)
        for path in ("/console/acme/users", "/realms/acme/account", "/platform"):
            answer = await boss.get(path)
            assert answer.status_code == 500
            assert faults_of(answer) == []
            assert "secret detail" not in answer.text


def break_storage(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    for name in ("session_by_digest", "list_realms", "list_users"):
        monkeypatch.setattr(type(world.storage), name, broken)
