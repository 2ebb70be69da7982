"""npm oidc-provider as the provider that people come from: PKCE, PAR, DPoP, private_key_jwt, both logouts."""

import asyncio
import json
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import httpx
import pytest

from tests.browser import Browser, Callback, authorization_url, forms_of, text_of
from tests.parts import find_node
from tests.served import free_port, served_world
from tests.world import World
from vestibule.domain.connection import Connection
from vestibule.domain.realm import Realm
from vestibule.flows.administer.connections.discovering import read_metadata, with_metadata
from vestibule.flows.upstream_secrets import seal_upstream_secret

pytestmark = pytest.mark.needs("node")
SCRIPT = Path(__file__).with_name("oidc_provider.mjs")
CLIENT_ID, SECRET = "vestibule", "a-secret-that-the-provider-gave"
RETURN = "https://app.example/signed-out"


@dataclass
class Upstream:
    """A world with a connection to the provider, which runs as a process of its own."""

    world: World
    realm: Realm
    connection: Connection
    process: asyncio.subprocess.Process

    async def follow(self, http: httpx.AsyncClient, url: str) -> str:
        """Over the provider's pages, each answered with yes, until it sends the browser away."""
        response = await http.get(url)
        for _ in range(12):
            location = response.headers.get("location")
            if location is not None:
                target: str = urljoin(str(response.url), location)
                if not target.startswith(self.connection.issuer):
                    return target
                response = await http.get(target)
                continue
            assert response.status_code == 200, text_of(response.text)
            forms = forms_of(response.text)
            if not forms:
                return str(response.url)
            data = forms[0].fields
            data |= {"login": "grace", "password": "any"} if "login" in data else {}
            data |= {"logout": "yes"} if "xsrf" in data else {}
            response = await http.post(urljoin(str(response.url), forms[0].action), data=data)
        raise AssertionError(f"the provider's pages do not end: {text_of(response.text)}")

    async def leave(self, browser: Browser) -> str:
        """From the application's request over our page to the provider's address."""
        page = await browser.get(str(authorization_url()))
        assert isinstance(page, httpx.Response)
        token = dict(parse_qsl(urlsplit(str(page.url)).query))["id"]
        query = {"id": token, "alias": self.connection.alias}
        answer = await browser.http.get("/realms/acme/login/provider", params=query)
        url = str(answer.headers["location"])
        assert url.startswith(self.connection.endpoints.authorization), url
        return url

    async def sign_in(self, browser: Browser, http: httpx.AsyncClient) -> httpx.Response | Callback:
        """From the application's request over the provider to whatever comes then."""
        return await browser.get(await self.follow(http, await self.leave(browser)))


@asynccontextmanager
async def upstream(*, client: dict[str, Any] | None = None, **settings: Any) -> AsyncIterator[Upstream]:
    """`client` is metadata of our registration at the provider beside the usual, None leaves one out;
    `demandsPar` and `demandsNonce` are its own settings, all others the connection's."""
    port = free_port()
    demands = {name: settings.pop(name, False) for name in ("demandsPar", "demandsNonce")}
    async with served_world(allow=(f"localhost:{port}",)) as world:
        realm = await world.realm()
        await world.client(realm, post_logout_redirect_uris=(RETURN,))
        draft = Connection(
            world.new_id(), realm.id, "upstream", client_id=CLIENT_ID, second_factor="off", trusted=True
        )
        public_url = world.deployment.public_url
        registered = {
            "client_id": CLIENT_ID,
            "client_secret": SECRET,
            "redirect_uris": [draft.callback_url(public_url, realm.name)],
            "post_logout_redirect_uris": [draft.callback_url(public_url, realm.name)],
            "backchannel_logout_uri": draft.backchannel_logout_url(public_url, realm.name),
            "backchannel_logout_session_required": True,
            "jwks_uri": f"{public_url}/realms/{realm.name}/protocol/openid-connect/certs",
            **(client or {}),
        }
        registered = {name: value for name, value in registered.items() if value is not None}
        async with provider({"port": port, "client": registered, **demands}) as process:
            metadata, url = await read_metadata(world.deployment, "oidc", f"http://localhost:{port}")
            secret = seal_upstream_secret(
                SECRET, world.deployment.vault, draft.id, world.new_id(), world.clock.now()
            )
            connection = with_metadata(replace(draft, secrets=(secret,)), metadata, url)
            up = Upstream(world, realm, replace(connection, **settings), process)
            await world.storage.add_connection(up.connection)
            yield up


@asynccontextmanager
async def provider(settings: dict[str, Any]) -> AsyncIterator[asyncio.subprocess.Process]:
    """The provider's process, once it listens."""
    node = find_node()
    assert node is not None
    process = await asyncio.create_subprocess_exec(
        str(node), str(SCRIPT), json.dumps(settings), stdout=PIPE, stderr=PIPE
    )
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), 30)
        if line != b"ready\n":
            raise AssertionError((await process.communicate())[1].decode())
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def check_signed_in(up: Upstream, answer: httpx.Response | Callback) -> None:
    """The application has its code, and the person the address that the provider vouches for."""
    assert isinstance(answer, Callback), text_of(answer.text)
    assert "code" in answer.parameters, answer.parameters
    link = await up.world.storage.link(up.connection.id, up.connection.issuer, "grace")
    assert link is not None
    user = await up.world.storage.user(link.user_id)
    assert user is not None
    assert (user.email, user.email_verified) == ("grace@people.example", True)


PRIVATE_KEY = {
    "client": {
        "client_secret": None,
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "RS256",
    },
    "authentication": "private_key_jwt",
}
BASIC = {"client": {"token_endpoint_auth_method": "client_secret_basic"}}
DPOP = {"client": {"dpop_bound_access_tokens": True}}


@pytest.mark.parametrize(
    "settings",
    [
        {"use_par": False},
        {"use_par": True},
        {"use_par": True, "demandsPar": True},
        {"use_dpop": True, **DPOP},
        {"use_dpop": True, "demandsNonce": True, **DPOP},
        {"use_par": True, "use_dpop": True, "demandsPar": True, "demandsNonce": True, **DPOP},
        {"use_par": False, "authentication": "client_secret_basic", **BASIC},
        {"use_par": False, **PRIVATE_KEY},
        {"use_par": True, "demandsPar": True, **PRIVATE_KEY},
    ],
    ids=str,
)
async def test_a_person_of_oidc_provider_signs_in(settings: dict[str, Any]) -> None:
    async with upstream(**settings) as up, httpx.AsyncClient() as http:
        await check_signed_in(up, await up.sign_in(up.world.browser(), http))


async def test_without_a_proof_of_possession_that_is_demanded_nobody_signs_in() -> None:
    async with upstream(use_dpop=False, **DPOP) as up, httpx.AsyncClient() as http:
        page = await up.sign_in(up.world.browser(), http)
        assert isinstance(page, httpx.Response)
        assert page.status_code == 502
        assert await up.world.storage.count_links(up.connection.id) == 0


async def is_signed_in(browser: Browser) -> bool:
    answer = await browser.get(str(authorization_url(prompt="none")))
    return isinstance(answer, Callback) and "code" in answer.parameters


async def test_signing_out_here_signs_out_there_and_leads_back_to_the_application() -> None:
    async with upstream() as up, httpx.AsyncClient() as http:
        browser = up.world.browser()
        await check_signed_in(up, await up.sign_in(browser, http))
        query = urlencode(
            {"client_id": "atera", "post_logout_redirect_uri": RETURN, "state": "of the application"}
        )
        await browser.get(f"/realms/acme/protocol/openid-connect/logout?{query}")
        page = await browser.submit("sign-out")
        assert isinstance(page, httpx.Response)
        there = page.text.partition('id="continue" href="')[2].partition('"')[0].replace("&amp;", "&")
        assert there.startswith(up.connection.endpoints.end_session)
        back = await up.follow(http, there)
        assert await browser.get(back) == Callback(RETURN, {"state": "of the application"})
        assert not await is_signed_in(browser)
        shown = await http.get(await up.leave(browser), follow_redirects=True)
        assert "login" in forms_of(shown.text)[0].fields  # the provider asks who it is


async def test_signing_out_there_signs_out_here() -> None:
    async with upstream() as up, httpx.AsyncClient() as http, httpx.AsyncClient() as other_http:
        browser, other = up.world.browser(), up.world.browser()
        await check_signed_in(up, await up.sign_in(browser, http))
        await check_signed_in(up, await up.sign_in(other, other_http))
        assert await is_signed_in(browser)
        await up.follow(http, up.connection.endpoints.end_session)
        assert up.process.stdout is not None
        assert await asyncio.wait_for(up.process.stdout.readline(), 10) == b"told\n"
        assert not await is_signed_in(browser)
        assert await is_signed_in(other)
        assert [event.details for event in await up.world.events(up.realm, "LOGOUT")] == [
            {"provider": "upstream"}
        ]
