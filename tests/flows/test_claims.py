"""Claims of client scopes and mappers in real tokens, and what they cost where there are none."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.application import claims_of, post_token, refresh, tokens, userinfo
from tests.browser import authorization_url
from tests.world import PASSWORD, World
from vestibule.domain.client import Client
from vestibule.domain.client_scope import MapperKind, ProtocolMapper
from vestibule.domain.realm import Realm
from vestibule.domain.user import User
from vestibule.flows.token.preview import preview
from vestibule.oidc.predefined_mappers import predefined_mappers

EVERYWHERE = {"access.token.claim": "true", "id.token.claim": "true", "userinfo.token.claim": "true"}


def mapper(kind: MapperKind, **config: str) -> ProtocolMapper:
    return ProtocolMapper("m", "m", kind, EVERYWHERE | config)


PLAN = mapper("oidc-hardcoded-claim-mapper", **{"claim.name": "plan", "claim.value": "gold"})
GROUPS = mapper("oidc-group-membership-mapper", **{"claim.name": "groups"})


@pytest.fixture
async def realm(world: World) -> Realm:
    return await world.realm()


@pytest.fixture
async def alice(world: World, realm: Realm) -> User:
    return await world.user(realm, attributes={"team": ("red",)})


async def client_with(world: World, realm: Realm, *mappers: ProtocolMapper, **changes: Any) -> Client:
    return await world.client(realm, mappers=mappers, **changes)


async def plans(world: World, answer: dict[str, Any]) -> list[object]:
    """The claim `plan` in the ID token, the access token and userinfo."""
    told = (await userinfo(world, answer["access_token"])).json()
    found = [claims_of(answer[name]) for name in ("id_token", "access_token")]
    return [claims.get("plan") for claims in (*found, told)]


async def test_the_mappers_of_a_client_reach_both_tokens_and_userinfo(
    world: World, realm: Realm, alice: User
) -> None:
    await client_with(world, realm, PLAN)
    assert await plans(world, await tokens(world, scope="openid")) == ["gold"] * 3


async def test_a_default_scope_counts_without_being_asked_for(
    world: World, realm: Realm, alice: User
) -> None:
    await world.client_scope(realm, "billing", PLAN)
    await client_with(world, realm, default_scopes=("billing", "email"))
    answer = await tokens(world, scope="openid")
    assert answer["scope"].split() == ["openid", "billing", "email"]
    assert await plans(world, answer) == ["gold"] * 3
    assert claims_of(answer["id_token"])["email"] == alice.email


async def test_an_optional_scope_counts_when_it_is_asked_for(world: World, realm: Realm, alice: User) -> None:
    await world.client_scope(realm, "billing", PLAN)
    await client_with(world, realm, scopes=("openid", "billing"))
    assert await plans(world, await tokens(world, scope="openid")) == [None] * 3
    assert await plans(world, await tokens(world, scope="openid billing")) == ["gold"] * 3


async def test_a_scope_that_the_client_may_not_have_brings_nothing(
    world: World, realm: Realm, alice: User
) -> None:
    await world.client_scope(realm, "billing", PLAN)
    await client_with(world, realm)
    answer = await tokens(world, scope="openid billing")
    assert answer["scope"] == "openid"
    assert await plans(world, answer) == [None] * 3


async def test_MT_11_a_scope_taken_from_the_client_is_gone_at_the_next_refresh_and_from_userinfo(
    world: World, realm: Realm, alice: User
) -> None:
    await world.client_scope(realm, "billing", PLAN)
    client = await client_with(world, realm, scopes=("openid", "billing", "email"))
    asked = '{"userinfo": {"email": null}, "id_token": {"email": null}}'
    answer = await tokens(world, scope="openid billing email", claims=asked)
    await world.storage.save_client(replace(client, scopes=("openid",)))
    told = (await userinfo(world, answer["access_token"])).json()
    assert told == {"sub": alice.id}
    refreshed = (await refresh(world, answer["refresh_token"])).json()
    assert refreshed["scope"] == "openid"
    assert await plans(world, refreshed) == [None] * 3
    assert "email" not in claims_of(refreshed["id_token"])


async def test_roles_and_groups_are_told_by_the_predefined_mappers(
    world: World, realm: Realm, alice: User
) -> None:
    client = await client_with(world, realm, *predefined_mappers(world.new_id))
    other = await world.client(realm, "other")
    await world.role(realm, "staff", alice)
    await world.role(realm, "agent", alice, client=client)
    await world.role(realm, "reader", alice, client=other)
    await world.group(realm, "/all/berlin", alice)
    claims = claims_of((await tokens(world, scope="openid"))["access_token"])
    assert claims["realm_access"] == {"roles": ["staff"]}
    assert claims["resource_access"] == {"atera": {"roles": ["agent"]}, "other": {"roles": ["reader"]}}
    assert claims["groups"] == ["/all/berlin"]


async def test_MT_11_roles_of_a_disabled_application_are_not_told(
    world: World, realm: Realm, alice: User
) -> None:
    await client_with(world, realm, *predefined_mappers(world.new_id))
    other = await world.client(realm, "other", enabled=False)
    await world.role(realm, "reader", alice, client=other)
    assert "resource_access" not in claims_of((await tokens(world, scope="openid"))["access_token"])


async def test_a_mapped_claim_never_replaces_one_of_the_protocol(
    world: World, realm: Realm, alice: User
) -> None:
    lies = [
        mapper("oidc-hardcoded-claim-mapper", **{"claim.name": claim, "claim.value": "lie"})
        for claim in ("sub", "aud", "nonce", "acr", "amr", "sid", "scope", "grant", "email_verified", "azp")
    ]
    await client_with(world, realm, *lies)
    answer = await tokens(world, scope="openid email")
    told = (await userinfo(world, answer["access_token"])).json()
    for claims in (claims_of(answer["id_token"]), claims_of(answer["access_token"]), told):
        assert "lie" not in [value for name, value in claims.items() if name != "email_verified"]
        assert claims.get("email_verified") is True


async def test_an_audience_mapper_adds_to_the_access_token_alone(
    world: World, realm: Realm, alice: User
) -> None:
    await client_with(
        world, realm, mapper("oidc-audience-mapper", **{"included.custom.audience": "https://api.example"})
    )
    answer = await tokens(world, scope="openid")
    assert "https://api.example" in claims_of(answer["access_token"])["aud"]
    assert claims_of(answer["id_token"])["aud"] == "atera"


async def test_a_client_that_acts_for_itself_gets_its_mappers_too(world: World, realm: Realm) -> None:
    await world.client_scope(realm, "billing", PLAN)
    audience = mapper("oidc-audience-mapper", **{"included.custom.audience": "urn:api"})
    await client_with(world, realm, audience, GROUPS, client_credentials=True, default_scopes=("billing",))
    claims = claims_of((await post_token(world, grant_type="client_credentials")).json()["access_token"])
    assert (claims["plan"], claims["scope"], "urn:api" in claims["aud"]) == ("gold", "billing", True)
    assert "groups" not in claims


async def test_without_mappers_nobody_asks_for_roles_or_groups(
    world: World, realm: Realm, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    await client_with(world, realm)
    for name in ("roles_of", "groups_of", "service_account"):
        real = getattr(type(world.storage), name)

        async def noted(*arguments: Any, name: str = name, real: Any = real) -> Any:
            asked.append(name)
            return await real(*arguments)

        monkeypatch.setattr(type(world.storage), name, noted)
    answer = await tokens(world, scope="openid email")
    await userinfo(world, answer["access_token"])
    await refresh(world, answer["refresh_token"])
    assert asked == []


async def test_the_preview_says_what_the_real_tokens_say(world: World, realm: Realm, alice: User) -> None:
    await world.client_scope(realm, "billing", PLAN)
    client = await client_with(world, realm, *predefined_mappers(world.new_id), default_scopes=("billing",))
    await world.role(realm, "staff", alice)
    answer = await tokens(world, scope="openid profile")
    active = await world.deployment.settings.active_realm("acme")
    shown = await preview(world.deployment, active, client, alice, ("openid", "profile"))
    real = {
        "id_token": claims_of(answer["id_token"]),
        "access_token": claims_of(answer["access_token"]),
        "userinfo": (await userinfo(world, answer["access_token"])).json(),
    }
    # What only a real sign-in has.
    own = {"jti", "grant", "sid", "at_hash", "nonce"}
    for place, claims in real.items():
        expected = {name: value for name, value in claims.items() if name not in own}
        assert {name: value for name, value in shown[place].items() if name not in own} == expected, place


async def test_the_preview_without_openid_has_no_id_token(world: World, realm: Realm, alice: User) -> None:
    client = await client_with(world, realm)
    active = await world.deployment.settings.active_realm("acme")
    shown = await preview(world.deployment, active, client, alice, ("email",))
    assert (shown["id_token"], shown["userinfo"]) == ({}, {})
    assert shown["access_token"]["scope"] == "email"


async def test_discovery_lists_the_scopes_of_the_realm(world: World, realm: Realm) -> None:
    await world.client_scope(realm, "billing")
    await world.realm("other")
    async with world.http() as http:
        found = {
            name: (await http.get(f"/realms/{name}/.well-known/openid-configuration")).json()
            for name in ("acme", "other")
        }
    assert "billing" in found["acme"]["scopes_supported"]
    assert "billing" not in found["other"]["scopes_supported"]


async def test_the_consent_page_says_what_the_realm_says_of_a_scope(
    world: World, realm: Realm, alice: User
) -> None:
    text = {"consent.screen.text": "See your <invoices>"}
    await world.client_scope(realm, "billing", attributes=text)
    await world.client_scope(realm, "plain", attributes={"consent.screen.text": "${plainText}"})
    await world.client_scope(realm, "quiet", attributes={"display.on.consent.screen": "false"})
    names = ("billing", "plain", "quiet")
    await client_with(world, realm, consent_required=True, scopes=("openid", *names))
    page = await world.browser().sign_in(
        str(authorization_url(scope=" ".join(("openid", *names)))), "alice", PASSWORD
    )
    assert isinstance(page, httpx.Response)
    shown = page.text
    assert "See your &lt;invoices&gt;" in shown
    assert "<q>plain</q>" in shown
    assert "quiet" not in shown
