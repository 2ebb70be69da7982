"""Personal info: what people change of themselves, and what they cannot."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import httpx
import pytest

from tests.account.house import ACCOUNT, at_home, html, send
from tests.browser import Browser, text_of
from tests.console import said
from tests.mails import TOKEN
from tests.world import MemoryMailbox, World, new_world
from vestibule.domain.errors import MailNotConfigured
from vestibule.domain.realm import MailServer, Realm
from vestibule.domain.user import User

NEW = "alice@new.example"


async def stored(world: World, user: User) -> User:
    found = await world.storage.user(user.id)
    assert found is not None
    return found


async def links(world: World) -> dict[str, str]:
    """The address of each link that was mailed, by recipient."""
    return {
        letter.recipient: f"/realms/acme/action?token={found[1]}"
        for letter in await world.mails()
        if (found := TOKEN.search(letter.text))
    }


async def follow(world: World, link: str) -> httpx.Response:
    """Opens a mailed link in a browser of its own and presses its button."""
    browser = world.browser()
    await browser.get(link)
    assert browser.page is not None
    if browser.page.status_code == 200:
        await browser.submit("confirm")
    return browser.page


async def test_a_name_and_a_language_are_changed_with_one_event(
    world: World, realm: Realm, alice: User
) -> None:
    browser = await at_home(world)
    await browser.send_form("/account", first_name="Alicia", last_name="Bow", locale="fr")
    assert "Your changes have been saved." in said(browser.page)
    assert await stored(world, alice) == replace(
        alice, given_name="Alicia", family_name="Bow", attributes={"locale": ("fr",)}
    )
    (event,) = await world.events(realm, "PROFILE_CHANGED")
    assert (event.user_id, event.actor_id, event.actor_name) == (alice.id, alice.id, "alice")
    assert json.loads(event.before) == {"firstName": "Alice", "lastName": "Archer", "locale": ""}
    assert json.loads(event.after) == {"firstName": "Alicia", "lastName": "Bow", "locale": "fr"}


async def test_other_attributes_stay_when_the_language_goes(world: World, realm: Realm) -> None:
    user = await world.user(realm, attributes={"locale": ("fr",), "desk": ("4",)})
    browser = await at_home(world)
    await browser.send_form("/account", locale="")
    assert (await stored(world, user)).attributes == {"desk": ("4",)}


async def test_mails_come_in_the_chosen_language(world: World, alice: User) -> None:
    browser = await at_home(world)
    await browser.send_form("/account", locale="fr")
    await browser.get(f"{ACCOUNT}/email")
    await browser.send_form("/email", email=NEW)
    assert {letter.language for letter in await world.mails()} == {"fr"}


@pytest.mark.parametrize("fields", [{"first_name": "x" * 256}, {"locale": "xx"}, {"last_name": "a\x07"}])
async def test_a_value_that_may_not_be_is_named_and_nothing_changes(
    world: World, realm: Realm, alice: User, fields: dict[str, str]
) -> None:
    browser = await at_home(world)
    await browser.send_form("/account", **fields)
    assert browser.page is not None
    assert browser.page.status_code == 400
    assert "There is a problem" in said(browser.page)
    assert await stored(world, alice) == alice
    assert await world.events(realm, "PROFILE_CHANGED") == []


async def test_a_change_meanwhile_shows_both_versions(world: World, alice: User) -> None:
    first, second = await at_home(world), await at_home(world)
    await first.send_form("/account", first_name="First")
    await second.send_form("/account", first_name="Second")
    assert second.page is not None
    assert second.page.status_code == 409
    assert "Stored meanwhile: First" in said(second.page)
    assert (await stored(world, alice)).given_name == "First"
    await second.send_form("/account")
    assert (await stored(world, alice)).given_name == "Second"


async def test_AC_06_nobody_writes_their_address_name_or_state_by_the_form(
    world: World, realm: Realm
) -> None:
    user = await world.user(realm, email_verified=False)
    browser = await at_home(world)
    await browser.send_form(
        "/account", first_name="Alicia", email="evil@example.com", emailVerified="on", email_verified="on",
        username="root", enabled="", id="1", realm_id="1", tokens_valid_from="", roles="realm-admin",
    )  # fmt: skip
    assert await stored(world, user) == replace(user, given_name="Alicia")
    assert await world.storage.roles_of(user.id) == []


async def test_AC_06_a_new_address_counts_when_its_link_was_used_and_the_old_one_hears_of_it(
    world: World, realm: Realm, alice: User
) -> None:
    browser = await at_home(world)
    await browser.get(f"{ACCOUNT}/email")
    await browser.send_form("/email", email=NEW)
    assert "Your address changes when you use the link." in said(browser.page)
    assert "alice@acme.example" in said(browser.page)
    assert await stored(world, alice) == alice
    assert [letter.recipient for letter in await world.mails()] == [NEW, "alice@acme.example"]
    assert NEW not in (await world.mails())[1].text
    (asked,) = await world.events(realm, "EMAIL_CHANGE_ASKED")
    assert (asked.user_id, asked.actor_id, asked.details) == (alice.id, alice.id, {"email": NEW})
    page = await follow(world, (await links(world))[NEW])
    assert "Your email address is changed" in text_of(page.text)
    assert await stored(world, alice) == replace(alice, email=NEW)
    assert [letter.recipient for letter in await world.mails()][2:] == ["alice@acme.example"]


async def test_AC_07_of_two_requests_at_once_each_link_confirms_its_own_address_only(
    world: World, realm: Realm, alice: User
) -> None:
    first, second = await at_home(world), await at_home(world)
    for browser in (first, second):
        await browser.get(f"{ACCOUNT}/email")
    await asyncio.gather(
        first.send_form("/email", email="one@new.example"),
        second.send_form("/email", email="two@new.example"),
    )
    found = await links(world)
    assert found.keys() == {"one@new.example", "two@new.example"}
    pages = await asyncio.gather(*(follow(world, link) for link in found.values()))
    assert sorted(page.status_code for page in pages) == [200, 410]
    winner = list(found)[[page.status_code for page in pages].index(200)]
    assert (await stored(world, alice)).email == winner
    (event,) = await world.events(realm, "EMAIL_CHANGED")
    assert event.details["email"] == winner


async def test_an_address_of_somebody_else_is_not_given_away_and_not_taken(
    world: World, realm: Realm, alice: User
) -> None:
    await world.user(realm, "bob")
    browser = await at_home(world)
    await browser.get(f"{ACCOUNT}/email")
    await browser.send_form("/email", email="bob@acme.example")
    assert "Your address changes when you use the link." in said(browser.page)
    page = await follow(world, (await links(world))["bob@acme.example"])
    assert page.status_code == 409
    assert await stored(world, alice) == alice


@pytest.mark.parametrize(
    "typed", ["", "nobody", "a@b@c.example", "ALICE@acme.example", "x\r\nBcc: y@example.com"]
)
async def test_what_is_no_new_address_is_named_and_nothing_is_mailed(
    world: World, realm: Realm, alice: User, typed: str
) -> None:
    browser = await at_home(world)
    await browser.get(f"{ACCOUNT}/email")
    await browser.send_form("/email", email=typed)
    assert browser.page is not None
    assert browser.page.status_code == 400
    assert "There is a problem" in said(browser.page)
    assert await world.mails() == []
    assert await world.events(realm, "EMAIL_CHANGE_ASKED") == []


async def test_after_five_mails_in_an_hour_the_page_says_so(world: World, realm: Realm) -> None:
    await world.user(realm, email_verified=False)
    browser = await at_home(world)
    for _ in range(6):
        await browser.get(ACCOUNT)
        await browser.send_form("/email/confirmation")
    assert browser.page is not None
    assert browser.page.status_code == 429
    assert len(await world.mails()) == 5
    assert len(await world.events(realm, "EMAIL_CONFIRMATION_SENT")) == 5


async def test_an_address_that_is_not_confirmed_can_be_mailed_to_again(world: World, realm: Realm) -> None:
    user = await world.user(realm, email_verified=False)
    browser = await at_home(world)
    assert "Not confirmed" in said(browser.page)
    await browser.send_form("/email/confirmation")
    assert "The mail is on its way." in said(browser.page)
    await follow(world, (await links(world))["alice@acme.example"])
    assert await stored(world, user) == replace(user, email_verified=True)
    await browser.get(ACCOUNT)
    assert "Not confirmed" not in said(browser.page)
    assert (await send(browser, f"{ACCOUNT}/email/confirmation")).status_code == 403
    assert len(await world.mails()) == 1


class NoServer(MemoryMailbox):
    """A deployment that cannot send mail."""

    def can_send(self, server: MailServer | None) -> bool:
        return False


async def test_without_a_mail_server_the_page_says_so_and_keeps_what_was_typed() -> None:
    async with new_world(mailer=NoServer()) as world:
        user = await world.user(await world.realm())
        browser = await at_home(world)
        await browser.get(f"{ACCOUNT}/email")
        await browser.send_form("/email", email=NEW)
        assert f'value="{NEW}"' in html(browser)
        assert MailNotConfigured.sentence in said(browser.page)
        assert await stored(world, user) == user


async def test_a_person_without_an_address_can_add_one(world: World, realm: Realm) -> None:
    user = await world.user(realm, email=None, email_verified=False)
    browser: Browser = await at_home(world)
    assert "Add an email address" in said(browser.page)
    await browser.get(f"{ACCOUNT}/email")
    await browser.send_form("/email", email=NEW)
    await follow(world, (await links(world))[NEW])
    assert await stored(world, user) == replace(user, email=NEW, email_verified=True)
