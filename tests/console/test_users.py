"""The console's pages of people."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import pytest

from tests.browser import Browser, Callback, authorization_url
from tests.console import administrator, console, said
from tests.storage.samples import a_grant, a_passkey
from tests.world import PASSWORD, START, World, new_world
from vestibule.domain.user import User

NOBODY = "No users yet. Users appear here when they first sign in through an identity provider, or add one."


async def open_user(world: World, browser: Browser, user: User, tab: str = "") -> httpx.Response:
    page = await browser.get(f"/console/acme/users/{user.id}{tab and '/' + tab}")
    assert isinstance(page, httpx.Response)
    assert page.status_code == 200
    return page


async def stored(world: World, user: User) -> User:
    found = await world.storage.user(user.id)
    assert found is not None
    return found


async def signs_in(world: World, username: str, password: str) -> bool:
    answer = await world.browser().sign_in(str(authorization_url()), username, password)
    return isinstance(answer, Callback) and "code" in answer.parameters


async def test_the_list_says_what_it_is_for_while_nobody_is_there() -> None:
    async with new_world() as world:
        await world.realm()
        page = await (await console(world, role="platform-admin")).get("/console/acme/users")
        assert NOBODY in said(page)


async def test_the_list_is_searched_sorted_and_narrowed() -> None:
    async with new_world() as world:
        realm = await world.realm()
        for name in ("bob", "bobby", "carol"):
            await world.user(realm, name, enabled=name != "bobby")
        browser = await console(world)

        async def names(query: str) -> list[str]:
            text = said(await browser.get(f"/console/acme/users?{query}"))
            found = {name: text.find(f"{name}@acme.example") for name in ("bob", "bobby", "carol")}
            return sorted((name for name in found if found[name] >= 0), key=lambda name: found[name])

        assert await names("search=bob") == ["bob", "bobby"]
        assert await names("search=bob&sort=-username") == ["bobby", "bob"]
        assert await names("enabled=false") == ["bobby"]
        assert "No users match." in said(await browser.get("/console/acme/users?search=nobody"))


@pytest.mark.parametrize("query", ["sort=password", "enabled=perhaps", "page=0", "page=x"])
async def test_an_unwritten_state_of_the_list_is_refused(query: str) -> None:
    async with new_world() as world:
        await world.realm()
        page = await (await console(world)).get(f"/console/acme/users?{query}")
        assert isinstance(page, httpx.Response)
        assert page.status_code == 400


async def test_a_person_is_added_and_signs_in() -> None:
    async with new_world() as world:
        await world.client(await world.realm())
        browser = await console(world, path="/users/new")
        page = await browser.send_form(
            "/users/new", username="bob", email="bob@x.example", first_name="Bob", last_name="Baker",
            password="a password of bob", temporary=None,
        )  # fmt: skip
        assert "Created." in said(page)
        assert await signs_in(world, "bob@x.example", "a password of bob")


async def test_somebody_added_without_a_password_stands_where_the_link_is_sent() -> None:
    async with new_world() as world:
        await world.realm()
        browser = await console(world, path="/users/new")
        page = await browser.send_form("/users/new", username="bob", email="bob@x.example")
        assert "Created." in said(page)
        assert "New password" in said(page)


async def test_a_mistake_stands_beside_its_field_and_the_password_is_not_shown_again() -> None:
    async with new_world() as world:
        realm = await world.realm()
        browser = await console(world, path="/users/new")
        page = await browser.send_form("/users/new", username="bob", email="nonsense", password="short")
        assert isinstance(page, httpx.Response)
        assert page.status_code == 400
        assert "This is not an email address." in said(page)
        assert 'value="bob"' in page.text
        assert "short" not in page.text
        assert await world.storage.user_by_login(realm.id, "bob") is None


async def test_a_weak_password_is_refused_beside_its_field() -> None:
    async with new_world() as world:
        realm = await world.realm()
        browser = await console(world, path="/users/new")
        page = await browser.send_form("/users/new", username="bob", password="short")
        assert "too short" in said(page)
        assert isinstance(page, httpx.Response)
        assert 'href="#password"' in page.text
        assert await world.storage.user_by_login(realm.id, "bob") is None


async def test_a_taken_username_says_so_and_keeps_what_was_typed() -> None:
    async with new_world() as world:
        await world.user(await world.realm())
        browser = await console(world, path="/users/new")
        page = await browser.send_form("/users/new", username="Alice", first_name="Another")
        assert isinstance(page, httpx.Response)
        assert page.status_code == 409
        assert "There is one with this name already." in said(page)
        assert 'value="Another"' in page.text


async def test_details_are_changed() -> None:
    async with new_world() as world:
        user = await world.user(await world.realm())
        browser = await console(world)
        await open_user(world, browser, user)
        page = await browser.send_form(f"/users/{user.id}", first_name="Alicia")
        assert "Your changes have been saved." in said(page)
        changed = await stored(world, user)
        assert (changed.given_name, changed.email, changed.email_verified) == ("Alicia", user.email, True)


async def test_an_edit_of_what_changed_meanwhile_shows_both_versions() -> None:
    async with new_world() as world:
        user = await world.user(await world.realm())
        browser, other = await console(world), await console(world)
        await open_user(world, browser, user)
        await open_user(world, other, user)
        await other.send_form(f"/users/{user.id}", first_name="Theirs")
        page = await browser.send_form(f"/users/{user.id}", first_name="Mine")
        assert isinstance(page, httpx.Response)
        assert page.status_code == 409
        assert "Stored meanwhile: Theirs" in said(page)
        assert (await stored(world, user)).given_name == "Theirs"


async def test_attributes_are_lines_and_come_back_as_they_were() -> None:
    async with new_world() as world:
        attributes = {"floor": ("2", "3"), "a=b": ("c\\d",), "note": ("two\nlines",)}
        user = await world.user(await world.realm(), attributes=attributes)
        browser = await console(world)
        page = await open_user(world, browser, user, "attributes")
        assert "floor = 2" in page.text
        await browser.send_form("/attributes")
        assert (await stored(world, user)).attributes == attributes
        await browser.send_form("/attributes", attributes="floor = 4\nempty =\n")
        assert (await stored(world, user)).attributes == {"floor": ("4",), "empty": ("",)}


async def test_a_line_that_is_no_attribute_is_named() -> None:
    async with new_world() as world:
        user = await world.user(await world.realm(), attributes={"a": ("b",)})
        browser = await console(world)
        await open_user(world, browser, user, "attributes")
        page = await browser.send_form("/attributes", attributes="a = b\nnonsense")
        assert "“nonsense” is not written as name = value." in said(page)
        assert (await stored(world, user)).attributes == {"a": ("b",)}


async def test_a_password_is_set_and_ends_sessions() -> None:
    async with new_world() as world:
        realm = await world.realm()
        user = await world.user(realm)
        await world.client(realm)
        await signs_in(world, "alice", PASSWORD)
        browser = await console(world)
        await open_user(world, browser, user, "sign-in-methods")
        page = await browser.send_form("/password", password="another password", temporary=None)
        assert "The password has been set." in said(page)
        assert await world.storage.sessions_of(user.id) == []
        assert await signs_in(world, "alice", "another password")


async def test_a_password_is_temporary_unless_it_is_said_to_stay() -> None:
    async with new_world() as world:
        user = await world.user(await world.realm())
        browser = await console(world)
        await open_user(world, browser, user, "sign-in-methods")
        page = await browser.send_form("/password", password="another password")
        assert "Temporary, to be replaced at the next sign-in" in said(page)
        assert (await stored(world, user)).must_change_password


async def test_setting_a_password_asks_for_a_fresh_sign_in() -> None:
    async with new_world() as world:
        user = await world.user(await world.realm())
        before = await world.storage.password(user.id)
        browser = await console(world)
        await open_user(world, browser, user, "sign-in-methods")
        world.clock.advance(minutes=16)
        page = await browser.send_form("/password", password="another password")
        assert isinstance(page, httpx.Response)
        assert urlsplit(str(page.url)).path == "/realms/acme/login"
        assert await world.storage.password(user.id) == before


async def test_a_destructive_button_asks_first_where_there_is_no_script() -> None:
    async with new_world() as world:
        user = await world.user(await world.realm())
        browser = await console(world)
        await open_user(world, browser, user)
        page = await browser.send_form(f"/{user.id}/delete")
        assert "Delete alice and everything that is theirs?" in said(page)
        assert await world.storage.user(user.id) is not None
        page = await browser.send_form(f"/{user.id}/delete")
        assert "Deleted." in said(page)
        assert await world.storage.user(user.id) is None


async def test_the_danger_zone_names_sessions_and_applications() -> None:
    async with new_world() as world:
        realm = await world.realm()
        user, client = await world.user(realm), await world.client(realm)
        assert await signs_in(world, "alice", PASSWORD)
        end = START + timedelta(hours=1)
        grant = replace(
            a_grant(user, client, None), expires_at=end, code_expires_at=end, scope=("offline_access",)
        )
        await world.storage.add_grant(grant)
        assert await world.storage.take_code(grant.id, grant.code_digest, client.id, START, None, None)
        page = await open_user(world, await console(world), user)
        assert "Sessions that end: 1. Applications that lose access: 1." in said(page)


async def test_a_passkey_is_renamed_and_removed() -> None:
    async with new_world() as world:
        user = await world.user(await world.realm())
        passkey = a_passkey(user)
        await world.storage.add_passkey(passkey)
        browser = await console(world)
        page = await open_user(world, browser, user, "sign-in-methods")
        assert "Phone" in said(page)
        await browser.get(f"/console/acme/users/{user.id}/passkeys/{passkey.id}")
        assert "Old phone" in said(await browser.send_form(f"/passkeys/{passkey.id}", name="Old phone"))
        await browser.send_form(f"/passkeys/{passkey.id}/delete")
        await browser.send_form(f"/passkeys/{passkey.id}/delete")
        assert await world.storage.passkeys(user.id) == []


async def test_a_link_to_set_a_password_is_mailed() -> None:
    async with new_world() as world:
        user = await world.user(await world.realm())
        browser = await console(world)
        await open_user(world, browser, user, "sign-in-methods")
        page = await browser.send_form("/password-link")
        assert "The mail is on its way." in said(page)
        (letter,) = await world.mails()
        assert (letter.recipient, letter.subject) == ("alice@acme.example", "Acme: set your password")


async def test_platform_support_sends_links_and_ends_sessions_but_changes_nothing() -> None:
    async with new_world() as world:
        user = await world.user(await world.realm())
        browser = await console(world, role="platform-support")
        page = await open_user(world, browser, user, "sign-in-methods")
        assert "Send a link to set a password" in said(page)
        assert "Set password" not in said(page)
        assert "Delete user" not in said(await open_user(world, browser, user))
        answer = await browser.post(f"https://sso.example/console/acme/users/{user.id}", {"username": "x"})
        assert isinstance(answer, httpx.Response)
        assert answer.status_code == 403
        await open_user(world, browser, user, "sessions")
        assert "Sign alice out everywhere?" in said(await browser.send_form(f"{user.id}/sign-out"))


async def test_roles_are_explained_granted_and_taken_away() -> None:
    async with new_world() as world:
        realm = await world.realm()
        user = await world.user(realm)
        browser = await console(world)
        page = await open_user(world, browser, user, "role-mapping")
        assert "Administers this realm." in said(page)
        assert "The role has been granted." in said(await browser.send_form("/role-mapping/grant"))
        assert [role.name for role in await world.storage.roles_of(user.id)] == ["realm-admin"]
        assert "The role has been taken away." in said(await browser.send_form("/role-mapping/revoke"))
        assert await world.storage.roles_of(user.id) == []


async def test_roles_by_a_group_are_shown_as_such() -> None:
    async with new_world() as world:
        realm = await world.realm()
        user = await world.user(realm)
        group, role = await world.group(realm, "/staff", user), await world.role(realm, "editor")
        await world.storage.grant_group_role(group.id, role.id)
        page = await open_user(world, await console(world), user, "role-mapping")
        assert "Through a group" in said(page)


async def test_roles_of_a_client_are_chosen_by_the_client() -> None:
    async with new_world() as world:
        realm = await world.realm()
        user, client = await world.user(realm), await world.client(realm)
        await world.role(realm, "viewer", client=client)
        browser = await console(world)
        page = await open_user(world, browser, user, f"role-mapping?client={client.id}")
        assert "viewer" in said(page)
        await browser.send_form("/role-mapping/grant")
        assert [role.name for role in await world.storage.roles_of(user.id)] == ["viewer"]


async def test_people_join_and_leave_groups() -> None:
    async with new_world() as world:
        realm = await world.realm()
        user = await world.user(realm)
        await world.group(realm, "/staff")
        browser = await console(world)
        await open_user(world, browser, user, "groups")
        page = await browser.send_form("/groups/join")
        assert "Added to the group." in said(page)
        assert [group.path for group in await world.storage.groups_of(user.id)] == ["/staff"]
        page = await browser.send_form("/groups/leave")
        assert "Removed from the group." in said(page)
        assert await world.storage.groups_of(user.id) == []


async def test_one_session_ends_and_the_others_stay() -> None:
    async with new_world() as world:
        realm = await world.realm()
        user = await world.user(realm)
        await world.client(realm)
        for _ in range(2):
            await signs_in(world, "alice", PASSWORD)
        browser = await console(world)
        page = await open_user(world, browser, user, "sessions")
        assert "Atera" in said(page)
        await browser.send_form("/end")
        assert len(await world.storage.sessions_of(user.id)) == 1


async def test_signing_out_everywhere_ends_the_persons_console_session_too() -> None:
    async with new_world() as world:
        realm = await world.realm()
        other = await administrator(world, realm, username="other")
        theirs = world.browser()
        await theirs.sign_in("/console/acme/users", "other", PASSWORD)
        browser = await console(world)
        await open_user(world, browser, other, "sessions")
        for _ in range(2):
            await browser.send_form(f"{other.id}/sign-out")
        assert await world.storage.sessions_of(other.id) == []
        answer = await theirs.http.get("/console/acme/users")
        assert answer.status_code == 303


async def test_a_service_account_is_shown_with_its_roles_only() -> None:
    async with new_world() as world:
        realm = await world.realm()
        client = await world.client(realm)
        account = await world.user(realm, "robot", service_of=client.id, email=None, password=None)
        page = await open_user(world, await console(world), account)
        assert "Nobody signs in as it." in said(page)
        assert "Sign-in methods" not in said(page)


async def test_a_mail_that_cannot_be_sent_is_said_on_the_page() -> None:
    async with new_world() as world:
        user = await world.user(await world.realm(), email_verified=False)
        browser = await console(world)
        for _ in range(5):
            await open_user(world, browser, user)
            await browser.send_form("/verify-mail")
        await open_user(world, browser, user)
        page = await browser.send_form("/verify-mail")
        assert isinstance(page, httpx.Response)
        assert page.status_code == 429
        assert "Too many mails were asked for in a short time." in said(page)
        assert "Username" in said(page)
