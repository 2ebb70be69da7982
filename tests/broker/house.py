"""A house with one provider: a world, a practice provider that runs, a connection to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from tests.browser import Browser, Callback, authorization_url, text_of
from tests.provider import PracticeProvider, practice_provider
from tests.world import PUBLIC_URL, Clock, World, new_world
from vestibule.domain.connection import ONBOARDING, Connection, ConnectionMapper
from vestibule.domain.realm import Realm
from vestibule.domain.user import User
from vestibule.flows.upstream_secrets import seal_upstream_secret
from vestibule.oidc.relying_party.discovery import process_discovery
from vestibule.oidc.relying_party.messages import Incoming

Page = httpx.Response | Callback


@dataclass
class House:
    """`connection` is stored; `change` stores it anew with other settings."""

    world: World
    provider: PracticeProvider
    realm: Realm
    connection: Connection

    @property
    def alias(self) -> str:
        return self.connection.alias

    @property
    def callback(self) -> str:
        return self.connection.callback_url(PUBLIC_URL, self.realm.name)

    async def change(self, **changes: Any) -> Connection:
        self.connection = replace(self.connection, **changes)
        await self.world.storage.save_connection(self.connection)
        return self.connection

    async def mapper(self, name: str, kind: str, mode: str = "FORCE", **config: str) -> ConnectionMapper:
        """Adds a mapper; `__` in a name of its config stands for a dot."""
        settings = {key.replace("__", "."): text for key, text in config.items()}
        mapper = ConnectionMapper(self.world.new_id(), name, kind, mode, settings)  # type: ignore[arg-type]
        await self.change(mappers=(*self.connection.mappers, mapper))
        return mapper

    async def importer(self, claim: str, attribute: str, mode: str = "FORCE") -> ConnectionMapper:
        config = {"claim": claim, "user.attribute": attribute}
        return await self.mapper(f"{claim} to {attribute}", "oidc-user-attribute-idp-mapper", mode, **config)

    async def leave(self, browser: Browser, **parameters: str | None) -> str:
        """From the application's request over our page to the provider's address."""
        page = await browser.get(str(authorization_url().with_(**parameters)))
        assert isinstance(page, httpx.Response), page
        return await self.follow_button(browser)

    async def follow_button(self, browser: Browser, alias: str = "") -> str:
        """Presses the provider's button on the page that is open."""
        assert browser.page is not None
        token = dict(parse_qsl(urlsplit(str(browser.page.url)).query))["id"]
        query = {"id": token, "alias": alias or self.alias}
        answer = await browser.http.get(f"/realms/{self.realm.name}/login/provider", params=query)
        assert answer.status_code == 303, text_of(answer.text)
        return str(answer.headers["location"])

    async def sign_in(
        self, person: str = "grace", browser: Browser | None = None, **parameters: str | None
    ) -> Page:
        """From the application's request through the provider to whatever comes then."""
        browser = browser or self.world.browser()
        url = await self.leave(browser, **parameters)
        return await browser.get(await self.provider.sign_in(url, person))

    async def user_of(self, person: str = "grace") -> User | None:
        """Whom the provider's person is linked to."""
        link = await self.world.storage.link(
            self.connection.id, self.provider.issuer, self.provider.sub(person)
        )
        return await self.world.storage.user(link.user_id) if link is not None else None

    async def everybody(self) -> list[User]:
        return [one for one in await self.world.storage.users(self.realm.id) if one.service_of is None]


@asynccontextmanager
async def house(kind: str = "oidc", *faults: str, **settings: Any) -> AsyncIterator[House]:
    """A realm `acme` with the client `atera` and a connection of the kind; `settings` are the connection's,
    those that begin with `provider_` the provider's registration's. The faults begin once the connection is
    made; those `from_the_start` are there when its metadata are read, too. `allow` opens further places."""
    registered = {
        name.removeprefix("provider_"): settings.pop(name)
        for name in list(settings)
        if name.startswith("provider_")
    }
    realm_changes, early = settings.pop("realm", {}), settings.pop("from_the_start", ())
    opened, ca_file = settings.pop("allow", ()), settings.pop("ca_file", None)
    clock = settings.pop("clock", None) or Clock()
    async with (
        practice_provider(kind, *early, clock=clock, **registered) as provider,
        new_world(
            allow=(provider.place, *opened), clock=clock, practice={kind: provider.base}, ca_file=ca_file
        ) as world,
    ):
        realm = await world.realm(**realm_changes)
        await world.client(realm)
        connection = await connect(world, realm, provider, kind, **settings)
        provider.register(connection.callback_url(PUBLIC_URL, realm.name))
        provider.set_faults(*early, *faults)
        yield House(world, provider, realm, connection)


async def connect(
    world: World, realm: Realm, provider: PracticeProvider, kind: str, **changes: Any
) -> Connection:
    """A connection as the console makes it, without a factor of ours after it unless `changes` say so."""
    connection_id, secret_id = world.new_id(), world.new_id()
    secret = seal_upstream_secret(
        provider.client_secret, world.deployment.vault, connection_id, secret_id, world.clock.now()
    )
    connection = Connection(
        id=connection_id,
        realm_id=realm.id,
        alias=kind,
        kind=kind,  # type: ignore[arg-type]
        display_name=f"Practice {kind}",
        client_id=provider.client_id,
        secrets=(secret,),
        second_factor="off",
        mappers=(ConnectionMapper(world.new_id(), "Onboarding", ONBOARDING),),
        created_at=world.clock.now(),
        **(await addresses(provider, kind)),
    )
    connection = replace(connection, **changes)
    await world.storage.add_connection(connection)
    return connection


async def addresses(provider: PracticeProvider, kind: str) -> dict[str, Any]:
    """What the provider's metadata says; of GitHub what its preset does."""
    if kind == "github":
        from vestibule.catalogue.provider import preset_addresses
        from vestibule.catalogue.providers import provider as catalogued

        found = preset_addresses(catalogued("github").preset, base=provider.base)
        preset = catalogued("github").preset
        return {
            "issuer": found.issuer, "endpoints": found.endpoints, "scopes": preset.scopes, "pkce": False,
        }  # fmt: skip
    async with httpx.AsyncClient() as http:
        answer = await http.get(provider.discovery_url)
    metadata = process_discovery(
        provider.discovery_url, Incoming(answer.status_code, dict(answer.headers), answer.content),
        is_entra=kind == "entra",
    )  # fmt: skip
    return {
        "issuer": metadata.issuer,
        "endpoints": metadata.endpoints,
        "discovery_url": provider.discovery_url,
        "issuer_on_response": metadata.issuer_on_response,
    }
