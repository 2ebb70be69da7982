"""How we say who we are at a provider."""

from __future__ import annotations

import base64
from dataclasses import replace

from tests.crypto.forge import NOW, SECONDS, key, keyring
from tests.oidc.relying_party.upstream import CONNECTION, ISSUER
from vestibule.crypto.jose import read_jwks
from vestibule.oidc.client_authentication import (
    JWT_BEARER,
    ClientCredentials,
    read_client_credentials,
    verify_assertion,
)
from vestibule.oidc.relying_party.credentials import (
    Credentials,
    assertion_audience,
    assertion_claims,
    authenticated,
)

BASIC = replace(CONNECTION, authentication="client_secret_basic")
BY_KEY = replace(CONNECTION, authentication="private_key_jwt")


def test_the_secret_goes_into_the_body() -> None:
    fields, headers = authenticated(CONNECTION, Credentials("id", "s:e c&r"), {"a": "b"}, {"X": "y"})
    assert fields == {"a": "b", "client_id": "id", "client_secret": "s:e c&r"}
    assert headers == {"X": "y"}


def test_the_secret_goes_into_the_header_form_encoded() -> None:
    fields, headers = authenticated(BASIC, Credentials("i:d", "s:e c&é"), {"a": "b"}, {})
    encoded = base64.b64decode(headers["Authorization"].removeprefix("Basic ")).decode()
    assert encoded == "i%3Ad:s%3Ae+c%26%C3%A9"
    assert fields == {"a": "b"}


def test_what_we_write_into_the_header_our_own_reader_reads() -> None:
    _, headers = authenticated(BASIC, Credentials("i:d", "s:e c&é%"), {}, {})
    read = read_client_credentials(headers["Authorization"], {})
    assert read == ClientCredentials("i:d", "client_secret_basic", "s:e c&é%")


def test_an_assertion_goes_into_the_body_with_the_client_id() -> None:
    fields, _ = authenticated(BY_KEY, Credentials("id", assertion="a.b.c"), {}, {})
    assert fields == {
        "client_id": "id",
        "client_assertion_type": JWT_BEARER,
        "client_assertion": "a.b.c",
    }


def test_without_a_secret_the_client_is_only_named() -> None:
    for connection in (CONNECTION, BASIC, BY_KEY):
        assert authenticated(connection, Credentials("id"), {}, {}) == ({"client_id": "id"}, {})


def test_what_came_is_not_changed() -> None:
    fields, headers = {"a": "b"}, {"X": "y"}
    authenticated(BASIC, Credentials("id", "secret"), fields, headers)
    assert (fields, headers) == ({"a": "b"}, {"X": "y"})


def test_an_assertion_is_for_the_issuer_alone_and_our_own_provider_takes_it() -> None:
    claims = assertion_claims(BY_KEY, assertion_audience(BY_KEY), "the jti", NOW)
    assert claims["aud"] == ISSUER
    signed = keyring(key()).sign(claims, "RS256", "client-authentication+jwt")
    credentials = ClientCredentials("vestibule", "private_key_jwt", signed)
    assertion = verify_assertion(credentials, ISSUER, read_jwks(keyring(key()).jwks), NOW)
    assert (assertion.jti, assertion.expires_at) == ("the jti", SECONDS + 300)


def test_entra_takes_its_token_endpoint_for_an_audience() -> None:
    assert assertion_audience(replace(BY_KEY, kind="entra")) == f"{ISSUER}/token"
