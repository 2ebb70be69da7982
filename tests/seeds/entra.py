"""Both sides of seed 001 over HTTP: the practice Entra ID as the vendor, and the console of a tenant."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

from tests.account.house import ACCOUNT
from tests.browser import Browser, Callback, forms_of, text_of
from tests.console import console
from tests.passkeys import device, fetch_options, send
from tests.practice.test_provider_pages import links_of, value_of
from tests.provider import PracticeProvider, practice_provider
from tests.world import Clock, World, new_world
from vestibule.domain.connection import Connection
from vestibule.domain.realm import Realm
from vestibule.domain.user import User

PROVIDERS = "/console/acme/identity-providers"
MAPPERS = (
    ("azure-group-mapper", "groups", "group"),
    ("Azure Username", "upn", "email"),
    ("Azure Sub Importer", "sub", "sub"),
)
"""The three tables of the guide: name, claim, user attribute."""
REDIRECT_URI = "https://sso.example/realms/acme/broker/oidc/endpoint"


@dataclass
class Scene:
    """`client_id`, `secret` and `discovery` are what somebody carries over from Entra."""

    world: World
    provider: PracticeProvider
    realm: Realm
    client_id: str = ""
    secret: str = ""
    discovery: str = ""
    admin: Browser = field(init=False)

    @property
    def text(self) -> str:
        """The console's page that is open."""
        assert self.admin.page is not None
        return text_of(self.admin.page.text)

    @property
    def html(self) -> str:
        assert self.admin.page is not None
        return self.admin.page.text

    async def open(self, path: str = "") -> httpx.Response:
        page = await self.admin.get(PROVIDERS + path)
        assert isinstance(page, httpx.Response)
        return page

    async def connection(self) -> Connection:
        [found] = await self.world.storage.connections(self.realm.id)
        return found

    async def register_app(self) -> None:
        """Step 1, from 1 to 9: at Entra's pages, and each value copied from where the guide says."""
        async with httpx.AsyncClient(base_url=self.provider.base) as http:
            page = await http.get(links_of((await http.get("/")).text)["New registration"])
            form = next(form for form in forms_of(page.text) if "register" in form.buttons)
            fields = form.fields | {"name": "MPAS-AzureSSO"}
            page = await http.post(form.action, data=fields, follow_redirects=True)
            self.client_id = value_of(page.text, "client-id")
            links = links_of(page.text)
            self.discovery = value_of((await http.get(links["Endpoints"])).text, "discovery-url")
            secrets = await http.get(links["Certificates &amp; secrets"])
            secrets = await http.get(links_of(secrets.text)["New client secret"])
            form = next(form for form in forms_of(secrets.text) if "add" in form.buttons)
            self.secret = value_of((await http.post(form.action, data=form.fields)).text, "secret-value")

    async def add_redirect_uri(self, uri: str = REDIRECT_URI) -> None:
        """Step 2, from 6 to 9."""
        registration = self.provider.state.registrations[self.client_id]
        registration.add_redirect_uri(uri)

    async def add_provider(self, **changes: str | None) -> httpx.Response:
        """Step 2, from 3 to 13: exactly the fields that the guide names."""
        await self.open("/oidc/new")
        typed = {
            "display_name": "Azure", "discovery": self.discovery, "client_id": self.client_id,
            "client_secret": self.secret,
        }  # fmt: skip
        page = await self.admin.send_form("/oidc/new", **(typed | changes))
        assert isinstance(page, httpx.Response)
        return page

    async def add_mapper(self, name: str, claim: str, attribute: str, mode: str = "FORCE") -> httpx.Response:
        """Step 2, 15: exactly the fields of a table."""
        await self.open("/oidc/mappers/new")
        page = await self.admin.send_form(
            "/mappers/new", name=name, sync_mode=mode, claim=claim, user_attribute=attribute
        )
        assert isinstance(page, httpx.Response)
        return page

    async def configure_tokens(self, *claims: str) -> None:
        """The optional step "Token configuration", without which neither `upn` nor `groups` come."""
        self.provider.state.registrations[self.client_id].optional_claims = set(claims)

    async def leave(self, browser: Browser, path: str = ACCOUNT) -> str:
        """Step 3, from 2 to 4: the Home URL of the client `account`, and the button; Entra's address."""
        page = await browser.get(f"{path}?prompt=login")
        assert isinstance(page, httpx.Response)
        button = re.search(r'href="([^"]*/login/provider\?[^"]+)"', page.text)
        assert button is not None, text_of(page.text)
        answer = await browser.http.get(button[1].replace("&amp;", "&"))
        return str(answer.headers["location"])

    async def sign_in(self, browser: Browser, person: str = "grace") -> httpx.Response:
        """Step 3, from 2 to 6: to whatever page comes after Entra."""
        page = await browser.get(await self.provider.sign_in(await self.leave(browser), person))
        assert isinstance(page, httpx.Response), page
        return page

    async def enter(self, browser: Browser, person: str = "grace") -> httpx.Response:
        """Step 3, from 2 to 8: with the passkey that the first entry makes."""
        await self.sign_in(browser, person)
        await browser.submit("continue")
        page = await send(browser, device().create(await fetch_options(browser)))
        assert not isinstance(page, Callback)
        return page

    async def people(self) -> list[User]:
        """Who came through the provider."""
        connection = await self.connection()
        return [
            one
            for one in await self.world.storage.users(self.realm.id)
            for link in await self.world.storage.links_of(one.id)
            if link.connection_id == connection.id
        ]


@asynccontextmanager
async def entra(*faults: str) -> AsyncIterator[Scene]:
    """Entra with an app that is registered, and an administrator at the console; nothing is added here."""
    clock = Clock()
    async with (
        practice_provider("entra", *faults, clock=clock) as provider,
        new_world(allow=(provider.place,), clock=clock, practice={"entra": provider.base}) as world,
    ):
        scene = Scene(world, provider, await world.realm())
        provider.state.registrations.clear()
        await scene.register_app()
        scene.admin = await console(world, path="/identity-providers")
        yield scene


@asynccontextmanager
async def connected(*faults: str, with_mappers: bool = True) -> AsyncIterator[Scene]:
    """As `entra`, once the guide is walked to the end of step 2."""
    async with entra() as scene:
        await scene.add_redirect_uri()
        page = await scene.add_provider()
        assert page.url.path == f"{PROVIDERS}/oidc/mappers", text_of(page.text)
        for mapper in MAPPERS if with_mappers else ():
            await scene.add_mapper(*mapper)
        scene.provider.set_faults(*faults)
        yield scene
