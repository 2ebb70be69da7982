"""What an arrival writes: roles and groups that only their giver takes back, and addresses (D12)."""

import asyncio

import pytest

from tests.broker.house import House, house
from tests.browser import Callback, authorization_url, text_of
from tests.world import PASSWORD
from vestibule.domain.user import User

ALICE = "alice@acme.example"


async def arrived(home: House, person: str = "grace") -> User:
    answer = await home.sign_in(person)
    assert isinstance(answer, Callback), text_of(answer.text)
    found = await home.user_of(person)
    assert found is not None
    return found


async def names_of(home: House, user: User) -> tuple[set[str], set[str]]:
    """The person's own roles and groups."""
    storage = home.world.storage
    roles = {role.name for role in await storage.own_roles_of(user.id)}
    return roles, {group.path for group in await storage.groups_of(user.id)}


async def staff_mappers(home: House, mode: str = "FORCE") -> None:
    await home.world.role(home.realm, "staff")
    await home.world.group(home.realm, "/staff")
    claims = '[{"key": "roles", "value": "staff"}]'
    await home.mapper("r", "oidc-role-idp-mapper", mode, claim="roles", claim__value="staff", role="staff")
    await home.mapper("g", "oidc-advanced-group-idp-mapper", mode, claims=claims, group="/staff")


async def test_what_a_mapper_gave_it_takes_back_when_the_claim_goes() -> None:
    async with house() as home:
        await staff_mappers(home)
        home.provider.say(roles=["staff"])
        assert await names_of(home, await arrived(home)) == ({"staff"}, {"/staff"})
        home.provider.say(roles=[])
        assert await names_of(home, await arrived(home)) == (set(), set())
        events = await home.world.events(home.realm, "PROFILE_CHANGED")
        assert [event.details["roles_taken"] for event in events] == ["1"]


async def test_what_a_person_was_given_by_hand_stays() -> None:
    async with house() as home:
        user = await arrived(home)
        await staff_mappers(home)
        storage = home.world.storage
        role = await storage.role_by_name(home.realm.id, "staff")
        group = await storage.group_by_path(home.realm.id, "/staff")
        assert role is not None
        assert group is not None
        await storage.grant_role(user.id, role.id)
        await storage.join_group(user.id, group.id)
        for roles in (["staff"], []):
            home.provider.say(roles=roles)
            assert await names_of(home, await arrived(home)) == ({"staff"}, {"/staff"})


async def test_what_was_imported_once_stays_when_the_claim_goes() -> None:
    async with house() as home:
        await staff_mappers(home, "IMPORT")
        home.provider.say(roles=["staff"])
        await arrived(home)
        home.provider.say(roles=[])
        assert await names_of(home, await arrived(home)) == ({"staff"}, {"/staff"})


async def test_what_a_mapper_gave_that_is_gone_is_taken_back() -> None:
    async with house() as home:
        await staff_mappers(home)
        home.provider.say(roles=["staff"])
        await arrived(home)
        await home.change(mappers=home.connection.mappers[:1])
        assert await names_of(home, await arrived(home)) == (set(), set())


async def test_another_mapper_that_wants_the_same_keeps_it() -> None:
    async with house() as home:
        await staff_mappers(home)
        await home.mapper("all", "oidc-hardcoded-role-idp-mapper", role="staff")
        home.provider.say(roles=["staff"])
        await arrived(home)
        home.provider.say(roles=[])
        assert (await names_of(home, await arrived(home)))[0] == {"staff"}


async def test_a_role_of_a_client_is_named_after_it() -> None:
    async with house() as home:
        client = await home.world.storage.client_by_client_id(home.realm.id, "atera")
        assert client is not None
        await home.world.role(home.realm, "technician", client=client)
        await home.mapper("r", "oidc-hardcoded-role-idp-mapper", role="atera.technician")
        roles = await home.world.storage.own_roles_of((await arrived(home)).id)
        assert [(role.name, role.client_id) for role in roles] == [("technician", client.id)]


@pytest.mark.parametrize("name", ["unknown", "unknown.role", "atera.unknown", "", "."])
async def test_a_role_or_group_that_is_not_there_is_passed_over(name: str) -> None:
    async with house() as home:
        await home.mapper("r", "oidc-hardcoded-role-idp-mapper", role=name)
        await home.mapper("g", "oidc-hardcoded-group-idp-mapper", group=f"/{name}")
        assert await names_of(home, await arrived(home)) == (set(), set())


async def test_D12_an_address_that_somebody_else_has_is_not_taken_and_an_event_says_so() -> None:
    async with house() as home:
        alice = await home.world.user(home.realm)
        await home.importer("upn", "email")
        before = await arrived(home)
        home.provider.say(upn=ALICE)
        after = await arrived(home)
        assert (after.email, after.email_verified) == (before.email, before.email_verified)
        assert await home.world.storage.user(alice.id) == alice
        [event] = await home.world.events(home.realm, "PROFILE_CHANGED")
        assert (event.user_id, event.details["email_not_taken"]) == (after.id, ALICE)
        by_password = await home.world.browser().sign_in(str(authorization_url()), ALICE, PASSWORD)
        assert isinstance(by_password, Callback)


async def test_D12_a_new_person_with_somebody_elses_upn_is_somebody_else() -> None:
    async with house() as home:
        alice = await home.world.user(home.realm)
        await home.importer("upn", "email")
        home.provider.say(upn=ALICE)
        newcomer = await arrived(home)
        assert newcomer.id != alice.id
        assert newcomer.email != ALICE
        [event] = await home.world.events(home.realm, "PERSON_ENROLLED")
        assert event.details["email_not_taken"] == ALICE


async def test_D12_upn_never_moves_the_sign_in_to_another_account() -> None:
    async with house("entra", provider_optional_claims={"upn"}) as home:
        await home.importer("upn", "email")
        again = first = await arrived(home)
        assert (first.email, first.email_verified) == ("grace@globex.example", False)
        for upn in ("other@globex.example", None, "omar@globex.example"):
            home.provider.say(upn=upn)
            again = await arrived(home)
            assert again.id == first.id
            assert not again.email_verified
        assert again.email == "omar@globex.example"
        omar = await arrived(home, "omar")
        assert omar.id != first.id


async def test_D12_an_address_that_changed_is_an_event() -> None:
    async with house() as home:
        await home.importer("upn", "email")
        await arrived(home)
        home.provider.say(upn="new@globex.example")
        user = await arrived(home)
        [event] = await home.world.events(home.realm, "EMAIL_CHANGED")
        assert (event.user_id, event.details["by"]) == (user.id, "the provider")


async def test_a_user_name_that_somebody_else_has_is_not_taken() -> None:
    async with house() as home:
        await home.world.user(home.realm)
        await home.mapper("n", "oidc-username-idp-mapper", template="${CLAIM.nickname}")
        home.provider.say(nickname="alice")
        user = await arrived(home)
        assert user.username not in ("alice", "")
        home.provider.say(nickname="grace.new")
        assert (await arrived(home)).username == "grace.new"


async def test_two_first_arrivals_at_once_are_one_person() -> None:
    async with house() as home:
        browsers = [home.world.browser() for _ in range(2)]
        urls = [await home.provider.sign_in(await home.leave(browser)) for browser in browsers]
        pairs = zip(browsers, urls, strict=True)
        answers = await asyncio.gather(*(browser.get(url) for browser, url in pairs))
        assert all(isinstance(answer, Callback) for answer in answers)
        assert len(await home.everybody()) == 1
