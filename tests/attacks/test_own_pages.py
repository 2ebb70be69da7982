"""AC-08 and AC-09: no page of another site makes a person or an administrator do something."""

from collections.abc import Mapping

import httpx
import pytest

from tests.attacks.tenants import (
    OWN_PAGE,
    Tenants,
    changed,
    listed,
    methods,
    stored,
    two_tenants,
)
from tests.browser import Browser
from tests.console import console, sign_in
from vestibule.web.routing import Route

FORM = {
    "confirmed": "1", "username": "x", "name": "x", "realm": "x", "client_id": "x", "email": "x@evil.example",
    "password": "a password of enough length", "attributes": "a = b", "overlap": "0", "role": "x",
}  # fmt: skip
FOREIGN: Mapping[str, Mapping[str, str]] = {
    "neither header": {},
    "cross-site": {"sec-fetch-site": "cross-site", "origin": "https://evil.example"},
    "same-site": {"sec-fetch-site": "same-site", "origin": "https://other.sso.example"},
    "typed address": {"sec-fetch-site": "none"},
    "null": {"origin": "null"},
    "null beside a good word": {"origin": "null", "sec-fetch-site": "same-origin"},
    "another origin beside a good word": {**OWN_PAGE, "origin": "https://sso.example.evil.example"},
    "another port": {"origin": "https://sso.example:8443"},
    "plain http": {"origin": "http://sso.example"},
    "capitals": {"origin": "HTTPS://SSO.EXAMPLE"},
    "only a referrer": {"referer": "https://sso.example/console/acme"},
}
BODIES: Mapping[str, tuple[str, bytes]] = {
    "text/plain": ("text/plain", b"confirmed=1&name=x"),
    "multipart": ("multipart/form-data; boundary=x", b"--x\r\n\r\n--x--\r\n"),
    "json": ("application/json", b'{"confirmed":"1"}'),
}


def posts() -> list[tuple[str, Route]]:
    """Every form of the console, the platform and the account."""
    found = [
        (method, route)
        for method, route in methods("an administrator", "the person", "a browser", method="POST")
        if route.path.startswith(("/console", "/platform", "/realms/{realm}/account"))
    ]
    assert len(found) > 70, listed(found)
    return found


async def administrator_of_all(tenants: Tenants) -> Browser:
    """A browser whose person may send every one of the forms: a Platform Admin with an account in acme."""
    browser = await console(tenants.world, role="platform-admin")
    await sign_in(browser, "/realms/acme/account", "acme-alice")
    return browser


async def sent(
    browser: Browser, tenants: Tenants, headers: Mapping[str, str], content: bytes | None = None
) -> dict[str, httpx.Response]:
    """Each form's answer."""
    return {
        route.path: await browser.http.post(
            tenants.path(route), headers=headers, data=FORM if content is None else None, content=content
        )
        for _, route in posts()
    }


@pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN)
async def test_AC_08_no_form_of_another_page_does_anything(headers: Mapping[str, str]) -> None:
    async with two_tenants() as tenants:
        browser = await administrator_of_all(tenants)
        before = stored(tenants.world)
        answers = await sent(browser, tenants, headers)
        wrong = {path: answer.status_code for path, answer in answers.items() if answer.status_code != 403}
        assert wrong == {}
        assert changed(before, stored(tenants.world)) == []


@pytest.mark.parametrize("kind, content", BODIES.values(), ids=BODIES)
async def test_AC_08_no_form_comes_in_a_body_that_is_none(kind: str, content: bytes) -> None:
    async with two_tenants() as tenants:
        browser = await administrator_of_all(tenants)
        before = stored(tenants.world)
        # A sign-out and the options of a passkey read no body.
        answers = await sent(browser, tenants, {**OWN_PAGE, "content-type": kind}, content)
        wrong = {
            path: answer.status_code
            for path, answer in answers.items()
            if answer.status_code not in (400, 403, 415) and not path.endswith(("/sign-out", "/options"))
        }
        assert wrong == {}
        assert set(changed(before, stored(tenants.world))) <= {"sessions", "events"}


OVERRIDES = ("x-http-method-override", "x-http-method", "x-method-override")


@pytest.mark.parametrize("header", OVERRIDES)
async def test_AC_08_a_get_is_no_post_whatever_a_header_says(header: str) -> None:
    async with two_tenants() as tenants:
        browser = await administrator_of_all(tenants)
        before = stored(tenants.world)
        for _, route in posts():
            answer = await browser.http.get(
                tenants.path(route), headers={header: "POST", **OWN_PAGE},
                params={**FORM, "_method": "POST"},
            )  # fmt: skip
            assert answer.status_code < 500, route.path
        assert changed(before, stored(tenants.world)) == []


async def test_AC_08_looking_at_every_page_changes_nothing() -> None:
    async with two_tenants() as tenants:
        browser = await administrator_of_all(tenants)
        before = stored(tenants.world)
        for method, route in methods("an administrator", "the person", method="GET"):
            if route.surface == "page" and "/events/export" not in route.path:
                answer = await browser.http.request(method, tenants.path(route))
                assert answer.status_code < 500, route.path
        assert changed(before, stored(tenants.world)) == []


async def test_AC_08_an_export_changes_nothing_but_the_audit() -> None:
    async with two_tenants() as tenants:
        browser = await administrator_of_all(tenants)
        before = stored(tenants.world)
        for form in ("csv", "json"):
            await browser.http.get(f"/console/acme/events/export.{form}")
        assert changed(before, stored(tenants.world)) == ["events"]


async def test_AC_08_a_head_or_options_request_changes_nothing() -> None:
    async with two_tenants() as tenants:
        browser = await administrator_of_all(tenants)
        before = stored(tenants.world)
        for _, route in posts():
            for method in ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"):
                answer = await browser.http.request(method, tenants.path(route), headers=OWN_PAGE)
                assert answer.status_code < 500, f"{method} {route.path}"
        assert changed(before, stored(tenants.world)) == []


async def test_AC_08_the_form_of_another_session_acts_for_its_sender_alone() -> None:
    """A page's form holds nothing that another session could not write: who sends it is who acts."""
    async with two_tenants() as tenants:
        acme, globex = await console(tenants.world, "acme"), await console(tenants.world, "globex")
        await acme.get("/console/acme/roles/new")
        assert acme.page is not None
        before = stored(tenants.world)
        answer = await globex.http.post("/console/acme/roles/new", data=FORM, headers=OWN_PAGE)
        assert answer.status_code == 303
        assert "/realms/acme/protocol/openid-connect/auth?" in answer.headers["location"]
        assert changed(before, stored(tenants.world)) == []


ORIGINS = (
    "https://evil.example", "null", "https://other.sso.example", "https://sso.example.evil.example",
    "http://sso.example", "https://app.example",
)  # fmt: skip


@pytest.mark.parametrize("origin", ORIGINS)
async def test_AC_09_no_other_origin_reads_what_a_cookie_or_token_opens(origin: str) -> None:
    async with two_tenants() as tenants:
        browser = await administrator_of_all(tenants)
        for method, route in methods("an administrator", "the person", "a token", "the operator"):
            if route.path.endswith("/userinfo") or method not in ("GET", "PUT"):
                continue  # userinfo reads no cookie, so that any origin may ask with a token
            path = tenants.path(route)
            asked = {"origin": origin, "access-control-request-method": method}
            for answer in (
                await browser.http.request(method, path, headers={"origin": origin}),
                await browser.http.request("OPTIONS", path, headers=asked),
            ):
                assert not [name for name in answer.headers if name.startswith("access-control-")], path


@pytest.mark.parametrize("origin", ORIGINS)
async def test_AC_09_nothing_at_all_allows_credentials_or_echoes_an_origin(origin: str) -> None:
    async with two_tenants() as tenants:
        http = tenants.world.http()
        for _, route in methods("anyone", "a client", "a token", "a browser", "the attempt's browser"):
            for method in ("GET", "POST", "OPTIONS"):
                answer = await http.request(method, tenants.path(route), headers={"origin": origin})
                assert "access-control-allow-credentials" not in answer.headers, route.path
                assert answer.headers.get("access-control-allow-origin", "*") == "*", route.path


def kept_forms(tenants: Tenants) -> int:
    connection = tenants.world.storage._engine._connection  # type: ignore[attr-defined]
    return int(connection.execute("SELECT count(*) FROM kept WHERE purpose = 'console_draft'").get)


@pytest.mark.parametrize("path", ["/console/acme/roles/new", "/realms/acme/account"])
async def test_RL_02_strangers_do_not_fill_the_disk_with_forms_that_wait(path: str) -> None:
    async with two_tenants() as tenants:
        http = tenants.world.http()
        for _ in range(40):
            answer = await http.post(path, data={"name": "x" * 60000}, headers=OWN_PAGE)
            assert answer.status_code == 303
        assert kept_forms(tenants) == 30
        elsewhere = tenants.world.http(address="192.0.2.7")
        await elsewhere.post(path, data={"name": "x"}, headers=OWN_PAGE)
        assert kept_forms(tenants) == 31
