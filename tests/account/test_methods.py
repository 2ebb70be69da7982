"""Sign-in methods: the password and the passkeys, changed by whoever they are of and nobody else."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from tests.account.house import (
    ACCOUNT,
    METHODS,
    NEW_PASSWORD,
    OWN_PAGE,
    SESSION,
    add_passkey,
    at_home,
    by_passkey,
    html,
    passkey_options,
    send,
)
from tests.application import is_alive, tokens
from tests.authenticator import USER_VERIFIED, Deviation
from tests.browser import Browser, text_of
from tests.console import said
from tests.mails import token
from tests.passkeys import device
from tests.world import PASSWORD, World
from vestibule.domain.errors import LoginExpired
from vestibule.domain.realm import Realm, SignInPolicy
from vestibule.domain.user import User
from vestibule.flows.account.account import find_account
from vestibule.flows.account.methods import add_passkey as store_passkey
from vestibule.flows.account.methods import change_password, new_passkey_options
from vestibule.flows.deployment import Visitor
from vestibule.flows.mail import queue_set_password
from vestibule.representations.document import Document


async def fits(world: World, user: User, password: str) -> bool:
    stored = await world.storage.password(user.id)
    assert stored is not None
    return await world.passwords.verify(user.realm_id, stored.encoded, password)


async def passkey_names(world: World, user: User) -> list[str]:
    return [passkey.name for passkey in await world.storage.passkeys(user.id)]


async def test_a_changed_password_ends_everything_but_this_session(
    world: World, realm: Realm, alice: User
) -> None:
    await world.client(realm)
    elsewhere, access = await at_home(world), await tokens(world)
    link = await token(world, queue_set_password, realm, alice)
    world.clock.advance(minutes=1)
    browser = await at_home(world)
    await browser.get(f"{METHODS}/password")
    await browser.send_form("/password", password=NEW_PASSWORD)
    assert "Your password has been changed." in said(browser.page)
    assert await fits(world, alice, NEW_PASSWORD)
    assert len(await world.storage.sessions_of(alice.id)) == 1
    assert not await is_alive(world, access["access_token"])
    await elsewhere.get(ACCOUNT)
    assert "/login?" in str(elsewhere.page.url)  # type: ignore[union-attr]
    async with world.http() as http:
        assert (await http.get(f"/realms/acme/action?token={link}")).status_code == 410
    (event,) = await world.events(realm, "PASSWORD_CHANGED")
    assert (event.user_id, event.actor_id, event.details["sessions"]) == (alice.id, alice.id, "2")
    notice = (await world.mails())[-1]
    assert (notice.recipient, notice.subject) == (alice.email, "Acme: your password was changed")


@pytest.mark.parametrize(
    "typed", ["", "short", "alice@acme.example", "aaaaaaaaaaaaaaaa", "a" * 1025, "é" * 600]
)
async def test_a_password_that_may_not_be_is_named_and_not_shown_again(
    world: World, realm: Realm, alice: User, typed: str
) -> None:
    browser = await at_home(world)
    before = await world.storage.password(alice.id)
    await browser.get(f"{METHODS}/password")
    await browser.send_form("/password", password=typed)
    assert browser.page is not None
    assert browser.page.status_code == 400
    assert not typed or f'value="{typed}"' not in browser.page.text
    assert await world.storage.password(alice.id) == before
    assert await world.events(realm, "PASSWORD_CHANGED") == []
    assert await world.mails() == []


async def test_PW_11_an_old_session_changes_no_password(world: World, realm: Realm, alice: User) -> None:
    browser = await at_home(world)
    before = await world.storage.password(alice.id)
    world.clock.advance(minutes=15)
    answer = await send(browser, f"{METHODS}/password", password=NEW_PASSWORD)
    assert "prompt=login" in answer.headers["location"]
    assert await world.storage.password(alice.id) == before
    await browser.get(answer.headers["location"])
    await browser.submit("continue", username="alice")
    await browser.submit("sign-in", password=PASSWORD)
    assert await world.storage.password(alice.id) == before
    await browser.send_form("/resume")
    assert "Your password has been changed." in said(browser.page)
    assert await fits(world, alice, NEW_PASSWORD)


async def test_where_nobody_signs_in_by_password_none_is_set(world: World) -> None:
    realm = await world.realm("other", sign_in=SignInPolicy(password=True))
    user = await world.user(realm)
    browser = world.browser()
    await browser.sign_in("/realms/other/account", "alice", PASSWORD)
    await world.storage.save_realm(replace(realm, sign_in=SignInPolicy(password=False)))
    before = await world.storage.password(user.id)
    path = "/realms/other/account/sign-in-methods"
    await browser.get(path)
    assert "Change password" not in said(browser.page)
    answer = await browser.http.post(f"{path}/password", data={"password": NEW_PASSWORD}, headers=OWN_PAGE)
    assert answer.status_code == 403
    assert await world.storage.password(user.id) == before


async def test_without_passkeys_the_page_says_what_they_are_for(world: World, alice: User) -> None:
    browser = await at_home(world, "/sign-in-methods")
    assert (
        "No passkeys yet. A passkey lets you sign in with your fingerprint, face or PIN. Add passkey"
        in said(browser.page)
    )


async def test_a_passkey_is_added_named_and_signs_in(world: World, realm: Realm, alice: User) -> None:
    browser, _ = await by_passkey(world, "/sign-in-methods")
    assert "Passkey" in said(browser.page)
    (passkey,) = await world.storage.passkeys(alice.id)
    assert passkey.last_used_at is not None
    (event,) = await world.events(realm, "PASSKEY_ADDED")
    assert (event.user_id, event.actor_name, event.details["name"]) == (alice.id, "alice", passkey.name)
    await browser.get(f"{METHODS}/passkeys/{passkey.id}")
    await browser.send_form(f"/{passkey.id}", name="Work laptop")
    assert "The passkey has a new name." in said(browser.page)
    assert await passkey_names(world, alice) == ["Work laptop"]
    (renamed,) = await world.events(realm, "PASSKEY_RENAMED")
    assert (json.loads(renamed.before), json.loads(renamed.after)) == (
        {"name": passkey.name}, {"name": "Work laptop"},
    )  # fmt: skip


@pytest.mark.parametrize("typed", ["", "   ", "x" * 101])
async def test_a_passkey_keeps_its_name_where_the_new_one_may_not_be(
    world: World, alice: User, typed: str
) -> None:
    browser, _ = await by_passkey(world)
    (passkey,) = await world.storage.passkeys(alice.id)
    await browser.get(f"{METHODS}/passkeys/{passkey.id}")
    await browser.send_form(f"/{passkey.id}", name=typed)
    assert browser.page is not None
    assert browser.page.status_code == 400
    assert await passkey_names(world, alice) == [passkey.name]


async def test_a_removed_passkey_signs_nobody_in_and_ends_other_sessions(
    world: World, realm: Realm, alice: User
) -> None:
    browser, _ = await by_passkey(world)
    (passkey,) = await world.storage.passkeys(alice.id)
    await browser.get(METHODS)
    await browser.send_form(f"/{passkey.id}/delete")
    assert "You cannot sign in with it any more." in said(browser.page)
    assert await passkey_names(world, alice) == [passkey.name]
    await browser.send_form(f"/{passkey.id}/delete")
    assert "The passkey has been removed." in said(browser.page)
    assert await passkey_names(world, alice) == []
    assert len(await world.storage.sessions_of(alice.id)) == 1
    (event,) = await world.events(realm, "PASSKEY_REMOVED")
    assert (event.user_id, event.actor_id) == (alice.id, alice.id)


async def test_the_last_way_in_stays(world: World, realm: Realm, alice: User) -> None:
    browser, _ = await by_passkey(world)
    (passkey,) = await world.storage.passkeys(alice.id)
    await world.storage.remove_password(alice.id)
    await browser.get(METHODS)
    assert "This is your only way to sign in." in said(browser.page)
    assert f"{passkey.id}/delete" not in html(browser)
    answer = await send(browser, f"{METHODS}/passkeys/{passkey.id}/delete", confirmed="1")
    assert answer.status_code == 409
    assert "This is your only way to sign in, so it stays." in text_of(answer.text)
    assert await passkey_names(world, alice) == [passkey.name]
    assert await world.events(realm, "PASSKEY_REMOVED") == []


async def test_of_the_last_two_ways_only_one_goes_however_fast_one_is(world: World, alice: User) -> None:
    browser, _ = await by_passkey(world)
    options = await passkey_options(browser)
    assert (await add_passkey(browser, device().create(options.text))).status_code == 303
    await world.storage.remove_password(alice.id)
    passkeys = await world.storage.passkeys(alice.id)
    answers = await asyncio.gather(
        *(send(browser, f"{METHODS}/passkeys/{one.id}/delete", confirmed="1") for one in passkeys)
    )
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert len(await world.storage.passkeys(alice.id)) == 1


@pytest.mark.parametrize("step", ["", "/delete"])
async def test_WA_05_a_passkey_of_somebody_else_is_not_there(
    world: World, realm: Realm, alice: User, step: str
) -> None:
    await by_passkey(world)
    (passkey,) = await world.storage.passkeys(alice.id)
    await world.user(realm, "mallory")
    browser = await at_home(world, username="mallory")
    path = f"{METHODS}/passkeys/{passkey.id}{step}"
    answer = await send(browser, path, name="Mine", confirmed="1")
    assert answer.status_code == 404
    assert list(await world.storage.passkeys(alice.id)) == [passkey]


async def refused(world: World, user: User, browser: Browser, credential: str) -> None:
    """The page says that it did not work, and nothing was stored."""
    before = await world.storage.passkeys(user.id)
    answer = await add_passkey(browser, credential)
    assert answer.status_code == 400, text_of(answer.text)
    assert await world.storage.passkeys(user.id) == before
    assert len(await world.events(None, "PASSKEY_ADDED")) == len(before)


@pytest.mark.parametrize("credential", ["", "x", "{}", "[]", "null", '{"id": 1}', "A" * 20000])
async def test_WA_06_what_is_no_credential_is_refused(world: World, alice: User, credential: str) -> None:
    browser = await at_home(world)
    await passkey_options(browser)
    await refused(world, alice, browser, credential)


async def test_WA_03_a_challenge_is_taken_once(world: World, alice: User) -> None:
    browser = await at_home(world)
    options = (await passkey_options(browser)).text
    made = [device().create(options) for _ in range(50)]
    answers = await asyncio.gather(*(add_passkey(browser, one) for one in made))
    assert sorted(answer.status_code for answer in answers) == [303] + [400] * 49
    assert len(await world.storage.passkeys(alice.id)) == 1


async def test_WA_03_a_challenge_lives_five_minutes(world: World, alice: User) -> None:
    browser = await at_home(world)
    credential = device().create((await passkey_options(browser)).text)
    world.clock.advance(minutes=5, seconds=1)
    await refused(world, alice, browser, credential)


async def test_WA_03_a_challenge_is_of_one_session(world: World, realm: Realm, alice: User) -> None:
    await world.user(realm, "mallory")
    first, second = await at_home(world), await at_home(world)
    mallory = await at_home(world, username="mallory")
    credential = device().create((await passkey_options(first)).text)
    await refused(world, alice, second, credential)
    await passkey_options(second)
    await refused(world, alice, second, credential)
    assert (await add_passkey(mallory, credential)).status_code == 400


async def test_WA_03_a_challenge_of_a_sign_in_makes_no_passkey(world: World, alice: User) -> None:
    browser = await at_home(world)
    other = world.browser()
    await other.get(ACCOUNT)
    assert other.page is not None
    login = other.page.url
    options = await other.http.post(
        f"{login.path}/passkey-options?{login.query.decode()}", content="{}",
        headers={"sec-fetch-site": "same-origin", "content-type": "application/json"},
    )  # fmt: skip
    made = json.loads((await passkey_options(browser)).text)
    made["challenge"] = json.loads(options.text)["challenge"]
    await refused(world, alice, browser, device().create(json.dumps(made)))


@pytest.mark.parametrize(
    "deviation",
    [
        Deviation(client={"origin": "https://evil.example"}),
        Deviation(client={"origin": "http://sso.example"}),
        Deviation(client={"crossOrigin": True}),
        Deviation(clear_flags=USER_VERIFIED),
    ],
    ids=["other origin", "http", "framed", "nobody verified"],
)
async def test_WA_01_WA_04_what_was_not_made_here_by_the_person_is_refused(
    world: World, alice: User, deviation: Deviation
) -> None:
    browser = await at_home(world)
    options = (await passkey_options(browser)).text
    await refused(world, alice, browser, device().create(options, deviation))


async def test_WA_10_one_credential_is_of_one_person(world: World, realm: Realm, alice: User) -> None:
    await world.user(realm, "mallory")
    authenticator = device()
    browser = await at_home(world)
    credential = authenticator.create((await passkey_options(browser)).text)
    assert (await add_passkey(browser, credential)).status_code == 303
    mallory = await at_home(world, username="mallory")
    again = authenticator.create((await passkey_options(mallory)).text)
    answer = await add_passkey(mallory, again)
    assert answer.status_code == 400
    assert len(await world.events(realm, "PASSKEY_ADDED")) == 1


async def test_the_options_leave_out_what_is_there_and_need_a_fresh_session(
    world: World, alice: User
) -> None:
    browser, _ = await by_passkey(world)
    options = json.loads((await passkey_options(browser)).text)
    assert len(options["excludeCredentials"]) == 1
    world.clock.advance(minutes=15)
    assert (await passkey_options(browser)).status_code == 401
    assert (await passkey_options(world.browser())).status_code == 401
    foreign = await browser.http.post(f"{METHODS}/passkeys/options", content="{}")
    assert foreign.status_code == 403


async def test_a_realm_without_passkeys_makes_none(world: World, realm: Realm, alice: User) -> None:
    browser = await at_home(world)
    credential = device().create((await passkey_options(browser)).text)
    await world.storage.save_realm(replace(realm, sign_in=SignInPolicy(passkey=False)))
    answer = await passkey_options(browser)
    assert isinstance(answer, httpx.Response)
    assert answer.status_code == 400
    await browser.get(METHODS)
    assert "Add passkey" not in said(browser.page)
    await refused(world, alice, browser, credential)


async def test_what_an_ended_session_began_is_not_finished(world: World, realm: Realm, alice: User) -> None:
    """A password that is being hashed while an administrator signs the person out everywhere."""
    browser = await at_home(world)
    before = await world.storage.password(alice.id)
    visitor = Visitor(session=browser.http.cookies[SESSION])
    active = await world.deployment.settings.active_realm("acme")
    account = await find_account(world.deployment, active, visitor)
    assert account is not None
    challenge = await new_passkey_options(account)
    ended = replace(alice, tokens_valid_from=world.clock.now() + timedelta(seconds=1))
    await world.storage.save_user(ended)
    with pytest.raises(LoginExpired):
        await change_password(account, Document.of({"type": "password", "value": NEW_PASSWORD}))
    with pytest.raises(LoginExpired):
        await store_passkey(account, device().create(challenge))
    assert await world.storage.user(alice.id) == ended
    assert await world.storage.password(alice.id) == before
    assert await world.storage.passkeys(alice.id) == []
    assert {event.type for event in await world.events(realm)} == {"LOGIN"}
