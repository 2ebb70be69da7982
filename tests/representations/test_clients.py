"""Clients in Keycloak's shape: what is taken, what is refused, what is left out."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from tests.representations.files import REALM, client, file_text, read
from vestibule.domain.client import STANDARD_SCOPES, Client
from vestibule.domain.mask import MASK
from vestibule.representations.client import ClientEntry
from vestibule.representations.mistake import BadDocument
from vestibule.representations.realm_file import Present

JWKS = json.dumps({"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "AA"}]})


def read_one(present: Client | None = None, **members: Any) -> ClientEntry:
    here = Present(REALM, {present.client_id: present} if present else {})
    return read(file_text(clients=[client(**members)]), here)[1].clients[0]


def test_S000_13_the_client_id_is_what_was_typed() -> None:
    assert read_one().client.client_id == "atera"


def test_S000_13_a_client_id_stands_in_a_file_once() -> None:
    with pytest.raises(
        BadDocument, match=re.escape("clients[1].clientId (line 11): There is another client “atera”")
    ):
        read(file_text(clients=[client(), client()]))


def test_S000_14_a_confidential_client_without_secret_needs_one() -> None:
    assert read_one().needs_secret
    assert read_one(secret=MASK).needs_secret
    assert not read_one(secret="s" * 40).needs_secret


def test_S000_24_a_public_client_has_no_secret_and_must_use_pkce() -> None:
    entry = read_one(publicClient=True, secret="s" * 40)
    assert entry.secret is None
    assert not entry.needs_secret
    assert entry.client.must_use_pkce


def test_S000_25_several_redirect_uris_are_taken() -> None:
    uris = ["https://a.example/cb", "https://b.example/cb", "https://a.example/cb"]
    assert read_one(redirectUris=uris).client.redirect_uris == (
        "https://a.example/cb",
        "https://b.example/cb",
    )


def test_relative_addresses_begin_at_the_root_url() -> None:
    found = read_one(rootUrl="https://app.example/", redirectUris=["/cb"], baseUrl="/start").client
    assert found.redirect_uris == ("https://app.example/cb",)
    assert found.home_url == "https://app.example/start"


def test_the_root_url_is_the_home_page_where_there_is_no_other() -> None:
    assert read_one(rootUrl="https://app.example").client.home_url == "https://app.example"


@pytest.mark.parametrize("uri", ["https://app.example/*", "*", "http://localhost:*/cb"])
def test_RU_04_wildcards_are_left_out_and_said(uri: str) -> None:
    document, file = read(file_text(clients=[client(redirectUris=["https://app.example/cb", uri])]))
    assert file.clients[0].client.redirect_uris == ("https://app.example/cb",)
    (note,) = document.notes
    assert note.startswith(
        f"clients[0].redirectUris[1] (line 8): “{uri}” is left out: wildcards are not taken"
    )


@pytest.mark.parametrize(
    "members, detail",
    [
        ({"redirectUris": ["https://app.example\\@evil.test/cb"]}, "clients[0].redirectUris[0] (line 7): "),
        ({"redirectUris": ["https://app.example/cb?code=x"]}, "“code”"),
        ({"redirectUris": ["/cb"]}, "has no root URL"),
        ({"redirectUris": "https://app.example/cb"}, "A list in brackets"),
        ({"baseUrl": "javascript:alert(1)"}, "clients[0].baseUrl"),
        ({"clientId": ""}, "A name is not empty"),
        ({"clientId": None}, "“clientId” is missing"),
        ({"enabled": "true"}, "clients[0].enabled"),
        ({"clientAuthenticatorType": "client-x509"}, "Only “client-secret” and “client-jwt”"),
        ({"clientAuthenticatorType": "client-jwt"}, "public keys"),
        ({"publicClient": True, "serviceAccountsEnabled": True}, "service account"),
        ({"secret": "geheimé"}, "ASCII"),
        ({"secret": "s" * 1025}, "longer than 1024"),
        ({"optionalClientScopes": ["a b"]}, "clients[0].optionalClientScopes[0]"),
        ({"attributes": {"use.refresh.tokens": "yes"}}, "“true” or “false”"),
        ({"attributes": {"use.refresh.tokens": True}}, "Text in quotes"),
        ({"attributes": {"access.token.lifespan": "²"}}, "number of seconds"),
        ({"attributes": {"backchannel.logout.url": "http://intranet/logout"}}, "Plain http"),
        ({"attributes": {"post.logout.redirect.uris": "https://a.example/#x"}}, "fragment"),
        ({"attributes": {"jwks.string": "{"}}, "not a JWK Set"),
        ({"attributes": {"jwks.string": '{"keys": [{"kty": "oct", "k": "AA"}]}'}}, "private or symmetric"),
        ({"attributes": {"jwks.url": "ftp://app.example/keys"}}, 'attributes["jwks.url"]'),
        ({"attributes": {"vestibule.response_modes": "query##web_message"}}, "web_message"),
        ({"attributes": {"vestibule.required_role": "boss"}}, "There is no role “boss”"),
        ({"attributes": {"vestibule.required_group": "/staff"}}, "There is no group “/staff”"),
    ],
)
def test_a_mistake_is_refused_with_its_place(members: dict[str, Any], detail: str) -> None:
    with pytest.raises(BadDocument, match=re.escape(detail)):
        read_one(**members)


def test_attributes_become_settings_and_the_others_stay() -> None:
    found = read_one(
        clientAuthenticatorType="client-jwt",
        attributes={
            "pkce.code.challenge.method": "S256",
            "post.logout.redirect.uris": "+##https://app.example/bye",
            "backchannel.logout.url": "https://app.example/logout",
            "backchannel.logout.session.required": "false",
            "id.token.signed.response.alg": "ES256",
            "access.token.signed.response.alg": "EdDSA",
            "access.token.lifespan": "120",
            "jwks.string": JWKS,
            "use.jwks.string": "true",
            "use.refresh.tokens": "false",
            "vestibule.email_required": "true",
            "vestibule.resources": "https://api.example##urn:api",
            "login_theme": "ours",
        },
    ).client
    assert found.pkce_required
    assert found.post_logout_redirect_uris == ("https://app.example/cb", "https://app.example/bye")
    assert found.backchannel_logout_uri == "https://app.example/logout"
    assert not found.backchannel_logout_session_required
    assert (found.id_token_algorithm, found.access_token_algorithm) == ("ES256", "EdDSA")
    assert found.access_token_seconds == 120
    assert found.jwks == JWKS
    assert not found.refresh_tokens
    assert found.email_required
    assert found.resources == ("https://api.example", "urn:api")
    assert found.attributes == {"login_theme": "ours"}


def test_an_algorithm_that_is_not_offered_is_left_out_and_said() -> None:
    document, file = read(file_text(clients=[client(attributes={"id.token.signed.response.alg": "HS256"})]))
    assert file.clients[0].client.id_token_algorithm == "RS256"
    assert "“HS256” is not offered" in document.notes[0]


def test_scopes_are_the_default_and_the_optional_ones() -> None:
    found = read_one(defaultClientScopes=["email"], optionalClientScopes=["api", "profile"]).client
    assert (found.default_scopes, found.scopes) == (("email",), ("openid", "profile", "api"))
    assert read_one().client.scopes == STANDARD_SCOPES


def test_what_a_file_does_not_name_stays_as_it_is() -> None:
    here = Client(
        "row", "realm-id", "atera", name="Atera", redirect_uris=("https://old.example/cb",),
        consent_required=True, attributes={"a": "1"}, refresh_tokens=False, scopes=("openid",),
    )  # fmt: skip
    text = file_text(clients=[{"clientId": "atera", "description": "new", "attributes": {"b": "2"}}])
    found = read(text, Present(REALM, {"atera": here}))[1].clients[0].client
    assert found == replace(here, description="new", attributes={"a": "1", "b": "2"})


def test_keycloaks_own_clients_and_saml_are_left_out_and_said() -> None:
    document, file = read(
        file_text(clients=[client(clientId="broker"), client(clientId="sp", protocol="saml"), client()])
    )
    assert [entry.client.client_id for entry in file.clients] == ["atera"]
    assert ["broker" in document.notes[0], "“saml”" in document.notes[1]] == [True, True]
    assert document.left_out == ()


def test_a_bearer_only_client_signs_nobody_in() -> None:
    assert not read_one(bearerOnly=True).client.standard_flow


def test_settings_that_are_not_served_are_counted_together() -> None:
    members = {"fullScopeAllowed": True, "implicitFlowEnabled": True, "directAccessGrantsEnabled": False}
    document, _ = read(file_text(clients=[client(**members), client(clientId="b", **members)]))
    assert document.left_out == ("clients[].fullScopeAllowed (2)", "clients[].implicitFlowEnabled (2)")
