"""A person's links to identity providers over the Admin API."""

from tests.admin.connections import added, provider, stored
from tests.admin.people import Tool, a_tool
from tests.storage.samples import a_session
from vestibule.domain.user import User

GRACE = {"identityProvider": "company", "userId": "s-1", "userName": "grace@id"}


def of(user: User, alias: str = "") -> str:
    return f"users/{user.id}/federated-identity" + (f"/{alias}" if alias else "")


async def test_a_person_is_linked_listed_and_unlinked() -> None:
    async with a_tool() as tool:
        await added(tool)
        user = await tool.world.user(tool.realm)
        assert await tool.read(of(user)) == []
        await tool.done("POST", of(user, "company"), GRACE)
        assert await tool.read(of(user)) == [GRACE]
        connection = await stored(tool)
        link = await tool.world.storage.link(connection.id, "https://id.example", "s-1")
        assert link is not None
        assert link.user_id == user.id
        await tool.done("DELETE", of(user, "company"))
        assert await tool.read(of(user)) == []
        assert (await tool.send("DELETE", of(user, "company"))).status_code == 404
        events = await tool.world.events(tool.realm)
        told = {(one.type, one.user_id) for one in events if "/federated-identity/company" in one.path}
        assert told == {("ADMIN_DELETE", user.id), ("ADMIN_CREATE", user.id)}


async def test_BR_09_neither_the_subject_nor_the_person_of_a_link_is_changed_in_place() -> None:
    async with a_tool() as tool:
        await added(tool)
        user, other = await tool.world.user(tool.realm), await tool.world.user(tool.realm, "mallory")
        await tool.done("POST", of(user, "company"), GRACE)
        again = await tool.send("POST", of(user, "company"), GRACE | {"userId": "s-2"})
        stolen = await tool.send("POST", of(other, "company"), GRACE)
        assert (again.status_code, stolen.status_code) == (409, 409)
        assert (await tool.send("PUT", of(user, "company"), GRACE | {"userId": "s-2"})).status_code == 405
        assert (await tool.read(of(user)), await tool.read(of(other))) == ([GRACE], [])


async def test_BR_09_a_person_is_not_relinked_by_changing_the_person() -> None:
    async with a_tool() as tool:
        await added(tool)
        user = await tool.world.user(tool.realm)
        await tool.done("POST", of(user, "company"), GRACE)
        turned = {"federatedIdentities": [GRACE | {"userId": "s-2"}]}
        await tool.done("PUT", f"users/{user.id}", turned)
        assert await tool.read(of(user)) == [GRACE]


async def test_unlinking_ends_what_the_person_has_open() -> None:
    async with a_tool() as tool:
        await added(tool)
        user = await tool.world.user(tool.realm)
        await tool.done("POST", of(user, "company"), GRACE)
        at = tool.world.clock.at
        await tool.world.storage.add_session(
            a_session(user, authenticated_at=at, started_at=at, last_seen_at=at)
        )
        await tool.done("DELETE", of(user, "company"))
        assert await tool.world.storage.sessions_of(user.id) == []


async def test_a_link_without_a_subject_or_to_no_provider_is_refused() -> None:
    async with a_tool() as tool:
        await added(tool)
        user = await tool.world.user(tool.realm)
        answer = await tool.send("POST", of(user, "company"), {"userName": "grace"})
        assert (answer.status_code, answer.json()["field"]) == (400, "userId")
        assert (await tool.send("POST", of(user, "nothing"), GRACE)).status_code == 404


async def test_D11_the_tenant_of_a_link_is_said_where_there_are_several() -> None:
    template = "https://login.example/{tenantid}/v2.0"
    async with a_tool() as tool:
        await added(tool, provider(issuer=template))
        user = await tool.world.user(tool.realm)
        without = await tool.send("POST", of(user, "company"), GRACE)
        assert (without.status_code, without.json()["field"]) == (400, "issuer")
        for wrong in ("https://evil.example/x/v2.0", "https://login.example//v2.0", template):
            answer = await tool.send("POST", of(user, "company"), GRACE | {"issuer": wrong})
            assert answer.status_code == 400, wrong
        tenant = {"issuer": "https://login.example/0a1b2c3d-0000-4000-8000-000000000000/v2.0"}
        await tool.done("POST", of(user, "company"), GRACE | tenant)
        assert await tool.read(of(user)) == [GRACE | tenant]


async def test_a_deleted_provider_takes_its_links_off_the_list() -> None:
    async def linked(tool: Tool) -> User:
        await added(tool)
        user = await tool.world.user(tool.realm)
        await tool.done("POST", of(user, "company"), GRACE)
        return user

    async with a_tool() as tool:
        user = await linked(tool)
        await tool.done("DELETE", "identity-provider/instances/company")
        assert await tool.read(of(user)) == []
