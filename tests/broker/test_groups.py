"""Entra's groups: too many for a token they come from Graph; when that fails nothing is taken away (D12)."""

import pytest

from tests.broker.house import House, house
from tests.browser import Callback, text_of
from tests.outbound.surroundings import Names, fixture_names  # noqa: F401 - a fixture
from vestibule.domain.user import User
from vestibule.practice.providers.people import group_id

GROUPS = {"provider_optional_claims": {"groups", "email", "upn"}}


async def signed_in(home: House) -> User:
    answer = await home.sign_in()
    assert isinstance(answer, Callback), text_of(answer.text)
    [person] = await home.everybody()
    return person


async def test_groups_are_an_attribute_of_several_values() -> None:
    async with house("entra", **GROUPS) as home:
        await home.importer("groups", "group")
        person = await signed_in(home)
        assert person.attributes["group"] == (group_id("staff"), group_id("it"))


async def test_201_groups_are_fetched_from_graph_and_arrive_as_the_same_attribute() -> None:
    async with house("entra", "groups_201", **GROUPS) as home:
        await home.importer("groups", "group")
        person = await signed_in(home)
        assert len(set(person.attributes["group"])) == 201
        assert group_id("staff") in person.attributes["group"]
        assert home.provider.hits["groups"] == 1


async def test_a_plain_connection_to_entra_gets_its_groups_from_graph_too() -> None:
    async with house("entra", "groups_201", **GROUPS) as home:
        await home.change(kind="oidc")
        await home.importer("groups", "group")
        assert len((await signed_in(home)).attributes["group"]) == 201


@pytest.mark.parametrize("trouble", ["error_500:groups", "html:groups", "huge:groups", "redirect:groups"])
async def test_where_graph_fails_force_takes_nothing_and_the_person_comes_in(trouble: str) -> None:
    async with house("entra", **GROUPS) as home:
        await home.importer("groups", "group")
        role = await home.world.role(home.realm, "staff")
        group = await home.world.group(home.realm, "/staff")
        claims = f'[{{"key": "groups", "value": "{group_id("staff")}"}}]'
        await home.mapper("role", "oidc-advanced-role-idp-mapper", claims=claims, role="staff")
        await home.mapper("group", "oidc-advanced-group-idp-mapper", claims=claims, group="/staff")
        before = await signed_in(home)
        home.provider.set_faults("groups_201", trouble)
        after = await signed_in(home)
        assert home.provider.hits["groups"] >= 1
        assert after.attributes["group"] == before.attributes["group"] != ()
        assert role in await home.world.storage.own_roles_of(after.id)
        assert group in await home.world.storage.groups_of(after.id)


async def test_without_an_overage_force_removes_the_groups_that_left() -> None:
    async with house("entra", **GROUPS) as home:
        await home.importer("groups", "group")
        await signed_in(home)
        home.provider.registration.optional_claims.discard("groups")
        assert "group" not in (await signed_in(home)).attributes


@pytest.mark.parametrize("kind", ["oidc", "okta"])
async def test_no_other_providers_token_goes_to_graph(kind: str, names: Names) -> None:
    names["graph.microsoft.com"] = [["127.0.0.1"]]
    async with house(kind) as home:
        await home.importer("groups", "group")
        home.provider.say(_claim_names={"groups": "src1"}, groups=None)
        assert "group" not in (await signed_in(home)).attributes
        assert names.looked_up == []
