"""Adding connections as a form does it: reserved aliases, metadata that fill in the rest, who may join."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tests.console import administrator
from tests.provider import PracticeProvider, practice_provider
from tests.storage.samples import a_link
from tests.world import World, new_world
from vestibule.domain.administration import PLATFORM_ADMIN, REALM_ADMIN
from vestibule.domain.connection import Connection, ProviderKind
from vestibule.domain.errors import AlreadyHere, ConcurrentEdit, NotChangeable
from vestibule.domain.realm import Realm
from vestibule.domain.user import User
from vestibule.flows.administer.administration import Actor, Administration
from vestibule.flows.administer.connections.aliases import reserve_alias
from vestibule.flows.administer.connections.changing import (
    change_connection,
    count_going,
    create_connection,
    delete_connection,
)
from vestibule.flows.administer.connections.discovering import discover
from vestibule.flows.administer.connections.secrets import set_next_secret
from vestibule.flows.administer.connections.starting import BASE, TENANT, placed, started, usual_join
from vestibule.flows.deployment import Visitor
from vestibule.representations.document import Document
from vestibule.representations.mistake import BadDocument


async def desk(world: World, realm: Realm, username: str = "admin") -> Administration:
    user = await administrator(world, realm, username=username)
    return of(world, realm, user)


def of(world: World, realm: Realm, user: User, role: str = REALM_ADMIN) -> Administration:
    return Administration(
        world.deployment, Actor(user, realm, frozenset({role}), world.clock.at), realm, Visitor()
    )


def form(alias: str, provider_id: str = "oidc", **config: str) -> Document:
    """`__` in a name of the config stands for a dot."""
    settings = {key.replace("__", "."): text for key, text in config.items()}
    return Document.of({"alias": alias, "providerId": provider_id, "config": settings}, is_form=True)


@asynccontextmanager
async def beside(
    kind: str, *faults: str, preset: bool = False
) -> AsyncIterator[tuple[Any, PracticeProvider]]:
    """An administrator's desk in a world that reaches a practice provider of the kind, and the provider."""
    async with practice_provider(kind, *faults) as provider:
        practice = {kind: provider.base} if preset else {}
        async with new_world(allow=(provider.place,), practice=practice) as world:
            yield await desk(world, await world.realm()), provider


async def test_S001_07_S001_19_what_the_metadata_say_fills_the_form() -> None:
    async with beside("oidc") as (at, provider):
        found = await discover(at, "oidc", f" {provider.discovery_url} ")
        assert found.error is None
        assert found.config["issuer"] == provider.issuer
        assert found.config["metadataDescriptorUrl"] == provider.discovery_url
        names = ("authorizationUrl", "tokenUrl", "userInfoUrl", "jwksUrl", "logoutUrl")
        assert all(found.config[name].startswith(provider.base) for name in names)
        assert await discover(at, "oidc", provider.issuer) == found
        assert provider.hits["discovery"] == 2


@pytest.mark.parametrize(
    "fault, code",
    [
        ("discovery_not_json", "discovery_failed"),
        ("html:discovery", "discovery_failed"),
        ("error_500:discovery", "discovery_failed"),
        ("redirect:discovery", "discovery_failed"),
        ("discovery_missing_field", "discovery_incomplete"),
        ("discovery_http_endpoint", "discovery_incomplete"),
        ("disc_issuer_mismatch", "discovery_issuer_mismatch"),
        ("huge:discovery", "upstream_answer_too_large"),
    ],
)
async def test_S001_19_RP_08_a_failure_has_its_name_and_is_told_at_the_field(fault: str, code: str) -> None:
    async with beside("oidc", fault) as (at, provider):
        found = await discover(at, "oidc", provider.discovery_url)
        assert found.error is not None
        assert (found.error.code, found.config) == (code, {})
        document = form("x", clientId="c", clientSecret="s", metadataDescriptorUrl=provider.discovery_url)
        with pytest.raises(BadDocument) as refused:
            await create_connection(at, document)
        assert refused.value.path == ("config", "metadataDescriptorUrl")
        assert await at.deployment.storage.connections(at.realm.id) == []


async def test_S001_20_an_address_inside_is_not_asked() -> None:
    async with practice_provider("oidc") as provider, new_world() as world:
        at = await desk(world, await world.realm())
        found = await discover(at, "oidc", provider.discovery_url)
        assert found.error is not None
        assert found.error.code == "address_not_allowed"
        assert provider.hits["discovery"] == 0


@pytest.mark.parametrize("typed", ["", "  ", "not an address", "ftp://id.example", "http://id.example"])
async def test_what_is_no_address_is_an_error_and_never_raised(typed: str) -> None:
    async with new_world() as world:
        at = await desk(world, await world.realm())
        found = await discover(at, "oidc", typed)
        assert found.error is not None
        assert found.error.code == "discovery_failed"


async def test_D22_S001_22_the_fields_of_the_walk_are_enough() -> None:
    async with beside("oidc") as (at, provider):
        document = form(
            "oidc", clientId="904bc2ee-3374-4f03-a63b-40efc0d85237", clientSecret="s",
            metadataDescriptorUrl=provider.discovery_url,
        )  # fmt: skip
        made = await create_connection(at, document)
        assert (made.issuer, made.discovery_url) == (provider.issuer, provider.discovery_url)
        assert made.endpoints.jwks.startswith(provider.base)
        assert (made.join, made.enabled, made.trusted) == ("anyone", True, False)
        assert await at.deployment.storage.connections(at.realm.id) == [made]


async def test_an_issuer_alone_is_enough_too() -> None:
    async with beside("oidc") as (at, provider):
        made = await create_connection(at, form("x", clientId="c", clientSecret="s", issuer=provider.issuer))
        assert made.discovery_url == provider.discovery_url


async def test_what_somebody_types_is_not_overruled_by_metadata() -> None:
    async with beside("oidc") as (at, provider):
        document = form(
            "x", clientId="c", clientSecret="s", metadataDescriptorUrl=provider.discovery_url,
            logoutUrl="https://id.example/bye", clientAuthMethod="private_key_jwt", vestibule__par="false",
        )  # fmt: skip
        made = await create_connection(at, document)
        assert made.endpoints.end_session == "https://id.example/bye"
        assert (made.authentication, made.use_par) == ("private_key_jwt", False)


async def test_RP_08_another_issuer_than_the_metadata_name_is_refused() -> None:
    async with beside("oidc") as (at, provider):
        document = form(
            "x", clientId="c", clientSecret="s", metadataDescriptorUrl=provider.discovery_url,
            issuer="https://other.example",
        )  # fmt: skip
        with pytest.raises(BadDocument) as refused:
            await create_connection(at, document)
        assert refused.value.mistake.text == "The metadata is of another issuer than the address says."


async def test_D23_a_preset_can_be_pointed_at_its_practice_provider() -> None:
    async with beside("google", preset=True) as (at, provider):
        found = await discover(at, "google", "")
        assert found.config["issuer"] == provider.issuer
        typed = await discover(at, "google", "https://accounts.google.com/.well-known/openid-configuration")
        assert typed == found
        made = await create_connection(
            at, form("google", "google", clientId="c", clientSecret="s", vestibule__join="anyone")
        )
        assert (made.issuer, made.trusted) == (provider.issuer, True)


async def test_D11_D20_a_tenant_of_ones_own_lets_anyone_in_and_everybodys_asks() -> None:
    async with beside("entra", preset=True) as (at, provider):
        own = provider.discovery_url.partition("/v2.0")[0].rpartition("/")[2]
        assert (await discover(at, "entra", own)).config["issuer"] == provider.issuer
        made = await create_connection(
            at, form("own", "microsoft", clientId="c", clientSecret="s", tenantId=own)
        )
        assert (made.join, made.issuer) == ("anyone", provider.issuer)
        with pytest.raises(BadDocument) as asked:
            await create_connection(at, form("all", "microsoft", clientId="c", clientSecret="s"))
        assert asked.value.path == ("config", "vestibule.join")
        everybody = form("all", "microsoft", clientId="c", clientSecret="s", vestibule__join="existing")
        assert "{tenantid}" in (await create_connection(at, everybody)).issuer


@pytest.mark.parametrize(
    "kind, base, tenant, expected",
    [
        ("google", "", "", None),
        ("github", "", "", None),
        ("gitlab", "", "", None),
        ("gitlab", "https://GitLab.com/", "", None),
        ("gitlab", "https://id.customer.example", "", "anyone"),
        ("entra", "", "", None),
        ("entra", "", "Common", None),
        ("entra", "", "organizations", None),
        ("entra", "", "9f1c", "anyone"),
        ("okta", "", "acme.okta.com", "anyone"),
        ("keycloak", "https://id.customer.example", "staff", "anyone"),
        ("oidc", "https://id.customer.example", "", "anyone"),
        ("oidc", "https://gitlab.com", "", None),
    ],
)
async def test_D20_anyone_may_join_only_where_the_provider_is_the_customers(
    kind: ProviderKind, base: str, tenant: str, expected: str | None
) -> None:
    async with new_world() as world:
        made = started(world.deployment, kind, "acme", "idp", world.clock.at)
        there = placed(world.deployment, replace(made, config={BASE: base, TENANT: tenant}))
        assert usual_join(there) == expected


async def test_D20_where_everybody_has_an_account_a_form_asks_who_may_join() -> None:
    async with new_world() as world:
        at = await desk(world, await world.realm())
        with pytest.raises(BadDocument) as asked:
            await create_connection(at, form("github", "github", clientId="c", clientSecret="s"))
        assert asked.value.path == ("config", "vestibule.join")
        document = form(
            "github", "github", clientId="c", clientSecret="s", vestibule__join="domains",
            vestibule__domains="@Acme.example, acme.test",
        )  # fmt: skip
        assert (await create_connection(at, document)).domains == ("acme.example", "acme.test")


async def test_a_new_address_of_the_metadata_is_read_at_once() -> None:
    async with beside("oidc") as (at, provider):
        made = await create_connection(at, plain("x"))
        moved = Document.of(
            {"config": {"metadataDescriptorUrl": provider.discovery_url, "clientSecret": "for there"}}
        )
        changed = await change_connection(at, made, moved)
        assert (changed.issuer, changed.alias) == (provider.issuer, "x")
        assert changed.endpoints.token.startswith(provider.base)


def plain(alias: str) -> Document:
    """A provider whose addresses are all typed."""
    return form(
        alias, clientId="c", clientSecret="s", issuer="https://id.example", jwksUrl="https://id.example/keys",
        authorizationUrl="https://id.example/authorize", tokenUrl="https://id.example/token",
    )  # fmt: skip


async def test_D5_an_alias_is_reserved_when_the_form_opens_and_survives_a_reload() -> None:
    async with new_world() as world:
        realm = await world.realm()
        ada, eve = await desk(world, realm, "ada"), await desk(world, realm, "eve")
        assert await reserve_alias(ada, "google") == "google"
        assert await reserve_alias(eve, "google") == "google-2"
        world.clock.advance(hours=23)
        assert await reserve_alias(ada, "google") == "google"
        assert await reserve_alias(ada, "entra") == "entra"
        with pytest.raises(AlreadyHere):
            await create_connection(eve, plain("Google"))
        made = await create_connection(ada, plain("google"))
        assert made.alias == "google"
        assert await reserve_alias(ada, "google") == "google-3"


async def test_D5_a_reservation_ends_after_a_day() -> None:
    async with new_world() as world:
        realm = await world.realm()
        ada, eve = await desk(world, realm, "ada"), await desk(world, realm, "eve")
        assert await reserve_alias(ada, "google") == "google"
        world.clock.advance(hours=25)
        assert await reserve_alias(eve, "google") == "google"
        assert await reserve_alias(ada, "google") == "google-2"


async def test_D5_reservations_of_one_tenant_are_not_in_the_way_of_another() -> None:
    async with new_world() as world:
        for name in ("acme", "globex"):
            assert await reserve_alias(await desk(world, await world.realm(name)), "google") == "google"


async def test_a_change_of_what_somebody_else_changed_is_refused() -> None:
    async with new_world() as world:
        at = await desk(world, await world.realm())
        made = await create_connection(at, plain("x"))
        await change_connection(at, made, Document.of({"displayName": "First"}))
        with pytest.raises(ConcurrentEdit):
            await change_connection(at, made, Document.of({"displayName": "Second"}))


async def test_rule_21_it_is_counted_who_would_lose_what() -> None:
    async with new_world() as world:
        realm = await world.realm()
        at = await desk(world, realm)
        made = await create_connection(at, plain("x"))
        for number, password in enumerate((None, "a password for tests", None)):
            user = await world.user(realm, f"user-{number}", password=password)
            await world.storage.add_link(a_link(user, made, f"s-{number}"))
        assert await count_going(at, made) == (3, 2)


async def last_administrator(world: World) -> tuple[Administration, Connection, User]:
    """The platform, whose only administrator has nothing but a link."""
    master = await world.realm("master")
    user = await administrator(world, master, PLATFORM_ADMIN, password=None)
    at = of(world, master, user, PLATFORM_ADMIN)
    made = await create_connection(at, plain("x"))
    await world.storage.add_link(a_link(user, made, issuer=made.issuer))
    return at, made, user


async def test_D6_BR_19_the_last_way_in_of_who_administers_stays() -> None:
    async with new_world() as world:
        at, made, _ = await last_administrator(world)
        with pytest.raises(NotChangeable):
            await delete_connection(at, made)
        with pytest.raises(NotChangeable):
            await change_connection(at, made, Document.of({"enabled": False}))
        assert await world.storage.connections(made.realm_id) == [made]


async def test_D6_with_a_second_way_the_provider_may_go() -> None:
    async with new_world() as world:
        at, made, user = await last_administrator(world)
        other = await create_connection(at, plain("y"))
        await world.storage.add_link(a_link(user, other, issuer=other.issuer))
        await delete_connection(at, made)
        assert len(await world.storage.connections(made.realm_id)) == 1


async def test_S001_10_the_next_secret_has_a_date_of_its_own() -> None:
    async with new_world() as world:
        at = await desk(world, await world.realm())
        made = await create_connection(at, plain("x"))
        day = (world.clock.at + timedelta(days=100)).date().isoformat()
        config = {"clientSecret": "next", "vestibule.secretExpiresOn": day}
        await set_next_secret(at, made, Document.of({"config": config}))
        (expiry,) = await world.storage.expiries(made.realm_id)
        assert (expiry.expires_on, expiry.details["is_next"]) == (date.fromisoformat(day), "true")
