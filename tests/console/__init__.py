"""An administrator at the console, and the tools of administrators at the Admin API."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.browser import Browser, text_of
from tests.world import CLIENT_SECRET, PASSWORD, World
from vestibule.domain.administration import PLATFORM_RIGHTS, REALM_ADMIN
from vestibule.domain.realm import MASTER, Realm
from vestibule.domain.user import User


async def administrator(world: World, realm: Realm, role: str = REALM_ADMIN, **changes: Any) -> User:
    """A person of `realm` with an administrator's role; of `master` for a platform role."""
    user = await world.user(realm, changes.pop("username", role), **changes)
    stored = await world.storage.role_by_name(realm.id, role)
    assert stored is not None, f"{realm.name} has no role {role}"
    await world.storage.grant_role(user.id, stored.id)
    return user


async def master_of(world: World) -> Realm:
    """The platform's own realm, made where it is missing."""
    found = await world.storage.realm_by_name(MASTER)
    return found or await world.realm(MASTER, display_name="Vestibule")


async def console(world: World, realm: str = "acme", role: str = REALM_ADMIN, path: str = "") -> Browser:
    """A browser that is signed in to the realm's console as an administrator with the role.

    A platform role signs in at `master` and then opens the realm.
    """
    home = await master_of(world) if role in PLATFORM_RIGHTS else await world.storage.realm_by_name(realm)
    assert home is not None
    user = await world.storage.user_by_login(home.id, role) or await administrator(world, home, role)
    browser = world.browser()
    await sign_in(browser, f"/console/{home.name}/clients", user.username)
    await browser.get(f"/console/{realm}{path}")
    return browser


async def sign_in(browser: Browser, path: str, username: str) -> httpx.Response:
    """Opens a page that asks for a sign-in, signs in by password, and skips the offer of a passkey."""
    answer = await browser.sign_in(path, username, PASSWORD)
    if isinstance(answer, httpx.Response) and 'name="skip"' in answer.text:
        answer = await browser.submit("skip")
    assert isinstance(answer, httpx.Response), answer
    return answer


@dataclass
class AdminApi:
    """A tool that calls the Admin API with a service account's token."""

    http: httpx.AsyncClient
    token: str

    async def send(self, method: str, path: str, body: Any = None, **options: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        return await self.http.request(method, path, json=body, headers=headers, **options)

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.send("GET", path, params=params or None)

    async def post(self, path: str, body: Any = None) -> httpx.Response:
        return await self.send("POST", path, body)

    async def put(self, path: str, body: Any = None) -> httpx.Response:
        return await self.send("PUT", path, body)

    async def delete(self, path: str, body: Any = None) -> httpx.Response:
        return await self.send("DELETE", path, body)


async def admin_api(world: World, realm: str = "acme", role: str = REALM_ADMIN) -> AdminApi:
    """A service account of the realm (of `master` for a platform role) that holds the role."""
    home = await master_of(world) if role in PLATFORM_RIGHTS else await world.storage.realm_by_name(realm)
    assert home is not None
    client_id = f"tool-{role}"
    if await world.storage.client_by_client_id(home.id, client_id) is None:
        client = await world.client(home, client_id, client_credentials=True, standard_flow=False)
        await administrator(
            world, home, role, username=f"service-account-{client_id}", service_of=client.id, password=None,
            email=None, email_verified=False,
        )  # fmt: skip
    http = world.http()
    answer = await http.post(
        f"/realms/{home.name}/protocol/openid-connect/token",
        data={"grant_type": "client_credentials"},
        auth=(client_id, CLIENT_SECRET),
    )
    assert answer.status_code == 200, answer.text
    return AdminApi(http, answer.json()["access_token"])


def said(answer: Any) -> str:
    """What a page says."""
    assert isinstance(answer, httpx.Response), answer
    return text_of(answer.text)
