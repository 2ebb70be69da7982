"""Verifying JWTs: a strict reader that no library has, then joserfc's signature check.

Only compact JWS is read (RFC 7515 section 7.1), never a JWE or a JSON serialization. Keys come from the
caller alone: the header's `jwk`, `jku`, `x5u` and `x5c` are not looked at (RFC 8725 section 3.10).
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from vestibule.crypto import base64url
from vestibule.crypto.algorithms import SIGNATURE_ALGORITHMS, SignatureAlgorithm
from vestibule.crypto.errors import InvalidJwt, UnknownKeyId
from vestibule.crypto.jwks import Jwks, VerificationKey, read_jwks
from vestibule.crypto.strict_json import read_json_object

__all__ = [
    "InvalidJwt",
    "Jwks",
    "Jwt",
    "UnknownKeyId",
    "check_issuer",
    "check_times",
    "read_jwks",
    "read_kid",
    "read_unverified_claims",
    "split_compact",
    "verify_jws",
]

MAX_TOKEN_CHARACTERS = 16 * 1024
MAX_KEYS_TRIED = 4
SKEW_SECONDS = 60
YEAR_10000 = 253_402_300_800
"""No time claim reaches it: datetime ends there, and every sane token much earlier."""


@dataclass(frozen=True, slots=True)
class Jwt:
    """A JWT whose signature verified; its claims are still to be checked."""

    header: dict[str, Any]
    claims: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Jws:
    header: dict[str, Any]
    claims: dict[str, Any]
    signing_input: bytes
    signature: bytes


def split_compact(token: str) -> tuple[bytes, bytes, bytes, bytes]:
    """Signing input, header, payload and signature of a compact JWS, decoded but not yet trusted.

    The size is looked at before anything else is done with the text (JW-18), and each part has only
    its canonical spelling (JW-08). Raises `InvalidJwt`.
    """
    if len(token) > MAX_TOKEN_CHARACTERS:
        raise InvalidJwt(f"longer than {MAX_TOKEN_CHARACTERS} characters")
    parts = token.count(".") + 1
    if parts != 3:
        raise InvalidJwt(f"a signed token has 3 parts, this has {parts}")
    try:
        raw = token.encode("ascii")
        signing_input, _, signature = raw.rpartition(b".")
        header, _, payload = signing_input.partition(b".")
        decoded = base64url.decode(header), base64url.decode(payload), base64url.decode(signature)
    except ValueError as error:
        raise InvalidJwt("a part is not canonical base64url") from error
    return signing_input, *decoded


def read_unverified_claims(token: str) -> dict[str, Any]:
    """The claims of a token that nobody has verified, to find out whose keys to verify it with."""
    return _read(token).claims


def read_kid(token: str) -> str | None:
    """The `kid` of a token that nobody has verified, to look for its key. Raises `InvalidJwt`."""
    _, header, _, _ = split_compact(token)
    try:
        kid = read_json_object(header).get("kid")
    except ValueError as error:
        raise InvalidJwt(f"header: {error}") from error
    return kid if isinstance(kid, str) else None


def verify_jws(token: str, jwks: Jwks, algorithms: Collection[str]) -> Jwt:
    """The JWT, if a key of `jwks` made its signature with one of `algorithms`; else raises `InvalidJwt`.

    The key's kind and its own `alg` must permit the header's `alg` (RFC 8725 sections 3.1 and 3.2):
    there is no way to `none` or to HMAC. Raises `UnknownKeyId` where no key is worth trying.
    """
    jws = _read(token)
    algorithm = _check_header(jws.header, algorithms)
    candidates = _candidates(jws.header.get("kid"), jwks, algorithm.name)
    for candidate in candidates[:MAX_KEYS_TRIED]:
        if _is_signed(jws, algorithm, candidate):
            return Jwt(jws.header, jws.claims)
    raise InvalidJwt("the signature is not of a permitted key")


def check_times(
    claims: Mapping[str, Any],
    now: datetime,
    *,
    skew_seconds: int = SKEW_SECONDS,
    require: Collection[str] = ("exp",),
    max_age_seconds: int | None = None,
) -> None:
    """`exp`, `nbf` and `iat` (RFC 7519 sections 4.1.4 to 4.1.6), each a sane number where it is there.

    One skew holds for all three. With `max_age_seconds` the token must say `iat` and be no older.
    Raises `InvalidJwt`.
    """
    for name in require:
        if name not in claims:
            raise InvalidJwt(f"{name} is missing")
    present = now.timestamp()
    expires, not_before, issued = (_read_time(claims, name) for name in ("exp", "nbf", "iat"))
    if expires is not None and present >= expires + skew_seconds:
        raise InvalidJwt(f"expired {present - expires:.0f} s ago")
    if not_before is not None and present < not_before - skew_seconds:
        raise InvalidJwt(f"not valid for another {not_before - present:.0f} s")
    if issued is not None and present < issued - skew_seconds:
        raise InvalidJwt(f"issued {issued - present:.0f} s in the future")
    if max_age_seconds is not None and (issued is None or present > issued + max_age_seconds + skew_seconds):
        raise InvalidJwt(f"iat is missing or more than {max_age_seconds} s ago")


def check_issuer(claims: Mapping[str, Any], issuer: str) -> None:
    """`iss` must be exactly this text: no list, no prefix, no slash more or less (JW-21)."""
    found = claims.get("iss")
    if not isinstance(found, str) or found != issuer:
        raise InvalidJwt(f"iss is {found!r}, expected {issuer!r}")


def _read(token: str) -> _Jws:
    signing_input, header, payload, signature = split_compact(token)
    try:
        return _Jws(read_json_object(header), read_json_object(payload), signing_input, signature)
    except ValueError as error:
        raise InvalidJwt(f"header or claims: {error}") from error


def _check_header(header: Mapping[str, Any], algorithms: Collection[str]) -> SignatureAlgorithm:
    """RFC 7515 section 4.1. We understand no extension, so that `crit` and `b64` are refused as such."""
    for name in ("crit", "b64", "enc", "zip"):
        if name in header:
            raise InvalidJwt(f"header {name} is not supported")
    for name in ("kid", "typ"):
        if not isinstance(header.get(name, ""), str):
            raise InvalidJwt(f"header {name} is not a string")
    alg = header.get("alg")
    if not isinstance(alg, str) or alg not in algorithms or alg not in SIGNATURE_ALGORITHMS:
        raise InvalidJwt(f"alg {alg!r:.40} is not permitted")
    return SIGNATURE_ALGORITHMS[alg]


def _candidates(kid: str | None, jwks: Jwks, alg: str) -> list[VerificationKey]:
    """The keys worth trying: those with the token's `kid`, else those of a set that names none."""
    permitted = [key for key in jwks.keys if alg in key.algorithms]
    named = [key for key in permitted if kid is None or key.kid == kid]
    found = named or [key for key in permitted if key.kid is None]
    if not found:
        raise UnknownKeyId(f"no key for alg {alg} with kid {kid!r:.80}")
    return found


def _is_signed(jws: _Jws, algorithm: SignatureAlgorithm, candidate: VerificationKey) -> bool:
    try:
        return algorithm.signer.verify(jws.signing_input, jws.signature, candidate.key)
    except ValueError:
        return False


def _read_time(claims: Mapping[str, Any], name: str) -> float | None:
    """A NumericDate (RFC 7519 section 2). `True` is a number to Python, but not to JSON."""
    if name not in claims:
        return None
    value = claims[name]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidJwt(f"{name} is not a number")
    if not math.isfinite(value) or not 0 <= value < YEAR_10000:
        raise InvalidJwt(f"{name} is not a sane time")
    return float(value)
