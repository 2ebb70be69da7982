"""The rules of a foreign JWT: which key may verify it, and which times it may name."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.crypto.forge import NOW, SECONDS, b64, forge, header_of, jwk_of, key, keyring, signer
from vestibule.crypto.jose import (
    InvalidJwt,
    Jwks,
    UnknownKeyId,
    check_issuer,
    check_times,
    read_jwks,
    read_unverified_claims,
    verify_jws,
)
from vestibule.crypto.strict_json import read_json_object

CLAIMS = {"sub": "x", "exp": SECONDS + 60}
ED, OTHER = key("EdDSA"), key("EdDSA", number=1)


def jwks(*keys: dict[str, Any]) -> Jwks:
    return read_jwks(json.dumps({"keys": keys or [jwk_of(ED)]}))


def token(header: Any = None, payload: Any = CLAIMS) -> str:
    return forge(header_of(ED) if header is None else header, payload, signer(ED))


def test_a_signed_token_gives_its_header_and_claims() -> None:
    jwt = verify_jws(token(), jwks(), {"EdDSA"})
    assert (jwt.header, jwt.claims) == (header_of(ED), CLAIMS)


def test_the_claims_can_be_read_before_it_is_known_whose_key_to_use() -> None:
    assert read_unverified_claims(token()) == CLAIMS


def test_an_algorithm_that_the_caller_does_not_permit_is_refused() -> None:
    with pytest.raises(InvalidJwt, match="alg 'EdDSA' is not permitted"):
        verify_jws(token(), jwks(), {"RS256"})


@pytest.mark.parametrize(
    "own_kid, token_kid, verifies",
    [
        pytest.param("a", "a", True, id="the named key"),
        pytest.param("a", None, True, id="a token that names none"),
        pytest.param(None, "a", True, id="a key without a name"),
        pytest.param(None, None, True, id="neither names anything"),
        pytest.param("a", "b", False, id="another name"),
        pytest.param("a", "A", False, id="another case"),
        pytest.param("a", "", False, id="an empty name"),
    ],
)
def test_which_key_is_tried(own_kid: str | None, token_kid: str | None, verifies: bool) -> None:
    jwk = {name: value for name, value in jwk_of(ED, kid=own_kid).items() if value is not None}
    header = {"alg": "EdDSA"} if token_kid is None else {"alg": "EdDSA", "kid": token_kid}
    if verifies:
        assert verify_jws(token(header), jwks(jwk), {"EdDSA"}).claims == CLAIMS
    else:
        with pytest.raises(UnknownKeyId):
            verify_jws(token(header), jwks(jwk), {"EdDSA"})


def test_the_right_one_of_two_keys_of_one_name_is_found() -> None:
    both = jwks(jwk_of(OTHER, kid=ED.kid), jwk_of(ED))
    assert verify_jws(token(), both, {"EdDSA"}).claims == CLAIMS


@pytest.mark.parametrize("others, verifies", [(3, True), (4, False)])
def test_at_most_four_keys_are_tried(others: int, verifies: bool) -> None:
    many = jwks(*[jwk_of(OTHER)] * others, jwk_of(ED))
    if verifies:
        assert verify_jws(token({"alg": "EdDSA"}), many, {"EdDSA"}).claims == CLAIMS
    else:
        with pytest.raises(InvalidJwt, match="not of a permitted key"):
            verify_jws(token({"alg": "EdDSA"}), many, {"EdDSA"})


def test_a_key_set_without_a_usable_key_verifies_nothing() -> None:
    with pytest.raises(UnknownKeyId):
        verify_jws(token(), Jwks(()), {"EdDSA"})


@pytest.mark.parametrize(
    "members",
    [
        {"crit": ["exp"]},
        {"crit": []},
        {"b64": False},
        {"b64": False, "crit": ["b64"]},
        {"b64": True},
        {"zip": "DEF"},
        {"enc": "A256GCM"},
        {"kid": 7},
        {"kid": None},
        {"typ": ["JWT"]},
    ],
)
def test_a_header_with_a_member_that_changes_the_meaning_is_refused(members: dict[str, Any]) -> None:
    with pytest.raises(InvalidJwt, match="header"):
        verify_jws(token(header_of(ED, **members)), jwks(), {"EdDSA"})


@pytest.mark.parametrize(
    "claims, refused",
    [
        pytest.param({"exp": SECONDS + 1}, None, id="a second before its end"),
        pytest.param({"exp": SECONDS - 59}, None, id="59 s after its end, inside the skew"),
        pytest.param({"exp": SECONDS - 60}, "expired", id="60 s after its end, outside of it"),
        pytest.param({"exp": SECONDS + 0.5}, None, id="a fraction of a second"),
        pytest.param({"exp": SECONDS + 1, "nbf": SECONDS + 60}, None, id="nbf 60 s ahead"),
        pytest.param({"exp": SECONDS + 1, "nbf": SECONDS + 61}, "not valid", id="nbf 61 s ahead"),
        pytest.param({"exp": SECONDS + 1, "iat": SECONDS + 60}, None, id="iat 60 s ahead"),
        pytest.param({"exp": SECONDS + 1, "iat": SECONDS + 61}, "in the future", id="iat 61 s ahead"),
        pytest.param({"exp": SECONDS + 1, "iat": 0}, None, id="iat long ago, no limit asked for"),
    ],
)
def test_one_skew_of_60_seconds_holds_for_every_time(claims: dict[str, Any], refused: str | None) -> None:
    if refused is None:
        check_times(claims, NOW)
    else:
        with pytest.raises(InvalidJwt, match=refused):
            check_times(claims, NOW)


def test_another_skew_moves_the_edge() -> None:
    check_times({"exp": SECONDS - 4}, NOW, skew_seconds=5)
    with pytest.raises(InvalidJwt, match="expired"):
        check_times({"exp": SECONDS - 5}, NOW, skew_seconds=5)


@pytest.mark.parametrize("age, refused", [(0, False), (360, False), (361, True), (None, True)])
def test_a_largest_age_needs_iat(age: int | None, refused: bool) -> None:
    claims = {"exp": SECONDS + 1} | ({} if age is None else {"iat": SECONDS - age})
    if refused:
        with pytest.raises(InvalidJwt, match="iat"):
            check_times(claims, NOW, max_age_seconds=300)
    else:
        check_times(claims, NOW, max_age_seconds=300)


@pytest.mark.parametrize("missing", ["exp", "iat", "nbf"])
def test_a_demanded_claim_must_be_there(missing: str) -> None:
    claims = {"exp": SECONDS + 1, "iat": SECONDS, "nbf": SECONDS}
    check_times(claims, NOW, require=("exp", "iat", "nbf"))
    del claims[missing]
    with pytest.raises(InvalidJwt, match=f"{missing} is missing"):
        check_times(claims, NOW, require=("exp", "iat", "nbf"))


def test_times_are_compared_to_the_moment_that_is_handed_in() -> None:
    with pytest.raises(InvalidJwt, match="expired"):
        check_times(CLAIMS, NOW + timedelta(minutes=2))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
HEADERS = st.dictionaries(
    st.sampled_from(["alg", "kid", "typ", "crit", "jwk", "jku", "b64", "x5c"]),
    JSON | st.sampled_from(["EdDSA", "none", "HS256", "RS256", ED.kid]),
)
PAYLOADS = st.dictionaries(st.sampled_from(["exp", "nbf", "iat", "iss", "sub"]), JSON)
GOOD = token()
ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.=+/ \n\0é\ud800"


def is_taken(text: str) -> bool:
    """Whether both doors let the token through; whatever else than `InvalidJwt` they raise fails the test."""
    taken = False
    try:
        claims = verify_jws(text, jwks(), {"EdDSA", "RS256"}).claims
        check_times(claims, NOW)
        check_issuer(claims, "https://issuer.example")
        taken = True
    except InvalidJwt:
        pass
    try:
        keyring(ED).verify(text, "at+jwt", NOW)
        taken = True
    except InvalidJwt:
        pass
    return taken


@settings(max_examples=1000)
@given(st.text(ALPHABET) | st.text())
def test_no_text_is_more_than_refused(text: str) -> None:
    assert not is_taken(text)


@settings(max_examples=1000)
@given(position=st.integers(0, len(GOOD) - 1), replacement=st.text(ALPHABET, max_size=2))
def test_no_altered_token_is_taken(position: int, replacement: str) -> None:
    altered = GOOD[:position] + replacement + GOOD[position + 1 :]
    assert altered == GOOD or not is_taken(altered)


@settings(max_examples=1000)
@given(header=HEADERS, payload=PAYLOADS)
def test_no_signed_claims_raise_anything_else(header: dict[str, Any], payload: dict[str, Any]) -> None:
    assert is_taken(token(header, payload)) in (True, False)


@settings(max_examples=1000)
@given(header=st.binary(max_size=60), payload=st.binary(max_size=60))
def test_no_signed_bytes_raise_anything_else(header: bytes, payload: bytes) -> None:
    assert not is_taken(token(header, payload))
    assert not is_taken(f"{GOOD.split('.', maxsplit=1)[0]}.{b64(payload)}.{b64(signer(ED)(payload))}")


@given(PAYLOADS)
def test_no_claims_raise_anything_else(claims: dict[str, Any]) -> None:
    try:
        check_times(claims, NOW, max_age_seconds=1)
    except InvalidJwt as error:
        assert error.detail  # noqa: PT017  # the class is the point; a pass is fine too


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_a_value_error(text: bytes) -> None:
    try:
        value = read_json_object(text)
    except ValueError:
        return
    assert isinstance(value, dict)
