"""Where the metadata is, and what is taken from it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.oidc.relying_party.upstream import ISSUER, answer, metadata
from vestibule.domain.errors import DiscoveryFailed, DiscoveryIncomplete, DiscoveryIssuerMismatch
from vestibule.oidc.relying_party.discovery import discovery_url, process_discovery

WELL_KNOWN = "/.well-known/openid-configuration"
MICROSOFT = "https://login.microsoftonline.com"
TENANT = "3338040d-6c67-4c5b-b112-36a304b66dad"
TEMPLATE = f"{MICROSOFT}/{{tenantid}}/v2.0"


def entra(issuer: str, **members: object) -> dict[str, Any]:
    """What Entra publishes for everybody's tenants together, with its userinfo on another host."""
    base = f"{MICROSOFT}/common"
    return metadata(
        issuer,
        authorization_endpoint=f"{base}/oauth2/v2.0/authorize",
        token_endpoint=f"{base}/oauth2/v2.0/token",
        jwks_uri=f"{base}/discovery/v2.0/keys",
        userinfo_endpoint="https://graph.microsoft.com/oidc/userinfo",
        **members,
    )


@pytest.mark.parametrize(
    "typed, url",
    [
        (ISSUER, ISSUER + WELL_KNOWN),
        (f"  {ISSUER}/ ", ISSUER + WELL_KNOWN),
        ("your-org.okta.com", f"https://your-org.okta.com{WELL_KNOWN}"),
        ("HTTPS://OP.Example/Path", f"https://op.example/Path{WELL_KNOWN}"),
        (ISSUER + WELL_KNOWN, ISSUER + WELL_KNOWN),
        (f"{MICROSOFT}/common/v2.0", f"{MICROSOFT}/common/v2.0{WELL_KNOWN}"),
        (f"{MICROSOFT}/common/v2.0{WELL_KNOWN}", f"{MICROSOFT}/common/v2.0{WELL_KNOWN}"),
        (f"{ISSUER}{WELL_KNOWN}?client_id=x", f"{ISSUER}{WELL_KNOWN}?client_id=x"),
        (f"{ISSUER}{WELL_KNOWN}/tenant", f"{ISSUER}{WELL_KNOWN}/tenant"),
        (f"{ISSUER}/.well-known/oauth-authorization-server/t",) * 2,
        ("http://127.0.0.1:9103", f"http://127.0.0.1:9103{WELL_KNOWN}"),
        ("http://localhost:9103/realms/a", f"http://localhost:9103/realms/a{WELL_KNOWN}"),
    ],
)
def test_S001_18_an_issuer_and_the_whole_address_are_both_taken(typed: str, url: str) -> None:
    assert discovery_url(typed) == url


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "https://",
        "not an address",
        "ftp://op.example",
        "javascript:alert(1)",
        "https://user:password@op.example",
        "https://op.example#fragment",
        "https://op.example\\@evil.example",
        "https://op.exa\nmple",
        "http://op.example",
        "http://127.0.0.1.evil.example",
        f"{MICROSOFT}/{{tenant-id}}/v2.0",
        "https://" + "a" * 3000,
    ],
)
def test_what_is_no_usable_address_is_refused(typed: str) -> None:
    with pytest.raises(DiscoveryFailed):
        discovery_url(typed)


def test_the_metadata_is_read() -> None:
    document = metadata(
        token_endpoint_auth_methods_supported=["client_secret_post"],
        id_token_signing_alg_values_supported=["ES256"],
        end_session_endpoint=f"{ISSUER}/logout",
        pushed_authorization_request_endpoint=f"{ISSUER}/par",
        authorization_response_iss_parameter_supported=True,
    )
    found = process_discovery(ISSUER + WELL_KNOWN, answer(document))
    assert found.issuer == ISSUER
    assert (found.endpoints.end_session, found.endpoints.pushed_authorization_request) == (
        f"{ISSUER}/logout",
        f"{ISSUER}/par",
    )
    assert (found.authentication, found.id_token_algorithms) == (("client_secret_post",), ("ES256",))
    assert found.issuer_on_response
    assert found.notes == ()


def test_what_is_not_announced_with_true_is_not_announced() -> None:
    for announced in ("true", 1, None):
        document = metadata(authorization_response_iss_parameter_supported=announced)
        assert not process_discovery(ISSUER + WELL_KNOWN, answer(document)).issuer_on_response


def test_without_a_list_the_secret_goes_into_the_header() -> None:
    assert process_discovery(ISSUER + WELL_KNOWN, answer(metadata())).authentication == (
        "client_secret_basic",
    )


@pytest.mark.parametrize("odd", ["RS256", 7, {"a": 1}, [7, None, "", ["x"]], ["x" * 300]])
def test_a_list_that_is_none_is_empty(odd: object) -> None:
    document = metadata(id_token_signing_alg_values_supported=odd)
    assert process_discovery(ISSUER + WELL_KNOWN, answer(document)).id_token_algorithms == ()


@pytest.mark.parametrize(
    "status, body",
    [
        pytest.param(404, b"{}", id="not found"),
        pytest.param(302, b"", id="a redirect"),
        pytest.param(200, b"<!doctype html><title>Welcome</title>", id="a page"),
        pytest.param(200, b"[]", id="a list"),
        pytest.param(200, b'{"issuer":"https://a","issuer":"https://b"}', id="a name twice"),
        pytest.param(200, b"\xff\xfe", id="no text"),
        pytest.param(200, b" " * 300_000, id="huge"),
        pytest.param(200, b"[" * 100_000, id="deep"),
    ],
)
def test_S001_19_what_is_no_metadata_is_refused(status: int, body: bytes) -> None:
    with pytest.raises(DiscoveryFailed) as refused:
        process_discovery(ISSUER + WELL_KNOWN, answer(body, status))
    assert refused.value.code == "discovery_failed"


@pytest.mark.parametrize("name", ["issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"])
@pytest.mark.parametrize("value", [None, "", 7, ["https://op.example/x"]])
def test_S001_19_a_missing_member_is_named(name: str, value: Any) -> None:
    with pytest.raises(DiscoveryIncomplete) as refused:
        process_discovery(ISSUER + WELL_KNOWN, answer(metadata(**{name: value})))
    assert name in refused.value.expected


@pytest.mark.parametrize(
    "name",
    [
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
        "userinfo_endpoint",
        "end_session_endpoint",
        "pushed_authorization_request_endpoint",
    ],
)
@pytest.mark.parametrize(
    "url",
    [
        "http://op.example/x",
        "http://127.0.0.1/x",
        "javascript:alert(1)",
        "/x",
        "https://a@op.example/x",
        "https://op.example/{tenant}/x",
    ],
)
def test_RP_08_an_endpoint_without_https_is_refused(name: str, url: str) -> None:
    with pytest.raises(DiscoveryIncomplete) as refused:
        process_discovery(ISSUER + WELL_KNOWN, answer(metadata(**{name: url})))
    assert name in refused.value.expected
    assert refused.value.came == url


@pytest.mark.parametrize(
    "issuer",
    ["https://evil.example", "https://op.example/other", "https://op.example:444", "HTTPS://op.example"],
)
def test_RP_08_another_issuer_than_the_address_says_is_refused(issuer: str) -> None:
    with pytest.raises(DiscoveryIssuerMismatch) as refused:
        process_discovery(ISSUER + WELL_KNOWN, answer(metadata(issuer)))
    assert (refused.value.expected, refused.value.came) == (ISSUER, issuer)


def test_RP_08_keys_on_another_host_are_told_to_the_administrator() -> None:
    google = "https://accounts.google.com"
    document = metadata(google, jwks_uri="https://www.googleapis.com/oauth2/v3/certs")
    found = process_discovery(google + WELL_KNOWN, answer(document))
    assert found.endpoints.jwks == "https://www.googleapis.com/oauth2/v3/certs"
    assert [str(note) for note in found.notes] == ["The keys come from another host: www.googleapis.com."]


def test_http_is_taken_on_the_loopback_from_the_loopback() -> None:
    issuer = "http://127.0.0.1:9103"
    assert (
        process_discovery(issuer + WELL_KNOWN, answer(metadata(issuer))).endpoints.token == f"{issuer}/token"
    )


def test_a_slash_at_the_end_of_the_issuer_counts_and_is_named() -> None:
    found = process_discovery(ISSUER + WELL_KNOWN, answer(metadata(f"{ISSUER}/")))
    assert found.issuer == f"{ISSUER}/"
    assert [str(note) for note in found.notes] == [f"The issuer is {ISSUER}/: a slash at its end counts."]


@pytest.mark.parametrize("kind", ["openid-configuration", "oauth-authorization-server"])
def test_the_form_of_RFC_8414_belongs_to_the_issuer_with_the_path(kind: str) -> None:
    url = f"{ISSUER}/.well-known/{kind}/tenant"
    assert process_discovery(url, answer(metadata(f"{ISSUER}/tenant"))).issuer == f"{ISSUER}/tenant"
    with pytest.raises(DiscoveryIssuerMismatch):
        process_discovery(url, answer(metadata(ISSUER)))


@pytest.mark.parametrize("word", ["common", "organizations"])
@pytest.mark.parametrize("typed", ["{base}", "{base}/", "{base}" + WELL_KNOWN])
def test_S002_25_the_issuer_of_many_tenants_is_a_template(word: str, typed: str) -> None:
    url = discovery_url(typed.replace("{base}", f"{MICROSOFT}/{word}/v2.0"))
    found = process_discovery(url, answer(entra(TEMPLATE)))
    assert found.issuer == TEMPLATE
    assert found.endpoints.userinfo == "https://graph.microsoft.com/oidc/userinfo"


@pytest.mark.parametrize("name", ["contoso.com", "contoso.onmicrosoft.com", "consumers"])
def test_S004_24_a_tenant_given_by_its_domain_gets_its_id(name: str) -> None:
    url = discovery_url(f"{MICROSOFT}/{name}/v2.0")
    found = process_discovery(url, answer(entra(f"{MICROSOFT}/{TENANT}/v2.0")))
    assert found.issuer == f"{MICROSOFT}/{TENANT}/v2.0"
    assert str(found.notes[0]) == f"The tenant {name} has the ID {TENANT}."


@pytest.mark.parametrize(
    "tenant, issuer",
    [
        pytest.param("contoso.com", TEMPLATE, id="a template for one tenant"),
        pytest.param(TENANT, f"{MICROSOFT}/{TENANT[:-1]}e/v2.0", id="another tenant"),
        pytest.param("common", f"https://evil.example/{TENANT}/v2.0", id="another host"),
        pytest.param("common", "https://evil.example/{tenantid}/v2.0", id="a template of another host"),
        pytest.param("common", f"https://sts.windows.net/{TENANT}/", id="version 1"),
        pytest.param("contoso.com", f"{MICROSOFT}/fabrikam.com/v2.0", id="another domain"),
    ],
)
def test_RP_08_another_issuer_than_the_tenant_is_refused(tenant: str, issuer: str) -> None:
    with pytest.raises(DiscoveryIssuerMismatch):
        process_discovery(f"{MICROSOFT}/{tenant}/v2.0{WELL_KNOWN}", answer(entra(issuer)))


def test_an_id_in_the_place_of_a_name_is_for_entra_only() -> None:
    url, issuer = f"{ISSUER}/acme{WELL_KNOWN}", f"{ISSUER}/{TENANT}"
    with pytest.raises(DiscoveryIssuerMismatch):
        process_discovery(url, answer(metadata(issuer)))
    assert process_discovery(url, answer(metadata(issuer)), is_entra=True).issuer == issuer
