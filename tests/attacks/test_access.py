"""AC-04: every method of the console, the platform and the Admin API × every role of D17 × its own and
another tenant. `access.txt` has a row for each method; a new one without a row fails."""

from pathlib import Path

import httpx
import pytest

from tests.console import AdminApi, admin_api, administrator, master_of, sign_in
from tests.world import CLIENT_SECRET, World, new_world
from vestibule.domain.administration import PLATFORM_RIGHTS, REALM_ADMIN
from vestibule.web.admin.desk import ApiOperation
from vestibule.web.console.desk import ConsoleOperation
from vestibule.web.routes import every_route

TABLE = Path(__file__).with_name("access.txt")
ROLES = (*PLATFORM_RIGHTS, REALM_ADMIN, "person")
TENANTS = ("acme", "globex", "master")
"""`realm-admin` and `person` belong to acme."""
LAST = ("DELETE /admin/realms/{realm}",)
"""What would take away what the others need."""


def rows() -> dict[str, frozenset[str]]:
    """`METHOD path` → the roles that may, in a tenant that they reach."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    parts = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {method: frozenset(roles.split()) for method, roles in parts}


def guarded(kind: type) -> dict[str, str]:
    """`METHOD path` → path of the methods that an administrator calls."""
    return {
        f"{method} {route.path}": route.path
        for route in every_route()
        for method, handler in route.methods.items()
        if isinstance(handler, kind)
    }


def test_AC_04_every_method_has_a_row() -> None:
    assert set(guarded(ConsoleOperation)) | set(guarded(ApiOperation)) == set(rows())


def test_AC_04_every_address_for_administrators_is_guarded() -> None:
    kinds = (ConsoleOperation, ApiOperation)
    assert not [
        f"{method} {route.path}"
        for route in every_route()
        for method, handler in route.methods.items()
        if route.caller == "an administrator" and not isinstance(handler, kinds)
    ]


def may(role: str, method: str, tenant: str, path: str) -> bool:
    """What the table says."""
    reaches = role in PLATFORM_RIGHTS or (tenant == "acme" and "{realm}" in path)
    return reaches and role in rows()[method]


def address(path: str, tenant: str) -> str:
    """The path with the tenant, and names of nothing in its other steps."""
    steps = [
        tenant if step == "{realm}" else "nothing" if step.startswith("{") else step
        for step in path.split("/")
    ]
    return "/".join(steps)


async def tenants(world: World) -> None:
    await master_of(world)
    for name in ("acme", "globex"):
        await world.realm(name)


@pytest.mark.parametrize("role", ROLES)
async def test_AC_04_the_console_lets_in_whom_the_table_says(role: str) -> None:
    async with new_world() as world:
        await tenants(world)
        home = "master" if role in PLATFORM_RIGHTS else "acme"
        realm = await world.storage.realm_by_name(home)
        assert realm is not None
        await (world.user(realm, "person") if role == "person" else administrator(world, realm, role))
        browser = world.browser()
        await sign_in(browser, f"/console/{home}/sessions", role)
        wrong = []
        for method, path in guarded(ConsoleOperation).items():
            for tenant in TENANTS if "{realm}" in path else ("acme",):
                answer = await browser.http.request(
                    method.split()[0], address(path, tenant), headers={"origin": "https://sso.example"},
                    data={} if method.startswith("POST") else None,
                )  # fmt: skip
                if is_let_in(answer) != may(role, method, tenant, path):
                    wrong.append(f"{method} in {tenant}: {answer.status_code}")
        assert wrong == []


def is_let_in(answer: httpx.Response) -> bool:
    """Whether the handler was reached: neither refused nor sent to sign in."""
    to_sign_in = answer.status_code == 303 and "/protocol/openid-connect/auth?" in answer.headers["location"]
    refused = answer.status_code == 403 and "not_changeable" not in answer.text
    return not (to_sign_in or refused or answer.status_code == 401)


@pytest.mark.parametrize("role", ROLES)
async def test_AC_04_the_admin_api_lets_in_whom_the_table_says(role: str) -> None:
    async with new_world() as world:
        await tenants(world)
        api = await (admin_api(world, role=role) if role != "person" else plain_service(world))
        methods = sorted(guarded(ApiOperation).items(), key=lambda item: item[0] in LAST)
        wrong = []
        for method, path in methods:
            for tenant in TENANTS if "{realm}" in path else ("acme",):
                answer = await api.send(method.split()[0], address(path, tenant), {})
                assert answer.status_code < 500, f"{method}: {answer.text}"
                if is_let_in(answer) != may(role, method, tenant, path):
                    wrong.append(f"{method} in {tenant}: {answer.status_code} {answer.text[:100]}")
        assert wrong == []


async def plain_service(world: World) -> AdminApi:
    """A service account of acme without any role."""
    acme = await world.storage.realm_by_name("acme")
    assert acme is not None
    client = await world.client(acme, "plain", client_credentials=True, standard_flow=False)
    await world.user(acme, "service-account-plain", service_of=client.id, password=None, email=None)
    http = world.http()
    answer = await http.post(
        "/realms/acme/protocol/openid-connect/token",
        data={"grant_type": "client_credentials"},
        auth=("plain", CLIENT_SECRET),
    )
    return AdminApi(http, answer.json()["access_token"])


async def test_AC_04_nobody_gets_in_without_proof() -> None:
    async with new_world() as world:
        await tenants(world)
        http = world.http()
        wrong = []
        for method, path in (guarded(ConsoleOperation) | guarded(ApiOperation)).items():
            answer = await http.request(
                method.split()[0], address(path, "acme"), headers={"origin": "https://sso.example"}
            )
            if is_let_in(answer):
                wrong.append(f"{method}: {answer.status_code}")
        assert wrong == []
