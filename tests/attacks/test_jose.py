"""Rows JW-…: forged and malformed JWTs, at both doors where a JWT is read.

`ours` reads tokens that the realm itself signed (userinfo, introspection, hints), `foreign` those that
others sign with keys of their own (client assertions, and ID tokens of upstream providers).
"""

from __future__ import annotations

import hmac
import json
import socket
import time
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from tests.crypto.forge import (
    NOW,
    SECONDS,
    TYPE,
    attackers_key,
    b64,
    forge,
    header_of,
    jwk_of,
    key,
    keyring,
    part,
    private_key,
    sign_with,
    signer,
)
from vestibule.crypto.jose import InvalidJwt, check_issuer, check_times, read_jwks, verify_jws
from vestibule.domain.client import Algorithm

CLAIMS: dict[str, Any] = {"iss": "https://login.example", "sub": "x", "exp": SECONDS + 300}
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

Door = Callable[..., dict[str, Any]]


def ours(token: str, algorithm: Algorithm = "RS256") -> dict[str, Any]:
    return keyring(key(algorithm)).verify(token, TYPE, NOW)


def foreign(token: str, algorithm: Algorithm = "RS256") -> dict[str, Any]:
    claims = verify_jws(token, read_jwks(keyring(key(algorithm)).jwks), {algorithm}).claims
    check_times(claims, NOW)
    return claims


both_doors = pytest.mark.parametrize("door", [ours, foreign])


def spki() -> bytes:
    public: bytes = (
        private_key(key()).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    return public


def pkcs1() -> bytes:
    public: bytes = private_key(key()).public_key().public_bytes(Encoding.PEM, PublicFormat.PKCS1)
    return public


def der() -> bytes:
    public: bytes = (
        private_key(key()).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    )
    return public


def jwk() -> bytes:
    return key().public_jwk.encode()


def jwk_set() -> bytes:
    return keyring().jwks


def certificate() -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "login.example")])
    made = (
        x509.CertificateBuilder(name, name, private_key(key()).public_key(), x509.random_serial_number())
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=1))
        .sign(private_key(key()), hashes.SHA256())
    )
    return made.public_bytes(Encoding.PEM)


def hs256(secret: bytes) -> Callable[[bytes], bytes]:
    return lambda data: hmac.digest(secret, data, sha256)


def without(header: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in header.items() if name not in names}


@both_doors
def test_a_good_token_passes_so_that_the_rows_below_can_fail(door: Door) -> None:
    assert door(forge(header_of(), CLAIMS, signer())) == CLAIMS


@both_doors
@pytest.mark.parametrize("is_signed", [True, False])
@pytest.mark.parametrize(
    "alg", ["none", "nOnE", "NONE", "", None, "missing", ["RS256"], ["none"], 0, "rs256"]
)
def test_JW_01_alg_none_in_any_spelling_is_refused(door: Door, alg: Any, is_signed: bool) -> None:
    header = without(header_of(), "alg") if alg == "missing" else header_of(alg=alg)
    with pytest.raises(InvalidJwt):
        door(forge(header, CLAIMS, signer() if is_signed else lambda _: b""))


@both_doors
@pytest.mark.parametrize(
    "secret",
    [
        pytest.param(spki, id="SPKI PEM"),
        pytest.param(lambda: spki().strip(), id="SPKI PEM without its last newline"),
        pytest.param(pkcs1, id="PKCS1 PEM"),
        pytest.param(der, id="DER"),
        pytest.param(jwk, id="JWK text"),
        pytest.param(jwk_set, id="JWK Set text"),
        pytest.param(certificate, id="certificate PEM"),
    ],
)
@pytest.mark.parametrize("alg", ["HS256", "RS256"])
def test_JW_02_our_public_key_is_not_a_shared_secret(
    door: Door, alg: str, secret: Callable[[], bytes]
) -> None:
    with pytest.raises(InvalidJwt):
        door(forge(header_of(alg=alg), CLAIMS, hs256(secret())))


@pytest.mark.parametrize("secret", [b"", b"\0", b"null", b"secret"])
@pytest.mark.parametrize("kid", ["ours", "unknown", ""])
@both_doors
def test_JW_03_an_hmac_with_an_empty_key_is_refused(door: Door, kid: str, secret: bytes) -> None:
    header = header_of(alg="HS256") if kid == "ours" else header_of(alg="HS256", kid=kid)
    with pytest.raises(InvalidJwt):
        door(forge(header, CLAIMS, hs256(secret)))


def test_JW_03_a_shared_secret_in_a_key_set_is_not_used() -> None:
    jwks = read_jwks(json.dumps({"keys": [{"kty": "oct", "k": "", "kid": "a"}, {"kty": "oct", "k": "AAAA"}]}))
    assert (jwks.keys, len(jwks.ignored)) == ((), 2)
    with pytest.raises(InvalidJwt):
        verify_jws(forge({"alg": "HS256", "kid": "a"}, CLAIMS, hs256(b"")), jwks, {"HS256", "RS256"})


@pytest.fixture
def outbound(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every address that somebody tries to reach during the test."""
    tried: list[Any] = []
    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, lambda _, address: tried.append(address))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *names, **_: tried.append(names))
    return tried


def attackers_jwk() -> dict[str, Any]:
    numbers = attackers_key().public_key().public_numbers()
    return {"kty": "RSA", "n": b64(numbers.n.to_bytes(256)), "e": "AQAB", "alg": "RS256", "use": "sig"}


@both_doors
@pytest.mark.parametrize("names_our_key", [True, False])
@pytest.mark.parametrize("member", ["jwk", "jku", "x5u", "x5c"])
def test_JW_04_a_key_that_the_token_brings_is_ignored(
    door: Door, member: str, names_our_key: bool, outbound: list[Any]
) -> None:
    value: Any = {"jwk": attackers_jwk(), "x5c": ["MIIB"]}.get(member, "https://canary.example/keys")
    header = header_of(**{member: value})
    with pytest.raises(InvalidJwt):
        door(forge(header if names_our_key else without(header, "kid"), CLAIMS, sign_with(attackers_key())))
    assert outbound == []


def test_JW_04_a_rightly_signed_foreign_token_is_not_fetched_for(outbound: list[Any]) -> None:
    header = header_of(jku="https://canary.example/keys", x5u="https://canary.example/certificate")
    assert foreign(forge(header, CLAIMS, signer())) == CLAIMS
    assert outbound == []


@both_doors
@pytest.mark.parametrize(
    "kid",
    [
        "../../../../dev/null",
        "/dev/null",
        "x' UNION SELECT 'key",
        "x'; DROP TABLE signing_key; --",
        "a" * 1_000_000,
        "a" * 10_000,
        "\0",
        "ключ",
        "",
    ],
)
def test_JW_05_a_kid_is_only_ever_compared(door: Door, kid: str) -> None:
    with pytest.raises(InvalidJwt):
        door(forge(header_of(kid=kid), CLAIMS, sign_with(attackers_key())))


@pytest.mark.parametrize("position, verifies", [(0, True), (2, True), (3, True), (4, False), (30, False)])
def test_JW_05_without_a_kid_four_keys_are_tried_and_no_more(position: int, verifies: bool) -> None:
    keys = [jwk_of(key("EdDSA", number=1)) for _ in range(40)]
    keys[position] = jwk_of(key("EdDSA"))
    token = forge({"alg": "EdDSA"}, CLAIMS, signer(key("EdDSA")))
    jwks = read_jwks(json.dumps({"keys": keys}))
    if verifies:
        assert verify_jws(token, jwks, {"EdDSA"}).claims == CLAIMS
    else:
        with pytest.raises(InvalidJwt):
            verify_jws(token, jwks, {"EdDSA"})


def test_JW_05_a_kid_that_two_keys_carry_lets_in_neither_a_third() -> None:
    twice = [jwk_of(key("EdDSA", number=number), kid="same") for number in (1, 2)]
    jwks = read_jwks(json.dumps({"keys": twice}))
    with pytest.raises(InvalidJwt):
        verify_jws(forge({"alg": "EdDSA", "kid": "same"}, CLAIMS, signer(key("EdDSA"))), jwks, {"EdDSA"})


@both_doors
@pytest.mark.parametrize("form", ["flattened", "general", "header before the dots"])
def test_JW_07_only_the_compact_form_is_read(door: Door, form: str) -> None:
    header, payload, signature = forge(header_of(), CLAIMS, signer()).split(".")
    signed = {"protected": header, "signature": signature, "header": {"alg": "none"}}
    texts = {
        "flattened": json.dumps({"payload": payload, **signed}),
        "general": json.dumps({"payload": payload, "signatures": [signed]}),
        "header before the dots": f'{{"alg":"none"}}.{payload}.',
    }
    with pytest.raises(InvalidJwt):
        door(texts[form])


def raw(r: int, s: int) -> bytes:
    return r.to_bytes(32) + s.to_bytes(32)


@both_doors
@pytest.mark.parametrize(
    "signature",
    [
        pytest.param(raw(0, 0), id="r=s=0"),
        pytest.param(raw(0, 1), id="r=0"),
        pytest.param(raw(1, 0), id="s=0"),
        pytest.param(raw(P256_ORDER, P256_ORDER), id="r=s=n"),
        pytest.param(raw(P256_ORDER + 1, 1), id="r>n"),
        pytest.param(raw(1, P256_ORDER + 1), id="s>n"),
        pytest.param(raw(2**256 - 1, 2**256 - 1), id="the largest"),
        pytest.param(b"", id="none"),
        pytest.param(bytes(63), id="a byte too short"),
        pytest.param(bytes(65), id="a byte too long"),
        pytest.param(bytes(500), id="much too long"),
    ],
)
def test_JW_08_a_psychic_signature_is_refused(door: Door, signature: bytes) -> None:
    with pytest.raises(InvalidJwt):
        door(forge(header_of(key("ES256")), CLAIMS, lambda _: signature), "ES256")


@both_doors
def test_JW_08_a_signature_in_der_is_refused(door: Door) -> None:
    private = private_key(key("ES256"))
    token = forge(header_of(key("ES256")), CLAIMS, lambda data: private.sign(data, ec.ECDSA(hashes.SHA256())))
    with pytest.raises(InvalidJwt):
        door(token, "ES256")


@both_doors
def test_JW_08_the_key_of_another_curve_is_refused(door: Door) -> None:
    token = forge(header_of(key("ES256")), CLAIMS, sign_with(ec.generate_private_key(ec.SECP384R1())))
    with pytest.raises(InvalidJwt):
        door(token, "ES256")


@both_doors
def test_JW_08_a_respelled_signature_is_refused(door: Door) -> None:
    token = forge(header_of(key("ES256")), CLAIMS, signer(key("ES256")))
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    respelled = token[:-1] + alphabet[alphabet.index(token[-1]) + 1]
    for text in (respelled, token + "==", token + "=", token + "\n", " " + token, token + "A"):
        with pytest.raises(InvalidJwt):
            door(text, "ES256")


# JW-09 stands with the rest of the table of keys: tests/crypto/test_jwks.py


@pytest.mark.parametrize(
    "exp",
    [
        pytest.param(None, id="missing"),
        pytest.param("null", id="null"),
        pytest.param('"string"', id="a word"),
        pytest.param(f'"{SECONDS + 300}"', id="a numeric string"),
        pytest.param("true", id="true"),
        pytest.param("false", id="false"),
        pytest.param("NaN", id="NaN"),
        pytest.param("Infinity", id="Infinity"),
        pytest.param("1e400", id="beyond a double"),
        pytest.param("1e300", id="beyond every calendar"),
        pytest.param("-1", id="negative"),
        pytest.param("-0.5", id="a negative fraction"),
        pytest.param(str(2**63), id="2^63"),
        pytest.param("9" * 5_000, id="5 000 digits"),
        pytest.param(str(SECONDS * 1000), id="milliseconds"),
        pytest.param("[]", id="an array"),
        pytest.param(f"[{SECONDS + 300}]", id="an array of a time"),
        pytest.param("{}", id="an object"),
    ],
)
def test_JW_10_an_exp_that_is_no_sane_time_is_refused(exp: str | None) -> None:
    payload = '{"iss":"x"}' if exp is None else f'{{"iss":"x","exp":{exp}}}'
    with pytest.raises(InvalidJwt):
        foreign(forge(header_of(), payload.encode(), signer()))


@pytest.mark.parametrize("name", ["nbf", "iat"])
@pytest.mark.parametrize("value", [True, "1", None, -1, 2**63, 1e300, []])
def test_JW_10_nbf_and_iat_that_are_no_sane_times_are_refused(name: str, value: Any) -> None:
    with pytest.raises(InvalidJwt):
        foreign(forge(header_of(), {**CLAIMS, name: value}, signer()))


@pytest.mark.parametrize(
    "changes, is_taken",
    [
        pytest.param({"exp": SECONDS - 30}, True, id="exp 30 s past"),
        pytest.param({"exp": SECONDS - 59}, True, id="exp 1 s inside the skew"),
        pytest.param({"exp": SECONDS - 60}, False, id="exp at the skew"),
        pytest.param({"exp": SECONDS - 61}, False, id="exp 1 s outside of the skew"),
        pytest.param({"nbf": SECONDS + 600}, False, id="nbf 10 min ahead"),
        pytest.param({"nbf": SECONDS + 60}, True, id="nbf at the skew"),
        pytest.param({"nbf": SECONDS + 61}, False, id="nbf 1 s outside of the skew"),
        pytest.param({"iat": SECONDS + 600}, False, id="iat 10 min ahead"),
        pytest.param({"iat": SECONDS + 60}, True, id="iat at the skew"),
        pytest.param({"iat": SECONDS + 61}, False, id="iat 1 s outside of the skew"),
    ],
)
def test_JW_11_one_skew_is_allowed_and_no_more(changes: dict[str, int], is_taken: bool) -> None:
    token = forge(header_of(), CLAIMS | changes, signer())
    if is_taken:
        assert foreign(token) == CLAIMS | changes
    else:
        with pytest.raises(InvalidJwt):
            foreign(token)


@pytest.mark.parametrize(
    "payload",
    [
        b'{"iss":"https://evil.example","iss":"https://login.example","exp":1795000000}',
        b'{"exp":1,"iss":"https://login.example","exp":1795000000}',
        b'{"exp":1795000000,"\\u0065xp":1}',
        b'{"exp":1795000000,"cnf":{"jkt":"a","jkt":"b"}}',
    ],
)
def test_JW_12_a_claim_that_is_there_twice_is_refused(payload: bytes) -> None:
    with pytest.raises(InvalidJwt, match="twice"):
        foreign(forge(header_of(), payload, signer()))


@both_doors
def test_JW_12_a_header_member_that_is_there_twice_does_not_choose_the_algorithm(door: Door) -> None:
    header = f'{{"alg":"none","kid":"{key().kid}","typ":"{TYPE}","alg":"RS256"}}'
    with pytest.raises(InvalidJwt):
        door(f"{part(header.encode())}.{part(CLAIMS)}.")


@both_doors
@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(b"[1]", id="an array"),
        pytest.param(b"7", id="a number"),
        pytest.param(b"null", id="null"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff\xfe", id="no UTF-8"),
        pytest.param(b'{"sub":"\xed\xa0\x80"}', id="a surrogate in UTF-8"),
        pytest.param(b'{"exp":1795000000,"sub":"\\ud800"}', id="a lone surrogate"),
        pytest.param(b'{"a":' * 2_000, id="2 000 levels"),
        pytest.param(b"[" * 100_000, id="100 000 levels"),
    ],
)
def test_JW_13_a_payload_that_is_no_object_is_refused(door: Door, payload: bytes) -> None:
    with pytest.raises(InvalidJwt):
        door(forge(header_of(), payload, signer()))


def jwe(header: dict[str, Any], *, tag: bytes = bytes(16), more: str = "") -> str:
    return f"{part(header)}.{b64(bytes(40))}.{b64(bytes(12))}.{b64(b'ciphertext')}.{b64(tag)}{more}"


@both_doors
@pytest.mark.parametrize("parts", [3, 5])
def test_JW_14_a_password_based_key_is_never_computed(door: Door, parts: int) -> None:
    header = {"alg": "PBES2-HS256+A128KW", "enc": "A128GCM", "p2c": 2**31 - 1, "p2s": b64(bytes(16))}
    token = jwe(header) if parts == 5 else forge(header | {"kid": key().kid, "typ": TYPE}, CLAIMS, signer())
    began = time.thread_time()
    with pytest.raises(InvalidJwt):
        door(token)
    assert time.thread_time() - began < 0.25


@both_doors
@pytest.mark.parametrize(
    "header, tag, more",
    [
        pytest.param({"alg": "dir", "enc": "A256GCM"}, b"\0", "", id="a tag of one byte"),
        pytest.param({"alg": "dir", "enc": "A256GCM"}, bytes(16), ".AAAA", id="six parts"),
        pytest.param({"alg": "RSA1_5", "enc": "A128CBC-HS256"}, bytes(16), "", id="RSA1_5"),
        pytest.param({"alg": "RSA-OAEP", "enc": "A128CBC-HS256"}, bytes(16), "", id="RSA-OAEP"),
        pytest.param({"alg": "dir", "enc": "A256GCM", "zip": "DEF"}, bytes(16), "", id="compressed"),
    ],
)
def test_JW_17_an_encrypted_token_is_refused_before_it_is_opened(
    door: Door, header: dict[str, Any], tag: bytes, more: str
) -> None:
    with pytest.raises(InvalidJwt, match="a signed token has 3 parts"):
        door(jwe(header, tag=tag, more=more))


@both_doors
@pytest.mark.parametrize(
    "text, reason",
    [
        pytest.param("a" * 5_000_000, "longer", id="5 MB"),
        pytest.param("." * 5_000_000, "longer", id="5 million dots"),
        pytest.param("." * 10_000, "3 parts", id="10 000 dots"),
        pytest.param("é" * 5_000_000, "longer", id="5 million letters outside of ASCII"),
    ],
)
def test_JW_18_a_giant_is_refused_at_the_cap(door: Door, text: str, reason: str) -> None:
    began = time.thread_time()
    with pytest.raises(InvalidJwt, match=reason):
        door(text)
    assert time.thread_time() - began < 0.1


def test_JW_18_a_signed_giant_is_refused_too() -> None:
    with pytest.raises(InvalidJwt, match="longer"):
        foreign(forge(header_of(), CLAIMS | {"padding": "a" * 20_000}, signer()))


@pytest.mark.parametrize(
    "issuer",
    [
        "https://login.example",
        "https://login.example//",
        "https://login.example/.evil.example/",
        "https://login.exampl",
        "https://LOGIN.example/",
        "http://login.example/",
        " https://login.example/",
        "https://login.example/\n",
        ["https://login.example/"],
        {"https://login.example/": 1},
        "",
        None,
    ],
)
def test_JW_21_the_issuer_is_compared_letter_for_letter(issuer: Any) -> None:
    check_issuer({"iss": "https://login.example/"}, "https://login.example/")
    with pytest.raises(InvalidJwt, match="iss"):
        check_issuer({"iss": issuer}, "https://login.example/")


def test_JW_21_a_token_without_an_issuer_is_refused() -> None:
    with pytest.raises(InvalidJwt, match="iss"):
        check_issuer({}, "")
