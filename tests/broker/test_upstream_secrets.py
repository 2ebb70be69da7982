"""Two client secrets at a time: the next one is tried where the current one is refused, and promoted."""

from datetime import date

from tests.broker.house import House, house
from tests.broker.refusals import check_refused, second_try, stored
from tests.browser import Callback, text_of
from vestibule.domain.connection import UpstreamSecret
from vestibule.flows.upstream_secrets import open_upstream_secret, seal_upstream_secret


def sealed(home: House, text: str) -> UpstreamSecret:
    """A secret for the house's connection, as it is stored."""
    world = home.world
    vault, now = world.deployment.vault, world.clock.now()
    return seal_upstream_secret(text, vault, home.connection.id, world.new_id(), now, date(2027, 5, 1))


async def secrets_of(home: House) -> list[str]:
    """What is stored, in its order, in clear."""
    found = await home.world.storage.connection(home.connection.id)
    assert found is not None
    vault = home.world.deployment.vault
    return [open_upstream_secret(secret, vault, found.id) for secret in found.secrets]


async def test_the_next_secret_is_tried_and_promoted_where_the_current_one_expired() -> None:
    async with house() as home:
        [right] = home.connection.secrets
        await home.change(secrets=(sealed(home, "expired"), right))
        answer = await home.sign_in()
        assert isinstance(answer, Callback), text_of(answer.text)
        assert home.provider.hits["token"] == 2
        assert await secrets_of(home) == [home.provider.client_secret]
        [event] = await home.world.events(home.realm, "UPSTREAM_SECRET_PROMOTED")
        assert event.details["provider"] == home.alias
        assert home.provider.client_secret not in str(event)
        assert isinstance(await home.sign_in(), Callback)
        assert home.provider.hits["token"] == 3, "the refused one is not tried again"


async def test_the_next_secret_waits_while_the_current_one_works() -> None:
    async with house() as home:
        [right] = home.connection.secrets
        await home.change(secrets=(right, sealed(home, "for later")))
        assert isinstance(await home.sign_in(), Callback)
        assert await secrets_of(home) == [home.provider.client_secret, "for later"]
        assert await home.world.events(home.realm, "UPSTREAM_SECRET_PROMOTED") == []


async def test_where_neither_secret_is_taken_nothing_is_promoted() -> None:
    async with house() as home:
        right = home.connection.secrets
        await home.change(secrets=(sealed(home, "expired"), sealed(home, "mistyped")))
        before, browser = await stored(home), home.world.browser()
        page = check_refused(await home.sign_in(browser=browser), browser, "upstream_invalid_client")
        assert "renew the client secret" in text_of(page.text)
        assert home.provider.hits["token"] == 2
        assert await secrets_of(home) == ["expired", "mistyped"]
        assert await stored(home) == before
        await home.change(secrets=right)
        await second_try(home, browser)


async def test_the_next_secret_pushes_the_request_too() -> None:
    async with house(use_par=True) as home:
        [right] = home.connection.secrets
        await home.change(secrets=(sealed(home, "expired"), right))
        assert isinstance(await home.sign_in(), Callback)
        assert await secrets_of(home) == [home.provider.client_secret]


async def test_a_connection_without_a_secret_is_refused_by_name() -> None:
    async with house(secrets=()) as home:
        browser = home.world.browser()
        check_refused(await home.sign_in(browser=browser), browser, "upstream_invalid_client")


async def test_github_says_it_with_status_200_and_is_understood() -> None:
    async with house("github", "invalid_client") as home:
        browser = home.world.browser()
        check_refused(await home.sign_in(browser=browser), browser, "upstream_invalid_client")
