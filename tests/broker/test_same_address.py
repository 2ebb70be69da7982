"""Somebody comes with an address that somebody here has, though nobody vouched for it (D20)."""

from dataclasses import replace

from tests.broker.house import House, house
from tests.browser import Browser, Callback, text_of
from tests.world import PASSWORD, hashed
from vestibule.domain.user import Password, User

QUESTION = "Is this your account?"


async def holder(home: House, *, password: bool = True) -> User:
    """Grace came once before, and has an account of her own whose address nobody vouched for."""
    address = home.provider.people["grace"].email
    user = await home.world.user(home.realm, "gracie", password=None)
    user = replace(user, email=address, email_verified=False, email_origin="provider")
    await home.world.storage.save_user(user)
    if password:
        now = home.world.clock.now()
        await home.world.storage.set_password(Password(user.id, hashed(PASSWORD), now))
    return user


async def asked(home: House) -> Browser:
    browser = home.world.browser()
    page = await home.sign_in(browser=browser)
    assert not isinstance(page, Callback)
    assert QUESTION in text_of(page.text)
    return browser


async def test_they_are_asked_whether_it_is_theirs_and_a_proof_links_it() -> None:
    async with house(trusted=True) as home:
        user = await holder(home)
        browser = await asked(home)
        assert isinstance(await browser.submit("prove", password=PASSWORD), Callback)
        linked = await home.user_of()
        assert linked is not None
        assert (linked.id, linked.email_verified) == (user.id, True)


async def test_whoever_says_that_it_is_not_theirs_goes_on_as_a_new_person() -> None:
    async with house() as home:
        user = await holder(home)
        browser = await asked(home)
        assert isinstance(await browser.submit("not-mine"), Callback)
        linked = await home.user_of()
        assert linked is not None
        assert linked.id != user.id
        assert await home.world.storage.user(user.id) == user


async def test_the_address_alone_never_opens_it() -> None:
    async with house(trusted=True) as home:
        await holder(home)
        browser = await asked(home)
        page = await browser.submit("prove", password="a wrong password")
        assert not isinstance(page, Callback)
        assert await home.user_of() is None


async def test_a_code_mailed_to_an_address_that_nobody_vouched_for_proves_nothing() -> None:
    async with house(trusted=True) as home:
        await holder(home)
        browser = await asked(home)
        assert browser.page is not None
        assert 'name="send-code"' not in browser.page.text
        await browser.post(str(browser.page.url), {"send-code": "1"})
        assert await home.world.mails() == []


async def test_nobody_is_asked_about_an_account_that_cannot_be_proved() -> None:
    async with house() as home:
        user = await holder(home, password=False)
        assert isinstance(await home.sign_in(), Callback)
        linked = await home.user_of()
        assert linked is not None
        assert linked.id != user.id


async def test_an_account_whose_address_counts_cannot_be_declined() -> None:
    async with house("oidc", "email_unverified", trusted=True) as home:
        address = home.provider.people["grace"].email
        await home.world.user(home.realm, "gracie", email=address)
        browser = await asked(home)
        assert browser.page is not None
        assert "not-mine" not in browser.page.text
        await browser.post(str(browser.page.url), {"not-mine": "1"})
        assert await home.user_of() is None
