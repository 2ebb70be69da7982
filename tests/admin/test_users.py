"""People over the Admin API, as python-keycloak and Terraform speak to it."""

import pytest

from tests.admin.people import a_tool
from tests.browser import Callback, authorization_url
from tests.world import PASSWORD, World


async def sign_in(world: World, username: str, password: str) -> bool:
    """Whether the person gets to the application."""
    answer = await world.browser().sign_in(str(authorization_url()), username, password)
    return isinstance(answer, Callback) and "code" in answer.parameters


async def test_a_person_is_created_with_a_password_and_signs_in() -> None:
    async with a_tool() as tool:
        await tool.world.client(tool.realm)
        password = {"type": "password", "value": "a password of bob", "temporary": False}
        user_id = await tool.create(
            "users", username="bob", email="bob@x.example", emailVerified=True, firstName="Bob",
            lastName="Baker", enabled=True, attributes={"floor": ["2", "3"]}, credentials=[password],
        )  # fmt: skip
        user = await tool.read(f"users/{user_id}")
        assert (user["username"], user["email"], user["emailVerified"]) == ("bob", "bob@x.example", True)
        assert (user["firstName"], user["lastName"], user["enabled"]) == ("Bob", "Baker", True)
        assert user["attributes"] == {"floor": ["2", "3"]}
        assert await sign_in(tool.world, "bob", "a password of bob")


async def test_a_person_is_created_with_groups_and_roles() -> None:
    async with a_tool() as tool:
        await tool.create("groups", name="staff")
        await tool.create("roles", name="editor")
        user_id = await tool.create("users", username="bob", groups=["/staff"], realmRoles=["editor"])
        assert [group["path"] for group in await tool.read(f"users/{user_id}/groups")] == ["/staff"]
        roles = await tool.read(f"users/{user_id}/role-mappings/realm")
        assert [role["name"] for role in roles] == ["editor"]


@pytest.mark.parametrize("taken", [{"username": "ALICE"}, {"username": "eve", "email": "Alice@acme.example"}])
async def test_a_taken_name_or_address_is_a_conflict(taken: dict[str, str]) -> None:
    async with a_tool() as tool:
        await tool.world.user(tool.realm, "alice")
        answer = await tool.send("POST", "users", taken)
        assert answer.status_code == 409
        assert await tool.read("users/count") == 1


async def test_a_change_touches_only_what_the_body_names() -> None:
    async with a_tool() as tool:
        user_id = await tool.create("users", username="bob", firstName="Bob", attributes={"a": ["1"]})
        await tool.done("PUT", f"users/{user_id}", {"lastName": "Baker", "email": None})
        user = await tool.read(f"users/{user_id}")
        assert (user["firstName"], user["lastName"], user["attributes"]) == ("Bob", "Baker", {"a": ["1"]})


async def test_a_person_is_found_by_what_a_tool_knows() -> None:
    async with a_tool() as tool:
        for name in ("bob", "bobby", "carol"):
            await tool.create("users", username=name, email=f"{name}@x.example", attributes={"k": [name]})

        async def found(**params: object) -> list[str]:
            return [user["username"] for user in await tool.read("users", **params)]

        assert await found() == ["bob", "bobby", "carol"]
        assert await found(search="bob") == ["bob", "bobby"]
        assert await found(username="OBB") == ["bobby"]
        assert await found(username="bob", exact="True") == ["bob"]
        assert await found(email="bob@x.example", exact="true") == ["bob"]
        assert await found(q="k:carol") == ["carol"]
        assert await found(emailVerified="true") == []
        assert await found(enabled="false") == []
        assert await found(first=1, max=1) == ["bobby"]
        assert await tool.read("users/count") == 3
        assert await tool.read("users/count", username="bob") == 2


async def test_a_brief_representation_has_no_attributes() -> None:
    async with a_tool() as tool:
        await tool.create("users", username="bob", attributes={"k": ["v"]})
        assert "attributes" not in (await tool.read("users", briefRepresentation="True"))[0]
        assert (await tool.read("users"))[0]["attributes"] == {"k": ["v"]}


async def test_a_service_account_is_no_person_of_the_list() -> None:
    async with a_tool() as tool:
        assert await tool.read("users") == []
        account = await tool.world.storage.user_by_login(tool.realm.id, "service-account-tool-realm-admin")
        assert account is not None
        assert (await tool.read(f"users/{account.id}"))["serviceAccountClientId"] == "tool-realm-admin"


@pytest.mark.parametrize(
    "method, path, body",
    [
        ("PUT", "", {"firstName": "Robot"}),
        ("DELETE", "", None),
        ("PUT", "/reset-password", {"type": "password", "value": "a password of bob"}),
        ("PUT", "/execute-actions-email", ["UPDATE_PASSWORD"]),
        ("PUT", "/send-verify-email", None),
    ],
)
async def test_a_service_account_is_not_edited_as_a_person(method: str, path: str, body: object) -> None:
    async with a_tool() as tool:
        account = await tool.world.storage.user_by_login(tool.realm.id, "service-account-tool-realm-admin")
        assert account is not None
        answer = await tool.send(method, f"users/{account.id}{path}", body)
        assert answer.status_code == 403
        assert await tool.world.storage.user(account.id) == account
        assert await tool.world.storage.password(account.id) is None


async def test_a_new_password_ends_what_the_old_one_opened() -> None:
    async with a_tool() as tool:
        user = await tool.world.user(tool.realm)
        await tool.world.client(tool.realm)
        assert await sign_in(tool.world, "alice", PASSWORD)
        assert await tool.read(f"users/{user.id}/sessions") != []
        body = {"type": "password", "value": "another password", "temporary": False}
        await tool.done("PUT", f"users/{user.id}/reset-password", body)
        assert await tool.read(f"users/{user.id}/sessions") == []
        assert not await sign_in(tool.world, "alice", PASSWORD)
        assert await sign_in(tool.world, "alice", "another password")


async def test_a_weak_password_is_refused_and_the_old_one_stays() -> None:
    async with a_tool() as tool:
        user = await tool.world.user(tool.realm)
        before = await tool.world.storage.password(user.id)
        answer = await tool.send("PUT", f"users/{user.id}/reset-password", {"value": "short"})
        assert (answer.status_code, answer.json()["field"]) == (400, "value")
        assert await tool.world.storage.password(user.id) == before


async def test_the_password_is_no_part_of_any_answer_or_event() -> None:
    async with a_tool() as tool:
        credentials = [{"type": "password", "value": "a password of bob"}]
        user_id = await tool.create("users", username="bob", credentials=credentials)
        body = {"type": "password", "value": "another password", "temporary": False}
        await tool.done("PUT", f"users/{user_id}/reset-password", body)
        told = "".join(event.before + event.after for event in await tool.world.events())
        told += str(await tool.read(f"users/{user_id}")) + str(
            await tool.read(f"users/{user_id}/credentials")
        )
        assert "a password of bob" not in told
        assert "another password" not in told
        assert "argon2" not in told


async def test_credentials_are_listed_and_removed_one_by_one() -> None:
    async with a_tool() as tool:
        user = await tool.world.user(tool.realm)
        found = await tool.read(f"users/{user.id}/credentials")
        assert [one["type"] for one in found] == ["password"]
        await tool.done("DELETE", f"users/{user.id}/credentials/{found[0]['id']}")
        assert await tool.read(f"users/{user.id}/credentials") == []
        answer = await tool.send("DELETE", f"users/{user.id}/credentials/{found[0]['id']}")
        assert answer.status_code == 404


async def test_logout_ends_sessions_tokens_and_links() -> None:
    async with a_tool() as tool:
        user = await tool.world.user(tool.realm)
        await tool.world.client(tool.realm)
        browser = tool.world.browser()
        await browser.sign_in(str(authorization_url()), "alice", PASSWORD)
        tool.world.clock.advance(seconds=1)
        await tool.done("POST", f"users/{user.id}/logout", {})
        assert await tool.read(f"users/{user.id}/sessions") == []
        answer = await browser.get(str(authorization_url(prompt="none")))
        assert isinstance(answer, Callback)
        assert answer.parameters["error"] == "login_required"
        stored = await tool.world.storage.user(user.id)
        assert stored is not None
        assert stored.tokens_valid_from == tool.world.clock.at


async def test_somebody_who_is_switched_off_is_signed_out() -> None:
    async with a_tool() as tool:
        user = await tool.world.user(tool.realm)
        await tool.world.client(tool.realm)
        await sign_in(tool.world, "alice", PASSWORD)
        await tool.done("PUT", f"users/{user.id}", {"enabled": False})
        assert await tool.world.storage.sessions_of(user.id) == []
        assert not await sign_in(tool.world, "alice", PASSWORD)


async def test_mails_with_links_are_sent_to_the_stored_address() -> None:
    async with a_tool() as tool:
        user = await tool.world.user(tool.realm, email_verified=False)
        actions = ["UPDATE_PASSWORD", "VERIFY_EMAIL"]
        await tool.done("PUT", f"users/{user.id}/execute-actions-email", actions)
        letters = await tool.world.mails()
        assert [letter.recipient for letter in letters] == ["alice@acme.example"] * 2
        assert sorted(letter.subject for letter in letters) == [
            "Acme: confirm your email address", "Acme: set your password",
        ]  # fmt: skip


@pytest.mark.parametrize("actions", [["CONFIGURE_TOTP"], [], {}, ["UPDATE_PASSWORD", 1]])
async def test_an_unknown_action_sends_no_mail(actions: object) -> None:
    async with a_tool() as tool:
        user = await tool.world.user(tool.realm)
        answer = await tool.send("PUT", f"users/{user.id}/execute-actions-email", actions)
        assert answer.status_code == 400
        assert await tool.world.mails() == []


async def test_somebody_without_an_address_gets_no_mail() -> None:
    async with a_tool() as tool:
        user = await tool.world.user(tool.realm, email=None, email_verified=False)
        answer = await tool.send("PUT", f"users/{user.id}/send-verify-email")
        assert answer.status_code == 400


async def test_a_deleted_person_is_gone_and_the_name_stays_taken() -> None:
    async with a_tool() as tool:
        user = await tool.world.user(tool.realm)
        await tool.done("DELETE", f"users/{user.id}")
        assert (await tool.send("GET", f"users/{user.id}")).status_code == 404
        assert (await tool.send("POST", "users", {"username": "alice"})).status_code == 409


async def test_every_change_is_told_with_its_actor_before_and_after() -> None:
    async with a_tool() as tool:
        user_id = await tool.create("users", username="bob", firstName="Bob")
        await tool.done("PUT", f"users/{user_id}", {"firstName": "Rob"})
        (event,) = await tool.world.events(tool.realm, "ADMIN_UPDATE")
        assert (event.resource, event.path) == ("USER", f"users/{user_id}")
        assert event.actor_name == "service-account-tool-realm-admin"
        assert '"firstName":"Bob"' in event.before
        assert '"firstName":"Rob"' in event.after


async def test_links_to_identity_providers_are_an_empty_list() -> None:
    async with a_tool() as tool:
        user = await tool.world.user(tool.realm)
        assert await tool.read(f"users/{user.id}/federated-identity") == []
