"""Errors at the edge: odd realms and methods, and what no answer may do."""

import httpx
import pytest

from tests.browser import authorization_url, forms_of
from tests.world import PASSWORD, World
from vestibule.web.logs import RequestLog

USERINFO = "/realms/{}/protocol/openid-connect/userinfo"
ODD_REALMS = ["%E2%82%AC", "a%0D%0Aset-cookie:%20x=y", "%22,%20error=%22x", "%ED%A0%80", "%00"]


@pytest.fixture
async def acme(world: World) -> World:
    realm = await world.realm()
    await world.client(realm)
    await world.user(realm)
    return world


@pytest.mark.parametrize("realm", ODD_REALMS)
async def test_a_challenge_never_repeats_an_odd_realm_of_the_address(world: World, realm: str) -> None:
    async with world.http() as http:
        answer = await http.get(USERINFO.format(realm))
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "set-cookie" not in answer.headers


async def test_a_challenge_names_the_realm(acme: World) -> None:
    async with acme.http() as http:
        answer = await http.get(USERINFO.format("acme"))
    assert answer.headers["www-authenticate"] == 'Bearer realm="acme"'


@pytest.mark.parametrize(
    "path", ["/", "/health", "/realms/acme/login", "/realms/acme/protocol/openid-connect/token"]
)
async def test_a_method_that_is_not_allowed_is_told_which_are(acme: World, path: str) -> None:
    async with acme.http() as http:
        answer = await http.delete(path)
    assert answer.status_code == 405
    assert answer.headers["allow"]


async def test_invented_methods_are_counted_as_one(acme: World) -> None:
    async with acme.http() as http:
        for number in range(20):
            await http.request(f"INVENTED{number}", "/")
    text = acme.app.context.metrics.write().decode()
    assert "INVENTED" not in text
    assert 'method="other"' in text


async def test_looking_at_the_header_of_an_authorization_request_gives_no_code(acme: World) -> None:
    browser = acme.browser()
    await browser.code(str(authorization_url()), "alice", PASSWORD)
    answer = await browser.http.head(str(authorization_url()))
    assert answer.status_code == 405
    assert "location" not in answer.headers


async def test_looking_at_the_header_of_the_sign_out_signs_nobody_out(acme: World) -> None:
    browser = acme.browser()
    await browser.code(str(authorization_url()), "alice", PASSWORD)
    assert (await browser.http.head("/realms/acme/protocol/openid-connect/logout")).status_code == 405


async def test_the_header_of_a_public_document_may_be_looked_at(acme: World) -> None:
    async with acme.http() as http:
        answer = await http.head("/realms/acme/.well-known/openid-configuration")
    assert answer.status_code == 200


async def test_the_login_page_forgets_nothing_when_a_wrong_button_is_sent(acme: World) -> None:
    browser = acme.browser()
    await browser.get(str(authorization_url()))
    await browser.submit("continue", username="alice")
    assert browser.page is not None
    page = await browser.http.post(str(browser.page.url), data={"nonsense": "1"})
    assert isinstance(page, httpx.Response)
    again = await browser.http.get(str(browser.page.url))
    assert forms_of(again.text)[0].fields.get("username") == "alice"


async def test_empty_fields_of_a_query_are_no_repeated_parameter(acme: World) -> None:
    url = str(authorization_url(prompt="none")).replace("&", "&&&") + "&&"
    async with acme.http() as http:
        answer = await http.get(url)
    assert "error=login_required" in answer.headers["location"]


async def test_a_line_for_people_holds_no_control_character() -> None:
    written: list[bytes] = []
    log = RequestLog(written.append, "text")
    log.line(realm="\x1b[2J\x9b31m", detail="one\r\ntwo\x7f")
    log.flush()
    (line,) = written
    text = line.decode()
    assert text.endswith("\n")
    assert not [sign for sign in text[:-1] if not sign.isprintable()]
    assert "one" in text
    assert "two" in text
