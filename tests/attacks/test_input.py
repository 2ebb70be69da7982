"""Attack rows HT (the application's part) and OR: odd values in every field of every endpoint."""

import re
from collections.abc import Iterator
from pathlib import Path
from time import process_time
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.application import BASIC
from tests.browser import Callback, authorization_url, forms_of, text_of
from tests.world import PASSWORD, World
from vestibule.web import routes
from vestibule.web.call import Call
from vestibule.web.routing import Route

PROTOCOL = "/realms/acme/protocol/openid-connect"
ODD = [
    "%00",
    "%ED%A0%80",
    "%FF%FE",
    "9" * 5000,
    "9223372036854775808",
    "1e400",
    "-1",
    quote("[" * 2000),
    quote('{"a":' * 300),
    "%C2%B2",
    "%EF%BC%91",
    "a%0D%0AX-Evil:1",
    "%F0%9F%94%91",
]
AUTHORIZE_FIELDS = [
    "state",
    "nonce",
    "scope",
    "prompt",
    "max_age",
    "claims",
    "login_hint",
    "id_token_hint",
    "acr_values",
    "ui_locales",
    "code_challenge",
    "display",
    "response_mode",
    "unknown",
]
TOKEN_FIELDS = [
    "grant_type",
    "code",
    "redirect_uri",
    "code_verifier",
    "refresh_token",
    "scope",
    "resource",
    "client_assertion",
    "client_assertion_type",
    "client_id",
    "client_secret",
    "unknown",
]
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
async def acme(world: World) -> World:
    realm = await world.realm()
    await world.client(realm, client_credentials=True)
    await world.user(realm)
    return world


def is_handled(answer: httpx.Response) -> bool:
    """Answered on purpose: no server error, and nothing of the input in a header line of its own."""
    return answer.status_code < 500 and "x-evil" not in answer.headers


@pytest.mark.parametrize("field", AUTHORIZE_FIELDS)
async def test_HT_05_odd_values_in_an_authorization_request_are_handled(acme: World, field: str) -> None:
    base = str(authorization_url().with_(**{field: None}))
    async with acme.http() as http:
        for value in ODD:
            assert is_handled(await http.get(f"{base}&{field}={value}")), value
    assert await acme.events(type="LOGIN") == []


@pytest.mark.parametrize("field", TOKEN_FIELDS)
@pytest.mark.parametrize("endpoint", ["token", "revoke", "token/introspect"])
async def test_HT_05_odd_values_in_a_token_request_are_4xx(acme: World, endpoint: str, field: str) -> None:
    async with acme.http() as http:
        for value in ODD:
            content = f"grant_type=authorization_code&{field}={value}"
            answer = await http.post(f"{PROTOCOL}/{endpoint}", content=content, headers=FORM, auth=BASIC)
            assert 400 <= answer.status_code < 500, value
            assert answer.json()["error"]


@pytest.mark.parametrize(
    "path",
    [
        "/login?id={}",
        "/login/passkey-options?id={}",
        "/protocol/openid-connect/logout?state={}",
        "/protocol/openid-connect/logout?id_token_hint={}",
    ],
)
async def test_HT_05_odd_values_in_addresses_are_handled(acme: World, path: str) -> None:
    async with acme.http() as http:
        for value in ODD:
            for method in ("GET", "POST"):
                answer = await http.request(method, "/realms/acme" + path.format(value), headers=FORM)
                assert is_handled(answer), value


@pytest.mark.parametrize("realm", ["%00", "%ED%A0%80", "x" * 5000, "..", "acme%2F", "%F0%9F%94%91", "' OR 1"])
async def test_HT_05_odd_realm_names_are_not_found(acme: World, realm: str) -> None:
    async with acme.http() as http:
        answer = await http.get(f"/realms/{realm}/.well-known/openid-configuration")
    assert answer.status_code in (400, 404)


async def test_HT_05_odd_values_in_the_sign_in_forms_are_handled(acme: World) -> None:
    browser = acme.browser()
    await browser.get(str(authorization_url()))
    assert browser.page is not None
    for field in ("username", "password", "credential", "passkey_supported"):
        for value in ODD:
            content = f"username=alice&{field}={value}" if field != "username" else f"username={value}"
            answer = await browser.http.post(str(browser.page.url), content=content, headers=FORM)
            assert is_handled(answer), (field, value)
    assert await acme.events(type="LOGIN") == []


@pytest.mark.parametrize(
    "endpoint, content",
    [
        ("token", "grant_type=client_credentials&scope=a&scope=b"),
        ("token", "grant_type=client_credentials&client_id=atera&client_id=other"),
        ("revoke", "token=a&token=b"),
        ("token/introspect", "token=a&token=b"),
        ("userinfo", "access_token=a&access_token=b"),
    ],
)
async def test_HT_06_repeated_parameters_are_invalid(acme: World, endpoint: str, content: str) -> None:
    async with acme.http() as http:
        auth = BASIC if endpoint != "userinfo" else None
        answer = await http.post(
            f"{PROTOCOL}/{endpoint}", content=content, headers=FORM, auth=auth or httpx.USE_CLIENT_DEFAULT
        )
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_request"


@pytest.mark.parametrize("field", ["state", "nonce", "scope", "prompt", "response_type", "code_challenge"])
async def test_HT_06_a_repeated_parameter_of_the_request_is_invalid(acme: World, field: str) -> None:
    answer = await acme.browser().get(f"{authorization_url(**{field: 'a'})}&{field}=b")
    assert isinstance(answer, Callback)
    assert answer.parameters["error"] == "invalid_request"
    assert ("state" in answer.parameters) == (field != "state")


@pytest.mark.parametrize("count", [101, 10_000])
async def test_HT_03_too_many_fields_are_refused(acme: World, count: int) -> None:
    fields = "&".join(f"f{number}=x" for number in range(count))[:60_000]
    async with acme.http() as http:
        posted = await http.post(f"{PROTOCOL}/token", content=fields, headers=FORM, auth=BASIC)
        asked = await http.get(f"{PROTOCOL}/auth?{fields[:7000]}")
    assert (posted.status_code, posted.json()["error"]) == (400, "invalid_request")
    assert asked.status_code == 400


async def test_HT_03_multipart_is_not_read(acme: World) -> None:
    async with acme.http() as http:
        answer = await http.post(f"{PROTOCOL}/token", files={"grant_type": b"client_credentials"}, auth=BASIC)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_HT_04_a_range_is_ignored(acme: World) -> None:
    path = acme.app.context.assets.url("signin.css")
    ranges = "bytes=" + ",".join(f"{number}-{number}" for number in range(1000))
    async with acme.http() as http:
        whole = await http.get(path)
        started = process_time()
        answer = await http.get(path, headers={"range": ranges})
    assert process_time() - started < 0.1
    assert (answer.status_code, answer.content) == (200, whole.content)


ALL_ROUTES = [(route, method) for route in (*routes.ROUTES, *routes.REALM_ROUTES) for method in route.methods]


@pytest.mark.parametrize("route, method", ALL_ROUTES, ids=lambda value: getattr(value, "path", value))
async def test_HT_10_an_unforeseen_error_tells_nothing_and_the_next_request_works(
    acme: World, monkeypatch: pytest.MonkeyPatch, route: Route, method: str
) -> None:
    async def broken(_: Call) -> Any:
        raise KeyError("a secret of the inside")

    monkeypatch.setitem(route.methods, method, broken)
    path = route.path if route.path.startswith("/") else f"/realms/acme/{route.path}"
    async with acme.http() as http:
        answer = await http.request(method, path)
        assert answer.status_code == 500
        assert "secret of the inside" not in answer.text
        assert "Traceback" not in answer.text
        assert re.search(r"[0-9a-f]{12}", answer.text), "no reference"
        monkeypatch.undo()
        assert (await http.get("/health/live")).status_code == 200


def patterns() -> Iterator[tuple[str, str]]:
    """Every regular expression of the source, with the file that holds it."""
    for path in sorted(Path("src/vestibule").rglob("*.py")):
        for found in re.finditer(r're\.compile\(\s*(rb?"[^"]+"|r\'[^\']+\')', path.read_text()):
            yield str(path), found.group(1)


def test_HT_11_no_pattern_is_slow_on_hostile_input() -> None:
    hostile = [
        "a" * 20_000 + "!",
        "-" * 20_000,
        "a.-" * 7000,
        "0" * 20_000 + "x",
        "a@" * 10_000,
        "/" * 20_000,
    ]
    for path, literal in patterns():
        pattern = re.compile(eval(literal))  # noqa: S307 - a literal of our own source
        started = process_time()
        for text in hostile:
            pattern.fullmatch(text if isinstance(pattern.pattern, str) else text.encode())
        assert process_time() - started < 0.25, (path, literal)


def test_HT_12_every_pattern_is_matched_whole() -> None:
    for path in Path("src/vestibule").rglob("*.py"):
        text = path.read_text()
        assert not re.search(r're\.compile\([^)]*\$["\']', text), path
        assert not re.search(r"\bre\.match\(|\.match\(", text), path


@pytest.mark.parametrize("field", ["scope", "max_age", "code_challenge"])
async def test_HT_12_a_trailing_newline_is_no_part_of_a_value(acme: World, field: str) -> None:
    good = {"scope": "openid", "max_age": "10", "code_challenge": "a" * 43}[field]
    async with acme.http() as http:
        answer = await http.get(f"{authorization_url().with_(**{field: None})}&{field}={good}%0A")
    assert answer.status_code == 303
    assert "error=invalid_" in answer.headers["location"]


@pytest.mark.parametrize(
    "path",
    [
        "/static/../routes.py",
        "/static/..%2f..%2fmain.py",
        "/static/%2e%2e/app.py",
        "/static//etc/passwd",
        "/static/",
    ],
)
async def test_HT_13_there_is_no_path_to_walk(acme: World, path: str) -> None:
    async with acme.http() as http:
        assert (await http.get(path)).status_code == 404


@pytest.mark.parametrize("locales", ["../../etc/passwd", "en/../../x", "\\..\\", "xx", "fr-CA fr"])
async def test_HT_13_a_locale_is_a_word_of_the_list(acme: World, locales: str) -> None:
    page = await acme.browser().get(str(authorization_url(ui_locales=locales)))
    assert isinstance(page, httpx.Response)
    assert page.status_code == 200
    assert ('lang="fr"' in page.text) == locales.startswith("fr")


async def test_OR_02_a_client_made_value_is_escaped_on_our_pages(acme: World) -> None:
    hostile = '"><script>alert(1)</script>'
    realm = await acme.storage.realm_by_name("acme")
    assert realm is not None
    await acme.client(realm, "hostile", name=hostile, required_role="none", home_url="javascript:alert(1)")
    for url in (authorization_url(login_hint=hostile), authorization_url(client_id="hostile")):
        page = await acme.browser().sign_in(str(url), "alice", PASSWORD) if "hostile" in str(url) else None
        page = page or await acme.browser().get(str(url))
        assert isinstance(page, httpx.Response)
        assert "<script>alert" not in page.text
        assert "javascript:" not in page.text


async def test_OR_02_an_error_goes_only_to_a_registered_address(acme: World) -> None:
    page = await acme.browser().get(str(authorization_url(prompt="foo", redirect_uri="https://evil.test/")))
    assert isinstance(page, httpx.Response)
    assert "evil.test" not in page.text


async def test_OR_03_a_link_back_leads_only_to_the_registered_home(acme: World) -> None:
    realm = await acme.storage.realm_by_name("acme")
    assert realm is not None
    await acme.client(realm, "limited", required_role="none")
    url = authorization_url(client_id="limited", target_link_uri="https://evil.test/", login_hint="alice")
    page = await acme.browser().sign_in(str(url), "alice", PASSWORD)
    assert isinstance(page, httpx.Response)
    assert 'href="https://app.example"' in page.text
    assert "evil.test" not in page.text


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.binary(max_size=200))
async def test_any_bytes_as_a_query_are_handled(acme: World, query: bytes) -> None:
    scope = {
        "type": "http",
        "method": "GET",
        "path": f"{PROTOCOL}/auth",
        "query_string": query,
        "headers": [],
    }
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        sent.append(message)

    await acme.app(scope, receive, send)
    assert sent[0]["status"] in (303, 400)


async def test_a_page_names_its_error_and_reference_and_the_log_has_it(acme: World) -> None:
    page = await acme.browser().get(str(authorization_url(client_id="nobody")))
    assert isinstance(page, httpx.Response)
    reference = re.search(r"[0-9a-f]{12}", text_of(page.text))
    assert reference is not None
    acme.app.context.log.flush()
    line = next(line for line in b"".join(acme.log).decode().splitlines() if reference.group() in line)
    assert '"error":"unknown_client"' in line
    assert forms_of(page.text) == []
