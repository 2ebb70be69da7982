"""The pages between a provider's answer and the session, reached without a provider: what one would have
brought is put into the attempt that the browser has begun."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from playwright.async_api import Page

from tests.journeys.atera import press
from tests.journeys.content import Content, request_of
from tests.journeys.providers import ISSUER
from vestibule.crypto.secrets import digest
from vestibule.domain.connection import Brokered, BrokerStep, ExternalIdentity


async def other_ways(page: Page, made: Content) -> None:
    """The buttons of providers, unfolded."""
    await page.goto(f"{made.url}{request_of('atera')}")
    await page.locator("summary").click()


async def profile(page: Page, made: Content) -> None:
    await arrive(page, made, "profile")


async def no_address(page: Page, made: Content) -> None:
    await profile(page, made)
    await page.get_by_label("Email address").fill("nobody")
    await press(page, "Continue", role="button")


async def link_proof(page: Page, made: Content) -> None:
    await arrive(page, made, "link_proof")


async def wrong_proof(page: Page, made: Content) -> None:
    await link_proof(page, made)
    await page.get_by_label("Password", exact=True).fill("not the password")
    await press(page, "Continue", role="button")


async def mailed_code(page: Page, made: Content) -> None:
    await link_proof(page, made)
    await press(page, "Send a code by email", role="button")


async def wrong_code(page: Page, made: Content) -> None:
    await mailed_code(page, made)
    await page.get_by_label("Code from the mail").fill("00000000")
    await press(page, "Continue", role="button")


async def verification(page: Page, made: Content) -> None:
    await arrive(page, made, "verification", "second_factor")


async def second_factor(page: Page, made: Content) -> None:
    await arrive(page, made, "second_factor")


async def enrol_factor(page: Page, made: Content) -> None:
    await arrive(page, made, "enrol_factor", person="carol")


BROKER_STAGES = (
    other_ways,
    profile,
    no_address,
    link_proof,
    wrong_proof,
    mailed_code,
    wrong_code,
    verification,
    second_factor,
    enrol_factor,
)


async def arrive(page: Page, made: Content, *due: BrokerStep, person: str = "alice") -> None:
    """The page of the first step that is due, for somebody who came from Entra ID."""
    await page.goto(f"{made.url}{request_of('atera')}")
    token = parse_qs(urlsplit(page.url).query)["id"][0]
    storage = made.world.storage
    login = await storage.login(digest(token))
    active = await made.world.deployment.settings.active_realm(made.realm.name)
    assert login is not None
    identity = ExternalIdentity(active.connections["entra"].id, ISSUER, f"subject-of-{person}")
    brokered = Brokered(identity, user_id=made.people[person].id, due=due)
    assert await storage.save_login(replace(login, brokered=brokered))
    await page.reload()
