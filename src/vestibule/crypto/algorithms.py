"""The signature algorithms that we know, each bound to one kind of key (RFC 7518, RFC 8037, RFC 9864)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, cast

from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

PublicOrPrivateKey = RSAKey | ECKey | OKPKey


class Signer(Protocol):
    """An algorithm's two functions, as joserfc implements them over `cryptography`."""

    def sign(self, msg: bytes, key: PublicOrPrivateKey, /) -> bytes: ...
    def verify(self, msg: bytes, sig: bytes, key: PublicOrPrivateKey, /) -> bool: ...


@dataclass(frozen=True, slots=True)
class SignatureAlgorithm:
    """One `alg` value: the `kty` and, where it has one, the `crv` of the keys that may use it."""

    name: str
    kty: str
    crv: str | None
    signer: Signer


def _algorithm(name: str, kty: str, crv: str | None = None) -> SignatureAlgorithm:
    # The algorithm objects are taken once: going through a registry at each signature costs 10 µs.
    return SignatureAlgorithm(name, kty, crv, cast(Signer, JWSRegistry.algorithms[name]))


SIGNATURE_ALGORITHMS: Mapping[str, SignatureAlgorithm] = {
    known.name: known
    for known in (
        *(_algorithm(name, "RSA") for name in ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")),
        _algorithm("ES256", "EC", "P-256"),
        _algorithm("ES384", "EC", "P-384"),
        _algorithm("ES512", "EC", "P-521"),
        _algorithm("EdDSA", "OKP", "Ed25519"),
        _algorithm("Ed25519", "OKP", "Ed25519"),
    )
}
