"""Which key may have signed a token of the provider, and whether it did."""

import math
from collections.abc import Collection, Mapping
from typing import Any

from vestibule.crypto.jose import InvalidJwt, Jwks, Jwt, split_compact, verify_jws
from vestibule.crypto.strict_json import read_json_object
from vestibule.domain.errors import IdTokenInvalid, SignatureValidationFailed
from vestibule.oidc.relying_party.messages import shown

DEFAULT_ALGORITHMS = frozenset({"RS256", "ES256", "EdDSA", "Ed25519"})
"""What is taken where nothing was agreed. Another one, such as PS256, is taken where it is registered."""
YEAR_10000 = 253_402_300_800


def verify_signature(token: str, jwks: Jwks, algorithms: Collection[str]) -> Jwt:
    """The token, if the one fitting key of `jwks` signed it with one of `algorithms`; of the default ones,
    where that is empty.

    Raises `SignatureValidationFailed`, also where it is no signed token at all.
    """
    header = _read_header(token)
    agreed = frozenset(algorithms) or DEFAULT_ALGORITHMS
    if header["alg"] not in agreed:
        raise SignatureValidationFailed(
            "alg", expected=", ".join(sorted(agreed)), came=shown(header["alg"], 40)
        )
    keys = _fitting_keys(header, jwks)
    if not keys.keys:
        raise SignatureValidationFailed(
            f"{len(jwks.keys)} keys are published",
            expected=f"one key with kid {shown(header.get('kid'), 80)}",
        )
    try:
        return verify_jws(token, keys, agreed)
    except InvalidJwt as error:
        raise SignatureValidationFailed(error.detail) from None


def read_time(claims: Mapping[str, Any], name: str) -> float | None:
    """A NumericDate (RFC 7519 section 2); None where it is absent. `True` is a number to Python only.

    Raises `IdTokenInvalid`.
    """
    value = claims.get(name)
    if value is None:
        return None
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value) or not 0 <= value < YEAR_10000:
        raise IdTokenInvalid(expected=f"{name}, a time in seconds", came=shown(value, 60))
    return float(value)


def _read_header(token: str) -> dict[str, Any]:
    try:
        header = read_json_object(split_compact(token)[1])
    except (InvalidJwt, ValueError) as error:
        raise SignatureValidationFailed(f"not a signed token: {error}") from None
    if not isinstance(header.get("alg"), str) or not isinstance(header.get("kid", ""), str):
        raise SignatureValidationFailed(expected="alg and kid, texts", came=shown(header.get("alg"), 40))
    return header


def _fitting_keys(header: Mapping[str, Any], jwks: Jwks) -> Jwks:
    """The keys with the token's `kid`. Where it names none, or the set names none, there must be exactly one
    of the right kind: a provider that publishes several and does not say which one leaves us to guess."""
    kid = header.get("kid")
    permitted = [key for key in jwks.keys if header["alg"] in key.algorithms]
    if named := [key for key in permitted if kid is not None and key.kid == kid]:
        return Jwks(tuple(named))
    candidates = permitted if kid is None else [key for key in permitted if key.kid is None]
    return Jwks(tuple(candidates) if len(candidates) == 1 else ())
