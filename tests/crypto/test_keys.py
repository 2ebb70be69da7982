"""The realm's own keys: what they sign verifies, and nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.crypto.forge import NOW, SECONDS, TYPE, VAULT, b64, forge, header_of, key, keyring, part, signer
from vestibule.crypto.jose import InvalidJwt, read_jwks, verify_jws
from vestibule.crypto.keys import Keyring, NoSuchKey, generate_key
from vestibule.crypto.secrets import UndecryptableSecret, Vault
from vestibule.domain.client import Algorithm
from vestibule.domain.key import StoredKey

CLAIMS: dict[str, object] = {"sub": "þórr", "exp": SECONDS + 300, "aud": ["a", "b"], "nested": {"true": True}}
ALGORITHMS: tuple[Algorithm, ...] = ("RS256", "PS256", "ES256", "EdDSA")
PUBLIC_MEMBERS = {
    "RS256": {"n", "e"},
    "PS256": {"n", "e"},
    "ES256": {"crv", "x", "y"},
    "EdDSA": {"crv", "x"},
}


def aged(stored: StoredKey, seconds: int, **changes: Any) -> StoredKey:
    return replace(stored, created_at=NOW + timedelta(seconds=seconds), **changes)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_what_a_key_signs_is_verified_by_the_realm(algorithm: Algorithm) -> None:
    ring = keyring(key(algorithm))
    assert ring.verify(ring.sign(CLAIMS, algorithm, TYPE), TYPE) == CLAIMS


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_what_a_key_signs_is_verified_by_others_with_the_published_keys(algorithm: Algorithm) -> None:
    ring = keyring(key(algorithm))
    published = read_jwks(ring.jwks)
    jwt = verify_jws(ring.sign(CLAIMS, algorithm, TYPE), published, {algorithm})
    assert published.ignored == ()
    assert (jwt.header, jwt.claims) == (header_of(key(algorithm)), CLAIMS)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_published_key_shows_its_public_members_only(algorithm: Algorithm) -> None:
    (published,) = json.loads(keyring(key(algorithm)).jwks)["keys"]
    assert published.keys() == {"kty", "kid", "use", "alg"} | PUBLIC_MEMBERS[algorithm]
    assert (published["use"], published["alg"], published["kid"]) == ("sig", algorithm, key(algorithm).kid)


def test_rsa_keys_have_2048_bits() -> None:
    (published,) = read_jwks(keyring().jwks).keys
    assert published.key.public_key.key_size == 2048  # type: ignore[union-attr]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_stored_key_does_not_hold_its_private_part_in_the_open(algorithm: Algorithm) -> None:
    stored = key(algorithm)
    plain = VAULT.decrypt(stored.private, f"signing_key/private/{stored.kid}")
    assert plain not in stored.private
    assert "d" not in json.loads(stored.public_jwk)


def test_published_keys_stand_in_the_order_active_next_retired() -> None:
    retired, following, active = (key("ES256", number=number) for number in range(3))
    ring = keyring(replace(retired, state="retired"), replace(following, state="next"), active)
    kids = [published["kid"] for published in json.loads(ring.jwks)["keys"]]
    assert kids == [active.kid, following.kid, retired.kid]


def test_the_newest_active_key_signs() -> None:
    older, newer = aged(key("ES256"), 0), aged(key("ES256", number=1), 1)
    for ring in (keyring(older, newer), keyring(newer, older)):
        jwt = verify_jws(ring.sign(CLAIMS, "ES256", TYPE), read_jwks(ring.jwks), {"ES256"})
        assert jwt.header["kid"] == newer.kid


def test_the_algorithms_are_those_with_an_active_key() -> None:
    ring = keyring(key("EdDSA"), key("RS256"), replace(key("PS256"), state="next"), key("EdDSA", number=1))
    assert sorted(ring.algorithms) == ["EdDSA", "RS256"]


@pytest.mark.parametrize("state", ["next", "retired"])
def test_a_key_that_is_not_active_does_not_sign(state: Any) -> None:
    with pytest.raises(NoSuchKey):
        keyring(replace(key("ES256"), state=state)).sign(CLAIMS, "ES256", TYPE)


def test_a_realm_without_keys_publishes_an_empty_set() -> None:
    ring = Keyring((), VAULT)
    assert (json.loads(ring.jwks), ring.algorithms) == ({"keys": []}, ())


def test_the_next_key_verifies_before_it_signs() -> None:
    token = keyring(key("ES256")).sign(CLAIMS, "ES256", TYPE)
    assert keyring(replace(key("ES256"), state="next")).verify(token, TYPE) == CLAIMS


@pytest.mark.parametrize(
    "expires_at, now, verifies",
    [
        pytest.param(NOW + timedelta(hours=1), NOW, True, id="before its end it verifies"),
        pytest.param(NOW, NOW + timedelta(seconds=1), False, id="after its end it does not"),
        pytest.param(
            NOW + timedelta(seconds=300), None, True, id="a token that ends with the key is vouched for"
        ),
        pytest.param(NOW + timedelta(seconds=299), None, False, id="a token that outlives the key is not"),
    ],
)
def test_a_retired_key(expires_at: datetime, now: datetime | None, verifies: bool) -> None:
    token = keyring(key("ES256")).sign(CLAIMS, "ES256", TYPE)
    ring = keyring(replace(key("ES256"), state="retired", expires_at=expires_at))
    if verifies:
        assert ring.verify(token, TYPE, now) == CLAIMS
    else:
        with pytest.raises(InvalidJwt, match="retired"):
            ring.verify(token, TYPE, now)


def test_a_retired_key_vouches_for_no_token_without_an_end() -> None:
    token = keyring(key("ES256")).sign({"sub": "x"}, "ES256", TYPE)
    with pytest.raises(InvalidJwt, match="retired"):
        keyring(replace(key("ES256"), state="retired", expires_at=NOW)).verify(token, TYPE)


def test_a_token_of_another_kind_is_not_taken() -> None:
    ring = keyring(key("ES256"))
    with pytest.raises(InvalidJwt, match="typ"):
        ring.verify(ring.sign(CLAIMS, "ES256", "JWT"), TYPE)


def test_a_token_of_another_realm_is_not_ours() -> None:
    with pytest.raises(InvalidJwt, match="not one of the realm's keys"):
        keyring(key("ES256", number=1)).verify(keyring(key("ES256")).sign(CLAIMS, "ES256", TYPE), TYPE)


def test_a_key_serves_its_own_algorithm_only() -> None:
    stored = key("RS256")
    token = forge(header_of(stored, alg="PS256"), CLAIMS, signer(replace(stored, algorithm="PS256")))
    with pytest.raises(InvalidJwt, match="alg"):
        keyring(stored).verify(token, TYPE)


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(header_of(key("ES256"), crit=["exp"]), id="crit"),
        pytest.param(header_of(key("ES256"), jku="https://evil.example/jwks"), id="jku"),
        pytest.param({"alg": "ES256", "typ": TYPE}, id="no kid"),
        pytest.param(header_of(key("ES256"), kid=1), id="a kid that is a number"),
        pytest.param(b"[]", id="an array"),
        pytest.param(b"\xff", id="no UTF-8"),
        pytest.param(b"[" * 10_000, id="deep nesting"),
    ],
)
def test_a_header_that_we_would_not_write_is_refused_even_with_our_signature(header: Any) -> None:
    with pytest.raises(InvalidJwt):
        keyring(key("ES256")).verify(forge(header, CLAIMS, signer(key("ES256"))), TYPE)


@pytest.mark.parametrize("payload", [b"[]", b"7", b'"text"', b"\xff", b"", b"{", b"[" * 5_000])
def test_claims_that_we_would_not_write_are_refused_even_with_our_signature(payload: bytes) -> None:
    with pytest.raises(InvalidJwt):
        keyring(key("ES256")).verify(forge(header_of(key("ES256")), payload, signer(key("ES256"))), TYPE)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_an_altered_part_is_refused(place: int) -> None:
    parts = keyring(key("EdDSA")).sign(CLAIMS, "EdDSA", TYPE).split(".")
    others = [part(header_of(key("EdDSA"), typ="JWT")), part({**CLAIMS, "sub": "evil"}), b64(bytes(64))]
    parts[place] = others[place]
    with pytest.raises(InvalidJwt):
        keyring(key("EdDSA")).verify(".".join(parts), TYPE)


def test_a_private_key_under_another_master_key_does_not_load() -> None:
    ring = Keyring([key("ES256")], Vault(b"another master key of 32 bytes!!"))
    with pytest.raises(UndecryptableSecret):
        ring.sign(CLAIMS, "ES256", TYPE)


def test_a_private_key_moved_to_another_row_does_not_load() -> None:
    ring = keyring(replace(key("ES256"), private=key("ES256", number=1).private))
    with pytest.raises(UndecryptableSecret):
        ring.sign(CLAIMS, "ES256", TYPE)


def test_two_keys_are_never_the_same() -> None:
    made = {generate_key("EdDSA", "realm", "active", VAULT, NOW).kid for _ in range(5)}
    assert len(made) == 5
