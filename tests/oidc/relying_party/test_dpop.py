"""Proofs of possession (RFC 9449)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.crypto.forge import NOW, SECONDS
from tests.oidc.relying_party.upstream import answer
from vestibule.crypto import base64url
from vestibule.crypto.jose import Jwt, read_jwks, verify_jws
from vestibule.oidc.relying_party.dpop import asks_for_nonce, dpop_proof, new_dpop_key

URL = "https://op.example/token"


def read(proof: str) -> Jwt:
    """The proof, verified with the key that it carries itself."""
    header = json.loads(base64url.decode(proof.partition(".")[0].encode()))
    return verify_jws(proof, read_jwks(json.dumps({"keys": [header["jwk"]]})), {"ES256"})


def test_a_proof_says_what_is_asked_for_and_when() -> None:
    jwt = read(dpop_proof(new_dpop_key(), "POST", URL, "the jti", NOW))
    assert jwt.claims == {"jti": "the jti", "htm": "POST", "htu": URL, "iat": SECONDS}
    assert (jwt.header["typ"], jwt.header["alg"]) == ("dpop+jwt", "ES256")


def test_a_proof_carries_the_public_key_alone() -> None:
    key = new_dpop_key()
    jwk = read(dpop_proof(key, "POST", URL, "j", NOW)).header["jwk"]
    assert jwk.keys() == {"kty", "crv", "x", "y"}
    assert jwk == key.public_jwk


def test_a_proof_names_the_address_without_query_and_fragment() -> None:
    jwt = read(dpop_proof(new_dpop_key(), "GET", f"{URL}?a=b#c", "j", NOW))
    assert jwt.claims["htu"] == URL


def test_a_proof_is_bound_to_nonce_and_access_token() -> None:
    # The token and its hash are those of RFC 9449 section 7.1.
    token = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"
    jwt = read(dpop_proof(new_dpop_key(), "GET", URL, "j", NOW, nonce="n", access_token=token))
    assert (jwt.claims["nonce"], jwt.claims["ath"]) == ("n", "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo")


def test_each_key_is_another() -> None:
    assert new_dpop_key().public_jwk != new_dpop_key().public_jwk


@pytest.mark.parametrize(
    "status, body, headers, nonce",
    [
        (400, {"error": "use_dpop_nonce"}, {"dpop-nonce": "eyJ.n"}, "eyJ.n"),
        (401, {"error": "use_dpop_nonce"}, {"dpop-nonce": "n"}, "n"),
        (401, b"", {"dpop-nonce": "n", "www-authenticate": 'DPoP error="use_dpop_nonce", algs="ES256"'}, "n"),
        (401, b"", {"dpop-nonce": "n", "www-authenticate": 'DPoP algs="ES256", error="use_dpop_nonce"'}, "n"),
        (401, b"", {"dpop-nonce": "n", "www-authenticate": 'DPoP error="invalid_token"'}, None),
        (401, b"", {"dpop-nonce": "n", "www-authenticate": 'Bearer error="use_dpop_nonce"'}, None),
        (400, {"error": "use_dpop_nonce"}, {}, None),
        (400, {"error": "use_dpop_nonce"}, {"dpop-nonce": ""}, None),
        (400, {"error": "use_dpop_nonce"}, {"dpop-nonce": 'a"b'}, None),
        (400, {"error": "use_dpop_nonce"}, {"dpop-nonce": "n" * 600}, None),
        (400, {"error": "invalid_dpop_proof"}, {"dpop-nonce": "n"}, None),
        (200, {"error": "use_dpop_nonce"}, {"dpop-nonce": "n"}, None),
        (400, b"<html>", {"dpop-nonce": "n"}, None),
    ],
)
def test_a_demand_of_a_nonce_is_known(
    status: int, body: Any, headers: dict[str, str], nonce: str | None
) -> None:
    assert asks_for_nonce(answer(body, status, **headers)) == nonce
