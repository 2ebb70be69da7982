"""Which keys of a stranger's JWK Set are used, and why the others are not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from tests.crypto.forge import b64, jwk_of, key
from vestibule.crypto.jose import InvalidJwt, read_jwks
from vestibule.crypto.jwks import MAX_KEYS, read_jwk

SECP256K1 = {"kty": "EC", "crv": "secp256k1", "x": b64(bytes(32)), "y": b64(bytes(32))}
ODD_MODULUS = b64(b"\xff" * 256)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=8,
)
MEMBERS = st.sampled_from(["kty", "kid", "use", "key_ops", "alg", "n", "e", "d", "crv", "x", "y", "x5c"])
VALUES = JSON | st.sampled_from(["RSA", "EC", "OKP", "P-256", "P-521", "Ed25519", "sig", "RS256", "AQAB"])


def ec(**members: Any) -> dict[str, Any]:
    return jwk_of(key("ES256"), **members)


def okp(**members: Any) -> dict[str, Any]:
    return jwk_of(key("EdDSA"), **members)


def without(jwk: dict[str, Any], name: str) -> dict[str, Any]:
    return {member: value for member, value in jwk.items() if member != name}


def rsa_of(bits: int) -> dict[str, Any]:
    numbers = rsa.generate_private_key(65537, bits).public_key().public_numbers()
    return {"kty": "RSA", "n": b64(numbers.n.to_bytes(bits // 8)), "e": "AQAB"}


@pytest.mark.parametrize(
    "jwk, reason",
    [
        pytest.param("text", "not an object", id="no object"),
        pytest.param({}, "kty None", id="no kty"),
        pytest.param(jwk_of(kty=["RSA"]), "kty", id="kty as a list"),
        pytest.param({"kty": "oct", "k": "AAAA"}, "kty 'oct'", id="a shared secret"),
        pytest.param(jwk_of(kty="rsa"), "kty 'rsa'", id="kty in lower case"),
        pytest.param(jwk_of(kid=7), "kid", id="kid as a number"),
        pytest.param(jwk_of(use="enc"), "use is 'enc'", id="for encryption"),
        pytest.param(jwk_of(use=None), "use is None", id="use as null"),
        pytest.param(jwk_of(key_ops=["sign"]), "key_ops", id="for signing only"),
        pytest.param(jwk_of(key_ops="verify"), "key_ops", id="key_ops as a string"),
        pytest.param(jwk_of(key_ops=[]), "key_ops", id="for nothing"),
        pytest.param(jwk_of(alg="RSA-OAEP"), "alg 'RSA-OAEP'", id="alg for encryption"),
        pytest.param(jwk_of(alg="HS256"), "alg 'HS256'", id="alg of a shared secret"),
        pytest.param(jwk_of(alg="none"), "alg 'none'", id="alg none"),
        pytest.param(jwk_of(alg="ES256"), "alg 'ES256'", id="alg of another kind of key"),
        pytest.param(jwk_of(alg=["RS256"]), "alg", id="alg as a list"),
        pytest.param(jwk_of(d="AAAA"), "private members d", id="with its private exponent"),
        pytest.param(ec(d="AAAA"), "private members d", id="with its private scalar"),
        pytest.param(jwk_of(p="AAAA", q="AAAA"), "private members p, q", id="with its primes"),
        pytest.param(without(jwk_of(), "n"), "strings", id="RSA without modulus"),
        pytest.param(jwk_of(n=5), "strings", id="a modulus as a number"),
        pytest.param(jwk_of(n="é"), "strings", id="a modulus outside of ASCII"),
        pytest.param(jwk_of(n=""), "0 bits", id="an empty modulus"),
        pytest.param(jwk_of(n=ODD_MODULUS + "=="), "base64url", id="a padded modulus"),
        pytest.param(jwk_of(n=b64(b"\xff" * 255 + b"\xfe")), "even RSA modulus", id="an even modulus"),
        pytest.param(jwk_of(n=b64(b"\xff" * 2048)), "16384 bits", id="a giant modulus"),
        pytest.param(rsa_of(1024), "1024 bits", id="RSA of 1024 bits"),
        pytest.param(jwk_of(n=b64(b"\xff" * 64)), "512 bits", id="RSA of 512 bits"),
        pytest.param(jwk_of(e="AQ"), "exponent", id="e=1"),
        pytest.param(jwk_of(e="AA"), "exponent", id="e=0"),
        pytest.param(jwk_of(e="AAQA"), "exponent", id="an even exponent"),
        pytest.param(jwk_of(e=b64(b"\xff" * 32)), "exponent", id="a huge exponent"),
        pytest.param(SECP256K1, "curve 'secp256k1'", id="a curve that we do not use"),
        pytest.param(ec(crv="P-384"), "curve|alg", id="an algorithm of another curve"),
        pytest.param(without(ec(crv="P-384"), "alg"), "valid EC key", id="a point of another curve"),
        pytest.param(ec(x=b64(bytes(32))), "valid EC key", id="a point off the curve"),
        pytest.param(ec(x="AA", y="AA"), "valid EC key", id="a point at infinity"),
        pytest.param(without(ec(), "y"), "strings", id="half a point"),
        pytest.param(okp(crv="X25519"), "curve 'X25519'", id="a curve for key agreement"),
        pytest.param(okp(crv="Ed448"), "curve 'Ed448'", id="a curve of no algorithm here"),
        pytest.param(okp(x="AAAA"), "valid OKP key", id="a short Ed25519 key"),
    ],
)
def test_JW_09_an_unusable_key_is_left_out_with_its_reason(jwk: Any, reason: str) -> None:
    good = jwk_of()
    read = read_jwks(json.dumps({"keys": [jwk, good]}))
    assert [found.kid for found in read.keys] == [good["kid"]]
    with pytest.raises(ValueError, match=reason):
        raise ValueError(*read.ignored)


@pytest.mark.parametrize(
    "jwk, algorithms",
    [
        (without(jwk_of(), "alg"), {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}),
        (jwk_of(alg="PS256"), {"PS256"}),
        (without(ec(), "alg"), {"ES256"}),
        (without(okp(), "alg"), {"EdDSA", "Ed25519"}),
        (okp(alg="Ed25519"), {"Ed25519"}),
    ],
)
def test_a_key_permits_the_algorithms_of_its_kind_and_of_its_own_alg(
    jwk: dict[str, Any], algorithms: set[str]
) -> None:
    (found,) = read_jwks(json.dumps({"keys": [jwk]})).keys
    assert found.algorithms == algorithms


def test_members_that_nobody_knows_and_certificates_are_not_looked_at() -> None:
    jwk = jwk_of(x5c=["evil"], x5u="https://evil.example/", ext=True, key_ops=["sign", "verify"])
    assert len(read_jwks(json.dumps({"keys": [jwk]})).keys) == 1


def test_only_so_many_keys_are_read() -> None:
    read = read_jwks(json.dumps({"keys": [okp()] * (MAX_KEYS + 3)}))
    assert (len(read.keys), read.ignored) == (MAX_KEYS, (f"3 keys after the first {MAX_KEYS}",))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("[]", id="an array"),
        pytest.param("{}", id="no keys"),
        pytest.param('{"keys": {}}', id="keys as an object"),
        pytest.param('{"keys": null}', id="keys as null"),
        pytest.param('{"keys": [], "keys": []}', id="keys twice"),
        pytest.param(b'{"keys": ["\xff"]}', id="no UTF-8"),
        pytest.param('{"keys": ["\ud800"]}', id="a lone surrogate"),
        pytest.param('{"keys": ' + "[" * 100_000, id="deep nesting"),
        pytest.param('{"keys": [' + " " * 300_000 + "]}", id="too large"),
        pytest.param("<html>", id="an error page"),
    ],
)
def test_a_text_that_is_no_jwk_set_is_refused(text: str | bytes) -> None:
    with pytest.raises(InvalidJwt):
        read_jwks(text)


@given(st.dictionaries(MEMBERS, VALUES))
def test_no_key_however_strange_is_more_than_left_out(jwk: dict[str, Any]) -> None:
    try:
        assert read_jwk(jwk).algorithms
    except ValueError as reason:
        assert str(reason)  # noqa: PT017  # a key that happens to be good is fine too
