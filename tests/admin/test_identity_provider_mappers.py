"""Mappers of identity providers over the Admin API: their rules, their order, and whom they may raise."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.admin.connections import INSTANCES, MAPPERS, added, provider, refused, stored
from tests.admin.people import Tool, a_tool
from tests.console import administrator
from tests.world import World, new_world
from vestibule.domain.administration import PLATFORM_ADMIN
from vestibule.domain.connection import Connection
from vestibule.domain.errors import AccessDenied, SignInTooOld
from vestibule.domain.realm import Realm
from vestibule.domain.user import User
from vestibule.flows.administer.administration import Actor, Administration
from vestibule.flows.administer.connections.mappers import add_mapper
from vestibule.flows.deployment import Visitor
from vestibule.representations.document import Document
from vestibule.representations.positions import write_path

IMPORTER = "oidc-user-attribute-idp-mapper"


def mapper(name: str = "groups", kind: str = IMPORTER, **config: str) -> dict[str, Any]:
    """`__` in a name of the config stands for a dot."""
    settings = {key.replace("__", "."): text for key, text in config.items()}
    usual = {"claim": "groups", "user.attribute": "group"} if kind == IMPORTER else {}
    return {"name": name, "identityProviderMapper": kind, "config": usual | settings}


async def created(tool: Tool, body: dict[str, Any], alias: str = "company") -> str:
    answer = await tool.send("POST", f"{INSTANCES}/{alias}/mappers", body)
    assert (answer.status_code, answer.content) == (201, b""), answer.text
    return answer.headers["location"].rpartition("/")[2]


async def test_a_mapper_is_added_read_changed_and_deleted() -> None:
    async with a_tool() as tool:
        await added(tool)
        mapper_id = await created(tool, mapper(syncMode="FORCE"))
        read = await tool.read(f"{MAPPERS}/{mapper_id}")
        assert read == {
            "id": mapper_id,
            "name": "groups",
            "identityProviderAlias": "company",
            "identityProviderMapper": IMPORTER,
            "config": {"syncMode": "FORCE", "claim": "groups", "user.attribute": "group"},
        }
        await tool.done("PUT", f"{MAPPERS}/{mapper_id}", read | {"name": "teams"})
        assert (await tool.read(MAPPERS))[1] == read | {"name": "teams"}
        await tool.done("DELETE", f"{MAPPERS}/{mapper_id}")
        assert [one["name"] for one in await tool.read(MAPPERS)] == ["Onboarding"]
        events = {one.type for one in await tool.world.events(tool.realm) if "/mappers/" in one.path}
        assert events == {"ADMIN_DELETE", "ADMIN_UPDATE", "ADMIN_CREATE"}


async def test_S001_32_mappers_keep_their_order_and_their_names_are_unique() -> None:
    async with a_tool() as tool:
        await added(tool)
        ids = [await created(tool, mapper(name)) for name in ("c", "a", "b")]
        await tool.done("PUT", f"{MAPPERS}/{ids[0]}", mapper("c", claim="other"))
        assert [one["name"] for one in await tool.read(MAPPERS)] == ["Onboarding", "c", "a", "b"]
        assert (await tool.send("POST", MAPPERS, mapper("a"))).status_code == 409
        assert (await tool.send("PUT", f"{MAPPERS}/{ids[0]}", mapper("b"))).status_code == 409
        assert (await tool.send("POST", MAPPERS, mapper("Onboarding"))).status_code == 409


async def test_S001_27_the_sync_modes_of_a_mapper() -> None:
    async with a_tool() as tool:
        await added(tool)
        for mode, expected in (
            ("", "INHERIT"),
            ("INHERIT", "INHERIT"),
            ("LEGACY", "IMPORT"),
            ("FORCE", "FORCE"),
        ):
            mapper_id = await created(tool, mapper(f"m{mode}", syncMode=mode))
            assert (await tool.read(f"{MAPPERS}/{mapper_id}"))["config"]["syncMode"] == expected


@pytest.mark.parametrize(
    "provider_id, kind",
    [
        ("google", "google-user-attribute-mapper"),
        ("github", "github-user-attribute-mapper"),
        ("gitlab", "gitlab-user-attribute-mapper"),
        ("microsoft", "microsoft-user-attribute-mapper"),
    ],
)
async def test_presets_call_the_importer_by_names_of_their_own(provider_id: str, kind: str) -> None:
    async with a_tool() as tool:
        await added(tool, provider(provider_id=provider_id))
        sent = {"syncMode": "FORCE", "jsonField": "a.b", "userAttribute": "team"}
        mapper_id = await created(tool, {"name": "m", "identityProviderMapper": kind, "config": sent})
        read = await tool.read(f"{MAPPERS}/{mapper_id}")
        assert (read["identityProviderMapper"], read["config"]) == (kind, sent)
        (_, ours) = (await stored(tool)).mappers
        assert ours.config == {"claim": "a.b", "user.attribute": "team"}
        wrong = {
            "name": "n",
            "identityProviderMapper": kind,
            "config": {"jsonField": "x", "userAttribute": "id"},
        }
        assert await refused(tool, wrong, path=MAPPERS) == "config.userAttribute"


@pytest.mark.parametrize("attribute", ["email", "username", "firstName", "lastName", "sub", "group", "free"])
async def test_S001_30_S001_31_a_mapper_may_set_core_fields_and_an_attribute_sub(attribute: str) -> None:
    async with a_tool() as tool:
        await added(tool)
        await created(tool, mapper(user__attribute=attribute))


HARD, ROLE, ADVANCED = (
    "hardcoded-attribute-idp-mapper", "oidc-role-idp-mapper", "oidc-advanced-role-idp-mapper",
)  # fmt: skip
TEMPLATE = "oidc-username-idp-mapper"


@pytest.mark.parametrize(
    "body, member",
    [
        (mapper(claim=""), "claim"),
        (mapper(user__attribute=""), "user.attribute"),
        (mapper(user__attribute="id"), "user.attribute"),
        (mapper(user__attribute="emailVerified"), "user.attribute"),
        (mapper(user__attribute="vestibule.x"), "user.attribute"),
        (mapper(syncMode="NEVER"), "syncMode"),
        (mapper(kind=HARD, attribute="email", attribute__value="x@y.example"), "attribute"),
        (mapper(kind=HARD, attribute="x"), "attribute.value"),
        (mapper(kind=ROLE, claim="a", claim__value="b"), "role"),
        (mapper(kind=ROLE, claim="a", claim__value="b", role="nobody"), "role"),
        (mapper(kind="oidc-hardcoded-role-idp-mapper", role="shop.nobody"), "role"),
        (mapper(kind="oidc-hardcoded-group-idp-mapper", group="/nowhere"), "group"),
        (mapper(kind=ADVANCED, role="staff", claims="x"), "claims"),
        (mapper(kind=ADVANCED, role="staff", claims="[]"), "claims"),
        (mapper(kind=ADVANCED, role="staff", claims='[{"key": "a"}]'), "claims"),
        (mapper(kind=ADVANCED, role="staff", claims="[" * 5000), "claims"),
        (
            mapper(
                kind=ADVANCED,
                role="staff",
                claims='[{"key": "a", "value": ".*"}]',
                are__claim__values__regex="true",
            ),
            "are.claim.values.regex",
        ),
        (mapper(kind=TEMPLATE, template="fixed"), "template"),
        (mapper(kind=TEMPLATE, template="${ALIAS}"), "template"),
        (mapper(kind=TEMPLATE, template="${CLAIM.a | reverse}"), "template"),
        (mapper(kind=TEMPLATE, template="${CLAIM.a"), "template"),
        (mapper(kind=TEMPLATE, template="${CLAIM.a}", target="BROKER_ID"), "target"),
    ],
)
async def test_what_would_do_nothing_or_too_much_is_refused(body: dict[str, Any], member: str) -> None:
    async with a_tool() as tool:
        await added(tool)
        await tool.world.role(tool.realm, "staff")
        assert await refused(tool, body, path=MAPPERS) == write_path(("config", member))


async def test_every_kind_of_mapper_is_taken() -> None:
    async with a_tool() as tool:
        await added(tool)
        client = await tool.world.client(tool.realm, "shop")
        await tool.world.role(tool.realm, "staff")
        await tool.world.role(tool.realm, "buyer", client=client)
        await tool.world.group(tool.realm, "/staff")
        claims = '[{"key": "groups", "value": "g-1"}]'
        for body in (
            mapper("1", HARD, attribute="source", attribute__value="company"),
            mapper("2", "oidc-hardcoded-role-idp-mapper", role="shop.buyer"),
            mapper("3", ROLE, claim="roles", claim__value="x", role="staff"),
            mapper("4", ADVANCED, claims=claims, role="staff"),
            mapper("5", "oidc-hardcoded-group-idp-mapper", group="staff"),
            mapper("6", "oidc-advanced-group-idp-mapper", claims=claims, group="/staff"),
            mapper("7", TEMPLATE, template="${ALIAS}.${CLAIM.email | localpart | lowercase}"),
        ):
            await created(tool, body)
        assert await refused(tool, mapper("8", "hardcoded-user-session-attribute-idp-mapper"), path=MAPPERS)


async def test_AC_05_a_realm_admin_gives_by_a_mapper_what_they_have_themselves() -> None:
    async with a_tool() as tool:
        await added(tool)
        await created(tool, mapper(kind="oidc-hardcoded-role-idp-mapper", role="realm-admin"))


def at(world: World, realm: Realm, user: User, role: str, minutes: int = 0) -> Administration:
    signed_in = world.clock.at - timedelta(minutes=minutes)
    return Administration(
        world.deployment, Actor(user, realm, frozenset({role}), signed_in), realm, Visitor()
    )


async def a_connection(world: World, realm: Realm) -> Connection:
    connection = Connection(world.new_id(), realm.id, "company")
    await world.storage.add_connection(connection)
    return connection


async def test_AC_05_AC_14_a_mapper_that_lets_people_administer_is_given_like_the_role_itself() -> None:
    async with new_world() as world:
        master = await world.realm("master")
        user = await administrator(world, master, PLATFORM_ADMIN)
        group = await world.group(master, "/admins")
        stored_role = await world.storage.role_by_name(master.id, PLATFORM_ADMIN)
        assert stored_role is not None
        await world.storage.grant_group_role(group.id, stored_role.id)
        connection = await a_connection(world, master)
        by_role = mapper(kind="oidc-hardcoded-role-idp-mapper", role=PLATFORM_ADMIN)
        by_group = mapper(kind="oidc-hardcoded-group-idp-mapper", group="/admins/")
        for body in (by_role, by_group):
            document = Document.of(body)
            lower = at(world, master, user, "platform-support")
            with pytest.raises(AccessDenied):
                await add_mapper(lower, connection, document)
            stale = at(world, master, user, PLATFORM_ADMIN, minutes=16)
            with pytest.raises(SignInTooOld):
                await add_mapper(stale, connection, document)
        assert await world.storage.connections(master.id) == [connection]
        fresh = at(world, master, user, PLATFORM_ADMIN)
        given = await add_mapper(fresh, connection, Document.of(by_role))
        assert await world.storage.connections(master.id) == [replace(connection, mappers=(given,))]
