"""The sample application signs people in through the real service, over real HTTP."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import pytest

from tests.browser import Browser, Callback, text_of
from tests.served import free_port, served_world
from tests.world import World
from vestibule.crypto.secrets import reveal_client_secret
from vestibule.flows.administer.import_realm import import_realm
from vestibule.practice import samples
from vestibule.practice.application import create_application
from vestibule.practice.relying_party import Configuration
from vestibule.web.server import Listener, Server


@dataclass
class Sample:
    """The application, the service behind it, and somebody to sign in as."""

    world: World
    person: samples.SamplePerson
    address: str
    browsers: list[Browser] = field(default_factory=list)

    def visitor(self) -> httpx.AsyncClient:
        """A browser's side towards the application."""
        return httpx.AsyncClient(base_url=self.address)

    async def sign_in(self, visitor: httpx.AsyncClient, browser: Browser) -> httpx.Response:
        """From the button of the application back to its page."""
        away = await visitor.get("/sign-in")
        answer = await browser.sign_in(away.headers["location"], self.person.email, self.person.password)
        if not isinstance(answer, Callback):
            answer = await browser.submit("skip")
        assert isinstance(answer, Callback), text_of(answer.text)
        assert answer.uri == f"{self.address}/callback"
        return await visitor.get("/callback", params=answer.parameters, follow_redirects=True)

    def browser(self) -> Browser:
        """A browser's side towards the service."""
        self.browsers.append(Browser(httpx.AsyncClient(base_url=self.world.deployment.public_url)))
        return self.browsers[-1]


@pytest.fixture
async def sample() -> AsyncIterator[Sample]:
    """The service and the application, each on a port of its own."""
    port = free_port()
    async with served_world(allow=[f"127.0.0.1:{port}"]) as world:
        address = samples.application_address(port)
        text, people = samples.sample_realm(address)
        await import_realm(world.deployment, text)
        realm = await world.storage.realm_by_name(samples.REALM)
        assert realm is not None
        client = await world.storage.client_by_client_id(realm.id, samples.CLIENT_ID)
        assert client is not None
        secret = reveal_client_secret(client.secrets[0], world.deployment.vault, client.id)
        issuer = f"{world.deployment.public_url}/realms/{realm.name}"
        application = create_application(Configuration(issuer, client.client_id, secret, address))
        server = Server([Listener(application, "127.0.0.1", port)], stop_seconds=1)
        await server.start()
        try:
            made = Sample(world, people[0], address)
            yield made
            for browser in made.browsers:
                await browser.http.aclose()
        finally:
            await server.stop()


async def test_S000_38_a_person_signs_in_and_the_application_learns_who(sample: Sample) -> None:
    async with sample.visitor() as visitor:
        page = text_of((await sample.sign_in(visitor, sample.browser())).text)
        assert "Hello, Alice Archer" in page
        assert "alice@acme.example verified" in page
        assert "Hello, Alice Archer" in text_of((await visitor.get("/")).text)


async def test_S000_04_a_second_sign_in_of_the_session_asks_nothing(sample: Sample) -> None:
    browser = sample.browser()
    async with sample.visitor() as visitor, sample.visitor() as other:
        await sample.sign_in(visitor, browser)
        answer = await browser.get((await other.get("/sign-in")).headers["location"])
        assert isinstance(answer, Callback)
        page = await other.get("/callback", params=answer.parameters, follow_redirects=True)
        assert "Hello, Alice Archer" in text_of(page.text)


async def test_signing_out_ends_both_sides(sample: Sample) -> None:
    browser = sample.browser()
    async with sample.visitor() as visitor:
        await sample.sign_in(visitor, browser)
        away = await visitor.post("/sign-out")
        answer = await browser.get(away.headers["location"])
        assert isinstance(answer, Callback), text_of(answer.text)
        assert answer.uri == f"{sample.address}/signed-out"
        assert "Sign in" in text_of((await visitor.get("/")).text)
        again = await browser.get((await visitor.get("/sign-in")).headers["location"])
        assert not isinstance(again, Callback)


async def test_a_sign_out_elsewhere_arrives_by_the_back_channel(sample: Sample) -> None:
    browser = sample.browser()
    async with sample.visitor() as visitor, sample.visitor() as other:
        await sample.sign_in(visitor, browser)
        answer = await browser.get((await other.get("/sign-in")).headers["location"])
        assert isinstance(answer, Callback)
        await other.get("/callback", params=answer.parameters)
        await browser.get((await visitor.post("/sign-out")).headers["location"])
        async with asyncio.timeout(10):
            while "Your session has ended" not in text_of((await other.get("/")).text):
                continue  # each look is a request, which lets the service go on


@pytest.mark.parametrize(
    "changes", [{"state": "x"}, {"state": None}, {"iss": "https://evil.example"}, {"iss": None}]
)
async def test_an_answer_that_is_not_for_this_browser_is_refused(
    sample: Sample, changes: dict[str, str | None]
) -> None:
    browser = sample.browser()
    async with sample.visitor() as visitor:
        away = await visitor.get("/sign-in")
        answer = await browser.sign_in(away.headers["location"], sample.person.email, sample.person.password)
        if not isinstance(answer, Callback):
            answer = await browser.submit("skip")
        assert isinstance(answer, Callback)
        merged = answer.parameters | changes
        page = await visitor.get("/callback", params={k: v for k, v in merged.items() if v is not None})
        assert page.status_code == 400
        assert "The sign-in did not work" in text_of(page.text)
        assert "Hello" not in text_of((await visitor.get("/")).text)


async def test_an_answer_in_another_browser_is_refused(sample: Sample) -> None:
    async with sample.visitor() as visitor, sample.visitor() as other:
        away = await visitor.get("/sign-in")
        state = httpx.URL(away.headers["location"]).params["state"]
        page = await other.get("/callback", params={"code": "x", "state": state})
        assert page.status_code == 400
        assert "state_mismatch" in page.text


async def test_a_refusal_of_the_provider_is_told(sample: Sample) -> None:
    async with sample.visitor() as visitor:
        location = httpx.URL((await visitor.get("/sign-in")).headers["location"])
        realm = f"{sample.world.deployment.public_url}/realms/{samples.REALM}"
        refusal = {"error": "access_denied", "state": location.params["state"], "iss": realm}
        page = await visitor.get("/callback", params=refusal)
        assert page.status_code == 400
        assert "access_denied" in page.text


async def test_another_site_cannot_sign_a_person_out(sample: Sample) -> None:
    async with sample.visitor() as visitor:
        await sample.sign_in(visitor, sample.browser())
        answer = await visitor.post("/sign-out", headers={"origin": "https://evil.example"})
        assert answer.status_code == 403
        assert "Hello, Alice Archer" in text_of((await visitor.get("/")).text)


async def test_the_pages_need_no_exception_in_their_policy(sample: Sample) -> None:
    async with sample.visitor() as visitor:
        page = await visitor.get("/")
        policy = page.headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert (await visitor.get("/application.css")).headers["content-type"].startswith("text/css")
        assert (await visitor.get("/icon.svg")).headers["content-type"] == "image/svg+xml"


async def test_the_cookie_is_out_of_reach_for_scripts_and_renewed_by_each_step(sample: Sample) -> None:
    async with sample.visitor() as visitor:
        first = (await visitor.get("/sign-in")).headers["set-cookie"]
        assert "HttpOnly" in first
        assert "SameSite=lax" in first
        assert (await visitor.get("/sign-in")).headers["set-cookie"] != first
