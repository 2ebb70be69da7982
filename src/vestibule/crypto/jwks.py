"""Keys of strangers: a JWK Set in, the keys that may verify a signature out (RFC 7517)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from vestibule.crypto import base64url
from vestibule.crypto.algorithms import SIGNATURE_ALGORITHMS, PublicOrPrivateKey, SignatureAlgorithm
from vestibule.crypto.errors import InvalidJwt
from vestibule.crypto.strict_json import read_json_object

MAX_JWKS_BYTES = 256 * 1024
MAX_KEYS = 50
MIN_RSA_BITS = 2048
MAX_RSA_BITS = 8192
MAX_RSA_EXPONENT_BITS = 64

_MEMBERS: Mapping[str, tuple[str, ...]] = {"RSA": ("n", "e"), "EC": ("crv", "x", "y"), "OKP": ("crv", "x")}
_PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_IMPORTS: Mapping[str, Callable[[Any], PublicOrPrivateKey]] = {
    "RSA": RSAKey.import_key,
    "EC": ECKey.import_key,
    "OKP": OKPKey.import_key,
}


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """A public key with the algorithm names that its kind, and its own `alg` where it has one, permits."""

    kid: str | None
    algorithms: frozenset[str]
    key: PublicOrPrivateKey


@dataclass(frozen=True, slots=True)
class Jwks:
    """The usable keys in the order of the set, and for each other key a sentence why it is left out."""

    keys: tuple[VerificationKey, ...]
    ignored: tuple[str, ...] = ()


def read_jwks(text: bytes | str) -> Jwks:
    """Reads a JWK Set (RFC 7517 section 5); a key that must not be used is left out, with the reason.

    Raises `InvalidJwt` where the text is too large, is not strict JSON or has no array `keys`.
    """
    try:
        raw = text if isinstance(text, bytes) else text.encode()
        if len(raw) > MAX_JWKS_BYTES:
            raise ValueError(f"larger than {MAX_JWKS_BYTES} bytes")
        entries = read_json_object(raw).get("keys")
        if not isinstance(entries, list):
            raise ValueError("no array “keys”")
    except ValueError as error:
        raise InvalidJwt(f"JWK Set: {error}") from error
    keys: list[VerificationKey] = []
    ignored: list[str] = []
    for position, entry in enumerate(entries[:MAX_KEYS]):
        try:
            keys.append(read_jwk(entry))
        except ValueError as error:
            ignored.append(f"key {position}: {error}")
    if len(entries) > MAX_KEYS:
        ignored.append(f"{len(entries) - MAX_KEYS} keys after the first {MAX_KEYS}")
    return Jwks(tuple(keys), tuple(ignored))


def read_jwk(entry: object) -> VerificationKey:
    """One public key for signatures; raises `ValueError` with the reason where it must not be used."""
    if not isinstance(entry, dict):
        raise ValueError("not an object")
    members = _public_members(entry)
    _check_purpose(entry)
    kid, alg = entry.get("kid"), entry.get("alg")
    if not isinstance(kid, str | None):
        raise ValueError("kid is not a string")
    names = frozenset(known.name for known in SIGNATURE_ALGORITHMS.values() if _fits(known, members))
    if not names:
        raise ValueError(f"curve {members.get('crv')!r} is not supported")
    if alg is not None:
        names = names & {alg} if isinstance(alg, str) else frozenset()
        if not names:
            raise ValueError(f"alg {alg!r} is not a signature algorithm for {entry['kty']} keys")
    if entry["kty"] == "RSA":
        _check_rsa(members)
    try:
        return VerificationKey(kid, names, _IMPORTS[entry["kty"]](members))
    except (JoseError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ValueError(f"not a valid {entry['kty']} key: {error}") from error


def _public_members(entry: dict[str, Any]) -> dict[str, str]:
    kty = entry.get("kty")
    if not isinstance(kty, str) or kty not in _MEMBERS:
        raise ValueError(f"kty {kty!r} is not supported")
    if private := sorted(_PRIVATE_MEMBERS & entry.keys()):
        raise ValueError(f"private members {', '.join(private)}")
    members = {name: entry.get(name) for name in _MEMBERS[kty]}
    if not all(isinstance(value, str) and value.isascii() for value in members.values()):
        raise ValueError(f"needs the strings {', '.join(members)}")
    return {"kty": kty, **members}  # type: ignore[dict-item]  # checked above


def _check_purpose(entry: dict[str, Any]) -> None:
    """`use` and `key_ops` (RFC 7517 sections 4.2 and 4.3)."""
    if entry.get("use", "sig") != "sig":
        raise ValueError(f"use is {entry['use']!r}")
    operations = entry.get("key_ops", ["verify"])
    if not isinstance(operations, list) or "verify" not in operations:
        raise ValueError("key_ops does not hold “verify”")


def _fits(known: SignatureAlgorithm, members: Mapping[str, str]) -> bool:
    return known.kty == members["kty"] and known.crv == members.get("crv")


def _check_rsa(members: Mapping[str, str]) -> None:
    modulus = int.from_bytes(base64url.decode(members["n"].encode()))
    exponent = int.from_bytes(base64url.decode(members["e"].encode()))
    if not MIN_RSA_BITS <= modulus.bit_length() <= MAX_RSA_BITS:
        raise ValueError(f"an RSA key of {modulus.bit_length()} bits")
    if modulus % 2 == 0:
        raise ValueError("an even RSA modulus")
    if exponent < 3 or exponent % 2 == 0 or exponent.bit_length() > MAX_RSA_EXPONENT_BITS:
        raise ValueError("an RSA exponent that is one, even or huge")
