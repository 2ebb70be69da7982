"""A temporary password lets its person in once, to choose another one."""

from datetime import timedelta

import httpx
import pytest

from tests.admin.people import Tool, a_tool
from tests.browser import Browser, Callback, authorization_url
from tests.console import said
from vestibule.domain.user import User

GIVEN, CHOSEN = "a password for one day", "a password of her own"


async def given(tool: Tool) -> User:
    """Alice, whose temporary password was set by a tool."""
    user = await tool.world.user(tool.realm)
    await tool.world.client(tool.realm)
    body = {"type": "password", "value": GIVEN, "temporary": True}
    await tool.done("PUT", f"users/{user.id}/reset-password", body)
    return user


async def proved(tool: Tool) -> Browser:
    """A browser in which the temporary password was typed."""
    browser = tool.world.browser()
    page = await browser.sign_in(str(authorization_url()), "alice", GIVEN)
    assert "Choose your own now." in said(page)
    return browser


async def test_the_person_chooses_another_and_gets_to_the_application() -> None:
    async with a_tool() as tool:
        user = await given(tool)
        answer = await (await proved(tool)).submit("set-password", password=CHOSEN)
        assert isinstance(answer, Callback)
        assert answer.code
        assert (await tool.read(f"users/{user.id}"))["requiredActions"] == []
        again = await tool.world.browser().sign_in(str(authorization_url()), "alice", CHOSEN)
        assert isinstance(again, Callback)
        assert [event.user_id for event in await tool.world.events(type="PASSWORD_CHANGED")] == [user.id]


async def test_there_is_no_session_before_the_new_password() -> None:
    async with a_tool() as tool:
        user = await given(tool)
        browser = await proved(tool)
        assert await tool.world.storage.sessions_of(user.id) == []
        answer = await browser.get(str(authorization_url(prompt="none")))
        assert isinstance(answer, Callback)
        assert answer.parameters["error"] == "login_required"
        assert (await tool.read(f"users/{user.id}"))["requiredActions"] == ["UPDATE_PASSWORD"]


@pytest.mark.parametrize("chosen", [GIVEN, "short", "", "alice@acme.example"])
async def test_a_weak_or_the_same_password_is_refused_beside_its_field(chosen: str) -> None:
    async with a_tool() as tool:
        user = await given(tool)
        before = await tool.world.storage.password(user.id)
        page = await (await proved(tool)).submit("set-password", password=chosen)
        assert isinstance(page, httpx.Response)
        assert page.status_code == 400
        assert 'href="#password"' in page.text
        assert await tool.world.storage.password(user.id) == before


async def test_another_browser_does_not_take_the_step() -> None:
    async with a_tool() as tool:
        user = await given(tool)
        browser, stranger = await proved(tool), tool.world.browser()
        assert browser.page is not None
        before = await tool.world.storage.password(user.id)
        answer = await stranger.post(str(browser.page.url), {"password": CHOSEN, "set-password": "1"})
        assert isinstance(answer, httpx.Response)
        assert answer.status_code >= 400
        assert await tool.world.storage.password(user.id) == before


async def test_the_step_does_not_come_without_the_proof() -> None:
    async with a_tool() as tool:
        user = await given(tool)
        before = await tool.world.storage.password(user.id)
        browser = tool.world.browser()
        await browser.get(str(authorization_url()))
        page = await browser.submit("continue", username="alice")
        assert isinstance(page, httpx.Response)
        await browser.post(
            str(page.url), {"password": CHOSEN, "set-password": "1", "new_password_of": user.id}
        )
        assert await tool.world.storage.password(user.id) == before


@pytest.mark.parametrize("meanwhile", ["another password", "disabled", "deleted", "the half hour"])
async def test_what_was_proved_counts_no_more_after(meanwhile: str) -> None:
    async with a_tool() as tool:
        user = await given(tool)
        browser = await proved(tool)
        tool.world.clock.advance(seconds=1)
        match meanwhile:
            case "another password":
                body = {"value": "yet another password", "temporary": True}
                await tool.done("PUT", f"users/{user.id}/reset-password", body)
            case "disabled":
                await tool.done("PUT", f"users/{user.id}", {"enabled": False})
            case "deleted":
                await tool.done("DELETE", f"users/{user.id}")
            case _:
                tool.world.clock.advance(seconds=timedelta(minutes=31).total_seconds())
        before = await tool.world.storage.password(user.id)
        page = await browser.submit("set-password", password=CHOSEN)
        assert isinstance(page, httpx.Response)
        assert page.status_code >= 400
        assert await tool.world.storage.password(user.id) == before
        assert await tool.world.storage.sessions_of(user.id) == []


async def test_two_windows_choose_once() -> None:
    async with a_tool() as tool:
        await given(tool)
        browser = await proved(tool)
        assert browser.page is not None
        url = str(browser.page.url)
        await browser.submit("set-password", password=CHOSEN)
        page = await browser.post(url, {"password": "another one of hers", "set-password": "1"})
        assert isinstance(page, httpx.Response)
        assert page.status_code >= 400
        again = await tool.world.browser().sign_in(str(authorization_url()), "alice", CHOSEN)
        assert isinstance(again, Callback)


async def test_a_person_is_created_with_a_temporary_password_and_keeps_it_out_of_a_file() -> None:
    async with a_tool() as tool:
        credentials = [{"type": "password", "value": GIVEN, "temporary": True}]
        user_id = await tool.create("users", username="bob", credentials=credentials)
        assert (await tool.read(f"users/{user_id}"))["requiredActions"] == ["UPDATE_PASSWORD"]
        await tool.done("PUT", f"users/{user_id}", {"firstName": "Bob"})
        assert (await tool.read(f"users/{user_id}"))["requiredActions"] == ["UPDATE_PASSWORD"]


async def test_a_mailed_link_replaces_a_temporary_password_too() -> None:
    async with a_tool() as tool:
        user = await given(tool)
        await tool.done("PUT", f"users/{user.id}/execute-actions-email", ["UPDATE_PASSWORD"])
        (letter,) = await tool.world.mails()
        url = next(word for word in letter.text.split() if "token=" in word)
        browser = tool.world.browser()
        await browser.get(url.removeprefix("https://sso.example"))
        await browser.submit("set-password", password=CHOSEN)
        assert (await tool.read(f"users/{user.id}"))["requiredActions"] == []
