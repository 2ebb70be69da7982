"""One-time links in mails: a look leaves them, their button uses them up, and old ones are dead."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.mails import active, token
from tests.world import PASSWORD, World
from vestibule.crypto.secrets import digest
from vestibule.domain.errors import LinkExpired, TooManyAttempts, WrongPassword
from vestibule.domain.realm import Realm
from vestibule.domain.session import Session
from vestibule.domain.user import User
from vestibule.flows.deployment import Visitor
from vestibule.flows.factors.password import verify
from vestibule.flows.follow_link import confirm_address, set_password_by_link
from vestibule.flows.mail import queue_address_change, queue_set_password, queue_verify_email

NEW_PASSWORD = "quite another password"


async def test_a_looked_at_link_still_works_and_its_button_confirms_the_address(world: World) -> None:
    realm = await world.realm()
    user = await world.user(realm, email_verified=False)
    link = f"/realms/acme/action?token={await token(world, queue_verify_email, realm, user)}"
    async with world.http() as scanner:
        for _ in range(3):
            assert (await scanner.get(link)).status_code == 200
            assert (await scanner.head(link)).status_code == 200
    assert await world.storage.user(user.id) == user
    browser = world.browser()
    await browser.get(link)
    assert browser.page is not None
    assert "Confirm alice@acme.example" in browser.page.text
    await browser.submit("confirm")
    assert "Your email address is confirmed" in browser.page.text
    assert 'href="/realms/acme/account"' in browser.page.text
    stored = await world.storage.user(user.id)
    assert stored == replace(user, email_verified=True)
    (event,) = await world.events(realm, "EMAIL_VERIFIED")
    assert event.user_id == user.id


async def test_a_used_link_says_so_and_what_to_do(world: World) -> None:
    realm = await world.realm()
    user = await world.user(realm, email_verified=False)
    used = await token(world, queue_verify_email, realm, user)
    await confirm_address(world.deployment, await active(world, realm), used, Visitor())
    async with world.http() as http:
        answer = await http.get(f"/realms/acme/action?token={used}")
    assert answer.status_code == 410
    assert "This link has been used or has expired." in answer.text
    assert "link_expired" in answer.text
    assert "Ask for a new one" in answer.text


@pytest.mark.parametrize("wrong", ["", "x", "A" * 43, "a" * 5000])
async def test_a_token_that_nobody_made_opens_nothing(world: World, wrong: str) -> None:
    await world.realm()
    async with world.http() as http:
        assert (await http.get(f"/realms/acme/action?token={wrong}")).status_code == 410
        posted = await http.post(f"/realms/acme/action?token={wrong}", data={"password": NEW_PASSWORD})
        assert posted.status_code == 410


async def test_the_form_of_a_link_is_taken_from_our_own_page_only(world: World) -> None:
    realm = await world.realm()
    user = await world.user(realm, email_verified=False)
    link = f"/realms/acme/action?token={await token(world, queue_verify_email, realm, user)}"
    async with world.http(headers={"sec-fetch-site": "cross-site"}) as http:
        assert (await http.post(link, data={"confirm": "1"})).status_code == 403
    assert await world.storage.user(user.id) == user


async def test_a_new_password_by_link_ends_everything_that_was_given_out(world: World) -> None:
    realm = await world.realm()
    await world.client(realm, backchannel_logout_uri="")
    user = await world.user(realm, email_verified=False)
    link = f"/realms/acme/action?token={await token(world, queue_set_password, realm, user)}"
    world.clock.advance(minutes=5)
    session = await a_session(world, realm, user)
    browser = world.browser()
    await browser.get(link)
    await browser.submit("set-password", password=NEW_PASSWORD)
    assert browser.page is not None
    assert "Your password is set" in browser.page.text
    assert await world.storage.session_by_digest(realm.id, session) is None
    stored, password = await world.storage.user(user.id), await world.storage.password(user.id)
    assert stored is not None
    assert password is not None
    assert (stored.tokens_valid_from, stored.email_verified) == (world.clock.now(), True)
    assert await world.passwords.verify(realm.id, password.encoded, NEW_PASSWORD)
    assert [event.user_id for event in await world.events(realm, "PASSWORD_CHANGED")] == [user.id]
    await browser.get(link)
    assert browser.page.status_code == 410


async def a_session(world: World, realm: Realm, user: User) -> bytes:

    now = world.clock.now()
    session = Session(world.new_id(), realm.id, user.id, digest("cookie"), ("pwd",), "1", now, now, now)
    await world.storage.add_session(session)
    return session.digest


@pytest.mark.parametrize("password", ["", "short", "alice@acme.example", "a" * 1025, "aaaaaaaaaaaaaaaa"])
async def test_a_password_that_may_not_be_leaves_the_link_and_the_old_password(
    world: World, password: str
) -> None:
    realm = await world.realm()
    user = await world.user(realm)
    link = f"/realms/acme/action?token={await token(world, queue_set_password, realm, user)}"
    before = await world.storage.password(user.id)
    browser = world.browser()
    await browser.get(link)
    await browser.submit("set-password", password=password)
    assert browser.page is not None
    assert browser.page.status_code == 400
    assert 'id="password-error"' in browser.page.text
    assert not password or password == user.email or f'"{password}"' not in browser.page.text
    assert await world.storage.password(user.id) == before
    await browser.submit("set-password", password=NEW_PASSWORD)
    assert "Your password is set" in browser.page.text


async def test_a_locked_out_person_can_sign_in_with_the_new_password_at_once(world: World) -> None:

    realm = await world.realm()
    user = await world.user(realm)
    place = await active(world, realm)
    for _ in range(10):
        with pytest.raises(WrongPassword):
            await verify(world.deployment, place, "alice", "wrong password", Visitor("192.0.2.9"))
    with pytest.raises(TooManyAttempts):
        await verify(world.deployment, place, "alice", PASSWORD, Visitor("192.0.2.9"))
    mailed = await token(world, queue_set_password, realm, user)
    await set_password_by_link(world.deployment, place, mailed, NEW_PASSWORD, Visitor("192.0.2.9"))
    proved = await verify(world.deployment, place, "alice", NEW_PASSWORD, Visitor("192.0.2.9"))
    assert proved.user.id == user.id


@pytest.mark.parametrize("change", ["password", "address", "ended", "disabled", "removed", "time", "realm"])
async def test_a_link_dies_with_the_state_that_it_was_made_in(world: World, change: str) -> None:
    realm, other = await world.realm(), await world.realm("umbrella")
    user = await world.user(realm)
    mailed = await token(world, queue_set_password, realm, user)
    place = await active(world, other if change == "realm" else realm)
    match change:
        case "password":
            world.clock.advance(seconds=1)
            second = await token(world, queue_set_password, realm, user)
            await set_password_by_link(world.deployment, place, second, NEW_PASSWORD, Visitor())
        case "address":
            await world.storage.save_user(replace(user, email="other@acme.example"))
        case "ended":
            world.clock.advance(seconds=1)
            await world.storage.save_user(replace(user, tokens_valid_from=world.clock.now()))
        case "disabled":
            await world.storage.save_user(replace(user, enabled=False))
        case "removed":
            await world.storage.remove_user(user.id)
        case "time":
            world.clock.advance(hours=12)
    before = await world.storage.password(user.id)
    with pytest.raises(LinkExpired):
        await set_password_by_link(world.deployment, place, mailed, "a third password!", Visitor())
    assert await world.storage.password(user.id) == before


@pytest.mark.parametrize("what", ["verify", "password"])
async def test_a_link_does_only_what_it_was_made_for(world: World, what: str) -> None:
    realm = await world.realm()
    user = await world.user(realm, email_verified=False)
    place = await active(world, realm)
    if what == "verify":
        mailed = await token(world, queue_verify_email, realm, user)
        wrong = set_password_by_link(world.deployment, place, mailed, NEW_PASSWORD, Visitor())
    else:
        mailed = await token(world, queue_set_password, realm, user)
        wrong = confirm_address(world.deployment, place, mailed, Visitor())
    with pytest.raises(LinkExpired):
        await wrong
    assert await world.storage.user(user.id) == user
    async with world.http() as http:
        assert (await http.get(f"/realms/acme/action?token={mailed}")).status_code == 200


async def test_an_address_that_somebody_took_meanwhile_is_not_given_to_another(world: World) -> None:
    realm = await world.realm()
    user = await world.user(realm)
    mailed = await token(world, queue_address_change, realm, user, "bob@acme.example")
    link = f"/realms/acme/action?token={mailed}"
    await world.user(realm, "bob")
    browser = world.browser()
    await browser.get(link)
    await browser.submit("confirm")
    assert browser.page is not None
    assert browser.page.status_code == 409
    assert "Another person has this email address." in browser.page.text
    assert await world.storage.user(user.id) == user
