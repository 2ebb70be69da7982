"""What is known of each vendor beforehand, and where its addresses lead."""

import re

import pytest

from vestibule.catalogue.provider import Preset, preset_addresses
from vestibule.catalogue.providers import provider, providers
from vestibule.domain.connection import PROVIDER_KINDS, Endpoints

TENANT = "9f1c"
SERVER = "https://id.customer.example"

every_kind = pytest.mark.parametrize("kind", PROVIDER_KINDS)


def preset_of(kind: str) -> Preset:
    return next(one.preset for one in providers() if one.kind == kind)


@pytest.mark.parametrize(
    "kind, discovery",
    [
        ("oidc", f"{SERVER}/.well-known/openid-configuration"),
        ("entra", f"https://login.microsoftonline.com/{TENANT}/v2.0/.well-known/openid-configuration"),
        ("google", "https://accounts.google.com/.well-known/openid-configuration"),
        ("github", ""),
        ("gitlab", f"{SERVER}/.well-known/openid-configuration"),
        ("okta", "https://acme.okta.com/.well-known/openid-configuration"),
        ("authentik", f"{SERVER}/application/o/{TENANT}/.well-known/openid-configuration"),
        ("keycloak", f"{SERVER}/realms/{TENANT}/.well-known/openid-configuration"),
    ],
)
def test_each_preset_knows_where_its_metadata_is(kind: str, discovery: str) -> None:
    preset = preset_of(kind)
    base, tenant = SERVER if preset.server else "", "acme.okta.com" if kind == "okta" else TENANT
    assert preset_addresses(preset, base=base, tenant=tenant).discovery_url == discovery


def test_github_has_endpoints_and_an_issuer_instead_of_metadata() -> None:
    found = preset_addresses(provider("github").preset)
    assert found.issuer == "https://github.com"
    assert found.endpoints == Endpoints(
        authorization="https://github.com/login/oauth/authorize",
        token="https://github.com/login/oauth/access_token",
        userinfo="https://api.github.com/user",
    )


def test_S002_19_pkce_is_off_for_github_alone_and_it_is_asked_for_addresses() -> None:
    assert [one.kind for one in providers() if not one.preset.pkce] == ["github"]
    assert provider("github").preset.scopes == ("user:email",)


def test_S002_47_the_trusted_kinds_are_those_of_the_seed() -> None:
    trusted = {one.kind for one in providers() if one.preset.trusted}
    assert trusted == {"okta", "google", "github", "gitlab", "entra"}


def test_D11_a_blank_tenant_of_entra_is_common() -> None:
    found = preset_addresses(provider("entra").preset)
    assert found.discovery_url.startswith("https://login.microsoftonline.com/common/v2.0/")


@every_kind
def test_D23_a_practice_provider_stands_in_for_the_vendor_and_its_api(kind: str) -> None:
    practice = "http://127.0.0.1:9103"
    preset = preset_of(kind)
    for found in (
        preset_addresses(preset, base=practice, tenant=TENANT),
        preset_addresses(preset.at(practice), tenant=TENANT),
    ):
        filled = [found.discovery_url, found.issuer]
        filled += [getattr(found.endpoints, name) for name in Endpoints.__dataclass_fields__]
        assert [one for one in filled if one and not one.startswith(practice)] == []
        assert any(filled)


def test_an_api_of_its_own_can_be_given() -> None:
    found = preset_addresses(provider("github").preset, base=SERVER, api=f"{SERVER}/api/v3/")
    assert found.endpoints.userinfo == f"{SERVER}/api/v3/user"


@pytest.mark.parametrize("typed", ["acme.okta.com", " https://acme.okta.com/ "])
def test_an_okta_domain_may_be_pasted_with_its_scheme(typed: str) -> None:
    found = preset_addresses(provider("okta").preset, tenant=typed)
    assert found.discovery_url == "https://acme.okta.com/.well-known/openid-configuration"


@pytest.mark.parametrize("tenant", ["a/../../evil", "a?b", "a#b", "a b", "{base}", "é", "a@evil.example"])
def test_a_tenant_stays_in_its_place(tenant: str) -> None:
    found = preset_addresses(provider("keycloak").preset, base=SERVER, tenant=tenant)
    assert re.fullmatch(
        rf"{re.escape(SERVER)}/realms/[A-Za-z0-9.%_~-]+/\.well-known/openid-configuration",
        found.discovery_url,
    )


@pytest.mark.parametrize(
    "kind, base, tenant, missing",
    [
        ("okta", "", "", "tenant"),
        ("keycloak", SERVER, "", "tenant"),
        ("keycloak", SERVER, "..", "tenant"),
        ("authentik", "", "app", "base"),
        ("oidc", "", "", "base"),
    ],
)
def test_what_is_missing_for_an_address_is_named(kind: str, base: str, tenant: str, missing: str) -> None:
    preset = preset_of(kind)
    with pytest.raises(ValueError, match=f"{missing} is missing"):
        preset_addresses(preset, base=base, tenant=tenant)
