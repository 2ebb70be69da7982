"""The first administrator, from the one-time link to the account, over HTTP."""

import httpx
import pytest

from tests.authenticator import Authenticator
from tests.browser import Browser, text_of
from tests.world import World
from vestibule.domain.errors import SetupLinkInvalid
from vestibule.flows.administer.platform import prepare_platform
from vestibule.flows.setup import keep_challenge, new_setup_link, read_setup_link

GOOD = {"name": "Ada Lovelace", "email": "ada@example.org", "password": "an analytical engine"}


@pytest.fixture
async def token(world: World) -> str:
    await prepare_platform(world.deployment)
    return await new_setup_link(world.deployment)


async def open_page(world: World, token: str) -> Browser:
    browser = world.browser()
    await browser.get(f"/setup?token={token}&step=account")
    return browser


async def administrators(world: World) -> list[str]:
    realm = await world.storage.realm_by_name("master")
    assert realm is not None
    people = await world.storage.users(realm.id)
    return [
        user.username
        for user in people
        if any(role.name == "platform-admin" for role in await world.storage.roles_of(user.id))
    ]


async def test_the_link_makes_an_administrator_with_a_password(world: World, token: str) -> None:
    page = await (await open_page(world, token)).submit("create", **GOOD)
    assert isinstance(page, httpx.Response)
    assert page.status_code == 200
    assert await administrators(world) == ["ada@example.org"]
    assert len(await world.events(type="ADMINISTRATOR_CREATED")) == 1


async def test_the_link_works_once(world: World, token: str) -> None:
    browser = await open_page(world, token)
    second = await open_page(world, token)
    await browser.submit("create", **GOOD)
    again = await second.submit("create", **(GOOD | {"email": "eve@example.org"}))
    assert isinstance(again, httpx.Response)
    assert again.status_code == 404
    assert "setup_link_invalid" in again.text
    assert await administrators(world) == ["ada@example.org"]


async def test_the_link_lives_an_hour(world: World, token: str) -> None:
    world.clock.advance(minutes=61)
    page = await world.browser().get(f"/setup?token={token}")
    assert isinstance(page, httpx.Response)
    assert page.status_code == 404


@pytest.mark.parametrize("wrong", ["", "x", "A" * 43, "%00"])
async def test_a_guessed_link_opens_nothing(world: World, token: str, wrong: str) -> None:
    async with world.http() as http:
        for method in ("GET", "POST"):
            answer = await http.request(
                method, f"/setup?token={wrong}", data=GOOD if method == "POST" else None
            )
            assert answer.status_code in (400, 404)
    assert await administrators(world) == []


@pytest.mark.parametrize(
    "field, value, sentence",
    [
        ("name", "", "Enter your name."),
        ("email", "not an address", "Enter an email address"),
        ("password", "", "Choose a password"),
        ("password", "short", "password"),
        ("password", "ada@example.org", "password"),
    ],
)
async def test_a_mistake_is_told_beside_its_field_and_keeps_the_rest(
    world: World, token: str, field: str, value: str, sentence: str
) -> None:
    page = await (await open_page(world, token)).submit("create", **(GOOD | {field: value}))
    assert isinstance(page, httpx.Response)
    assert page.status_code == 400
    assert sentence in text_of(page.text)
    assert GOOD["password"] not in page.text
    for kept in {"name", "email"} - {field}:
        assert GOOD[kept] in page.text
    assert await administrators(world) == []


async def test_the_link_makes_an_administrator_with_a_passkey(world: World, token: str) -> None:
    browser = await open_page(world, token)
    typed = {"name": "Ada Lovelace", "email": "ada@example.org"}
    answer = await browser.http.post(f"/setup/passkey-options?token={token}", json=typed)
    options = answer.json()
    assert (options["user"]["name"], options["user"]["displayName"]) == ("ada@example.org", "Ada Lovelace")
    credential = Authenticator(world.deployment.public_url).create(answer.text)
    page = await browser.post(f"/setup?token={token}", typed | {"credential": credential})
    assert isinstance(page, httpx.Response)
    assert page.status_code == 200
    assert "Step 3 of 4" in page.text
    realm = await world.storage.realm_by_name("master")
    assert realm is not None
    ada = await world.storage.user_by_login(realm.id, "ada@example.org")
    assert ada is not None
    assert len(await world.storage.passkeys(ada.id)) == 1
    assert await world.storage.password(ada.id) is None


async def test_a_form_of_another_site_creates_nobody(world: World, token: str) -> None:
    async with world.http() as http:
        answer = await http.post(f"/setup?token={token}", data=GOOD, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    assert await administrators(world) == []


@pytest.mark.parametrize("body", [b"[]", b"{", b'{"name": 1}', b"\xff"])
async def test_an_unreadable_body_is_refused(world: World, token: str, body: bytes) -> None:
    async with world.http() as http:
        answer = await http.post(f"/setup/passkey-options?token={token}", content=body)
    assert answer.status_code == 400


async def test_a_challenge_that_comes_too_late_does_not_open_the_link_again(world: World, token: str) -> None:
    early = await read_setup_link(world.deployment, token)
    await (await open_page(world, token)).submit("create", **GOOD)
    with pytest.raises(SetupLinkInvalid):
        await keep_challenge(world.deployment, early, b"a challenge")
    assert await world.storage.value("setup_link") is None
