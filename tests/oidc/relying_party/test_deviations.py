"""Every deviation of a provider, by its name: it signs in, or is refused under the name that says why."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.crypto.forge import SECONDS, attackers_key, jwk_of, key, private_key, sign_with, signer
from tests.oidc.relying_party.upstream import CLIENT_ID, ISSUER, Sent, answer, id_claims, metadata, sign_in
from vestibule.domain.errors import UpstreamError

SIGNS_IN = ""
DECIDED_BY_THE_FLOW = {"state_wrong"}
TABLE = Path(__file__).resolve().parents[4] / "shared" / "quality" / "interop.md"

Spoil = Callable[[Sent], None]


def claims(**members: object) -> Spoil:
    """ID token claims replaced; None leaves one out."""

    def spoil(sent: Sent) -> None:
        sent.claims = id_claims(**members)

    return spoil


def header(**members: object) -> Spoil:
    def spoil(sent: Sent) -> None:
        kept = {name: value for name, value in (sent.header | members).items() if value is not None}
        sent.header = kept

    return spoil


def keys(*entries: dict[str, Any]) -> Spoil:
    def spoil(sent: Sent) -> None:
        sent.keys = list(entries)

    return spoil


def tokens(**members: object) -> Spoil:
    def spoil(sent: Sent) -> None:
        sent.tokens = sent.tokens | members

    return spoil


def set_to(name: str, value: object) -> Spoil:
    def spoil(sent: Sent) -> None:
        setattr(sent, name, value)

    return spoil


def parameters(**members: str | None) -> Spoil:
    def spoil(sent: Sent) -> None:
        sent.parameters = {k: v for k, v in (sent.parameters | members).items() if v is not None}

    return spoil


def both(*spoils: Spoil) -> Spoil:
    def spoil(sent: Sent) -> None:
        for each in spoils:
            each(sent)

    return spoil


def without(entry: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name not in names}


def announced(**members: Any) -> Spoil:
    return set_to("document", metadata(**members))


def ok(sent: Sent) -> None:
    """Nothing is spoilt."""


ENCRYPTION = {**jwk_of(key("RS256", 1)), "use": "enc", "alg": "RSA-OAEP"}
UNKNOWN_KTY = {"kty": "AKP", "kid": "pq", "alg": "ML-DSA-44", "pub": "AA"}

ROWS: dict[str, tuple[Spoil, str]] = {
    "ok": (ok, SIGNS_IN),
    "iss_param_missing": (parameters(iss=None), SIGNS_IN),
    "session_state": (parameters(session_state="x.y"), SIGNS_IN),
    "at_hash_missing": (claims(at_hash=None), SIGNS_IN),
    "aud_array": (claims(aud=[CLIENT_ID]), SIGNS_IN),
    "aud_multi_azp": (claims(aud=[CLIENT_ID, "other"], azp=CLIENT_ID), SIGNS_IN),
    "iat_future_30s": (claims(iat=SECONDS + 30), SIGNS_IN),
    "jwks_unknown_kty": (keys(UNKNOWN_KTY, jwk_of()), SIGNS_IN),
    "jwks_no_alg": (keys(without(jwk_of(), "alg")), SIGNS_IN),
    "jwks_enc_first": (keys(ENCRYPTION, jwk_of()), SIGNS_IN),
    "token_type_lower": (tokens(token_type="bearer"), SIGNS_IN),
    "expires_in_string": (tokens(expires_in="300"), SIGNS_IN),
    "kc_extra": (tokens(**{"not-before-policy": 0, "session_state": "x", "refresh_expires_in": 9}), SIGNS_IN),
    "token_ct_text": (set_to("token_content_type", "text/html; charset=utf-8"), SIGNS_IN),
    "nonce_missing": (claims(nonce=None), "nonce_mismatch"),
    "nonce_wrong": (claims(nonce="another"), "nonce_mismatch"),
    "iss_param_wrong": (parameters(iss="https://evil.example"), "issuer_mismatch"),
    "at_hash_wrong": (claims(at_hash="AAAAAAAAAAAAAAAAAAAAAA"), "id_token_invalid"),
    "iss_wrong": (claims(iss="https://evil.example"), "issuer_mismatch"),
    "iss_slash": (claims(iss=f"{ISSUER}/"), "issuer_mismatch"),
    "disc_issuer_mismatch": (announced(issuer="https://evil.example"), "discovery_issuer_mismatch"),
    "aud_wrong": (claims(aud="other"), "audience_mismatch"),
    "aud_multi_noazp": (claims(aud=[CLIENT_ID, "other"]), "audience_mismatch"),
    "azp_wrong": (claims(azp="other"), "audience_mismatch"),
    "exp_past_120s": (claims(exp=SECONDS - 120), "id_token_expired"),
    "exp_missing": (claims(exp=None), "id_token_invalid"),
    "iat_missing": (claims(iat=None), "id_token_invalid"),
    "iat_future_600s": (claims(iat=SECONDS + 600, exp=SECONDS + 900), "id_token_expired"),
    "iat_old_2h": (claims(iat=SECONDS - 7200), "id_token_expired"),
    "nbf_future_600s": (claims(nbf=SECONDS + 600), "id_token_expired"),
    "sub_missing": (claims(sub=None), "id_token_invalid"),
    "kid_unknown": (header(kid="another"), "signature_validation_failed"),
    "sig_wrong_key": (set_to("sign", sign_with(attackers_key())), "signature_validation_failed"),
    "sig_bad": (set_to("sign", lambda _: bytes(256)), "signature_validation_failed"),
    "alg_none": (
        both(header(alg="none"), set_to("sign", lambda _: b"")),
        "signature_validation_failed",
    ),
    "alg_hs256_secret": (
        both(
            header(alg="HS256"),
            set_to("sign", lambda data: hmac.digest(b"the client secret", data, "sha256")),
        ),
        "signature_validation_failed",
    ),
    "alg_ps256": (
        both(
            header(alg="PS256"),
            keys(without(jwk_of(), "alg")),
            set_to("sign", sign_with(private_key(key()), "PS256")),
        ),
        "signature_validation_failed",
    ),
    "token_type_weird": (tokens(token_type="mac"), "token_exchange_failed"),
    "id_token_missing": (set_to("has_id_token", False), "token_exchange_failed"),
    "ui_sub_mismatch": (set_to("userinfo", answer({"sub": "another"})), "subject_mismatch"),
    "ui_sub_missing": (set_to("userinfo", answer({"email": "ada@example.com"})), "subject_mismatch"),
    "ui_401": (set_to("userinfo", answer({"error": "invalid_token"}, 401)), "userinfo_failed"),
    "kid_missing": (header(kid=None), SIGNS_IN),
    "jwks_no_kid": (keys(without(jwk_of(), "kid")), SIGNS_IN),
    "exp_past_5s": (claims(exp=SECONDS - 5), SIGNS_IN),
    "disc_issuer_slash": (
        both(announced(issuer=f"{ISSUER}/"), claims(iss=f"{ISSUER}/"), parameters(iss=f"{ISSUER}/")),
        SIGNS_IN,
    ),
}

POLICY: dict[str, tuple[Spoil, str]] = {
    "iss_param_missing where it is announced": (
        both(parameters(iss=None), announced(authorization_response_iss_parameter_supported=True)),
        "issuer_mismatch",
    ),
    "kid_missing with two keys that fit": (
        both(header(kid=None), keys(jwk_of(), jwk_of(key("RS256", 1)))),
        "signature_validation_failed",
    ),
    "kid_missing with one key for each algorithm": (
        both(header(kid=None), keys(jwk_of(key("ES256")), jwk_of())),
        SIGNS_IN,
    ),
    "jwks_no_kid with two keys that fit": (
        keys(without(jwk_of(), "kid"), without(jwk_of(key("RS256", 1)), "kid")),
        "signature_validation_failed",
    ),
    "alg_ps256 where it is registered": (
        both(
            header(alg="PS256"),
            claims(at_hash=None),
            announced(id_token_signing_alg_values_supported=["RS256", "PS256"]),
            keys(without(jwk_of(), "alg")),
            set_to("sign", sign_with(private_key(key()), "PS256")),
        ),
        SIGNS_IN,
    ),
    "alg_es256 where only RS256 is registered": (
        both(
            header(alg="ES256", kid=key("ES256").kid),
            keys(jwk_of(key("ES256"))),
            set_to("sign", signer(key("ES256"))),
        ),
        "signature_validation_failed",
    ),
}


def code_of(spoil: Spoil) -> str:
    sent = Sent()
    spoil(sent)
    try:
        identity = sign_in(sent)
    except UpstreamError as error:
        return error.code
    assert (identity.subject, identity.email) == ("24400320", "ada@example.com")
    return SIGNS_IN


@pytest.mark.parametrize("row", ROWS)
def test_a_deviation_signs_in_or_is_refused_by_name(row: str) -> None:
    spoil, code = ROWS[row]
    assert code_of(spoil) == code


@pytest.mark.parametrize("row", POLICY)
def test_a_policy_decides_what_a_deviation_means(row: str) -> None:
    spoil, code = POLICY[row]
    assert code_of(spoil) == code


@pytest.mark.skipif(not TABLE.exists(), reason="the table lies beside the repository only at home")
def test_every_row_of_the_table_is_here() -> None:
    text = TABLE.read_text()
    _, _, section = text.partition("## Deviating upstream OpenID Providers")
    listed = section.partition("\n## ")[0].partition("Names:")[0]
    names = set(re.findall(r"`([a-z]+(?:_[a-z0-9]+)*)`", listed))
    assert names == ROWS.keys() | DECIDED_BY_THE_FLOW
