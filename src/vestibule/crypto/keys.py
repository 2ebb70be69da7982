"""A realm's own signing keys: making them, signing with them, verifying and publishing them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from joserfc.jwk import ECKey, OKPKey, RSAKey

from vestibule.crypto import base64url
from vestibule.crypto.algorithms import SIGNATURE_ALGORITHMS, PublicOrPrivateKey, SignatureAlgorithm
from vestibule.crypto.errors import InvalidJwt
from vestibule.crypto.jose import split_compact
from vestibule.crypto.jwks import read_jwk
from vestibule.crypto.secrets import Vault
from vestibule.domain.client import Algorithm
from vestibule.domain.errors import UndecryptableSecret
from vestibule.domain.key import KeyState, StoredKey

T = TypeVar("T")

RSA_BITS = 2048
RSA_EXPONENT = 65537

_ORDER: Mapping[KeyState, int] = {"active": 0, "next": 1, "retired": 2}
_WRAP: Mapping[str, Callable[[Any, Any], PublicOrPrivateKey]] = {
    "RSA": RSAKey,
    "EC": ECKey,
    "OKP": OKPKey,
}


class NoSuchKey(Exception):
    """The realm has no active key for the algorithm."""


class _Header(msgspec.Struct, forbid_unknown_fields=True):
    """The whole JOSE header of a token of ours; anything else in it makes the token not ours."""

    alg: str
    kid: str
    typ: str


_HEADER = msgspec.json.Decoder(_Header)
_CLAIMS = msgspec.json.Decoder(dict[str, object])
_JSON = msgspec.json.Encoder()


def generate_key(
    algorithm: Algorithm, realm_id: str, state: KeyState, vault: Vault, now: datetime
) -> StoredKey:
    """A new key pair for one algorithm; its `kid` is the thumbprint of RFC 7638.

    RS256 and PS256 get keys of their own each. An RSA key takes some tenths of a second of CPU.
    """
    private = _generate(algorithm)
    raw = private.public_key()
    public = _WRAP[SIGNATURE_ALGORITHMS[algorithm].kty](raw, raw)
    kid = public.thumbprint()
    members = {"kid": kid, "use": "sig", "alg": algorithm, **public.as_dict()}
    der = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return StoredKey(
        kid=kid,
        realm_id=realm_id,
        algorithm=algorithm,
        state=state,
        public_jwk=_JSON.encode(members).decode(),
        private=vault.encrypt(der, _context(kid)),
        created_at=now,
    )


def opens(key: StoredKey, vault: Vault) -> bool:
    """Whether its private half opens with a secret key that is configured."""
    try:
        return bool(vault.decrypt(key.private, _context(key.kid)))
    except UndecryptableSecret:
        return False


def reseal_key(key: StoredKey, vault: Vault) -> StoredKey:
    """The same pair, its private half under the secret key that seals now. Raises `UndecryptableSecret`."""
    if vault.is_current(key.private):
        return key
    return replace(key, private=vault.reseal(key.private, _context(key.kid)))


class Keyring:
    """The keys of one realm. Building it does no work: each key is loaded at its first use, then kept.

    It belongs to the event loop and is not for several threads.
    """

    __slots__ = ("_jwks", "_keys", "_signers", "_vault", "_verifiers")

    def __init__(self, keys: Sequence[StoredKey], vault: Vault) -> None:
        self._keys = tuple(keys)
        self._vault = vault
        self._jwks: bytes | None = None
        self._signers: dict[Algorithm, _Signer] = {}
        self._verifiers: dict[str, tuple[StoredKey, SignatureAlgorithm, PublicOrPrivateKey]] = {}

    @property
    def algorithms(self) -> tuple[Algorithm, ...]:
        """The algorithms that have an active key, each once."""
        return tuple(dict.fromkeys(key.algorithm for key in self._sorted() if key.state == "active"))

    @property
    def jwks(self) -> bytes:
        """The JWK Set to publish (RFC 7517 section 5): the active, then the next, then the retired keys."""
        if self._jwks is None:
            self._jwks = b'{"keys":[%s]}' % b",".join(key.public_jwk.encode() for key in self._sorted())
        return self._jwks

    def sign(self, claims: Mapping[str, object], algorithm: Algorithm, typ: str) -> str:
        """A JWT with these claims under the active key; raises `NoSuchKey` where there is none."""
        signer = self._signers.get(algorithm) or self._load_signer(algorithm)
        body = _JSON.encode(claims if isinstance(claims, dict) else dict(claims))
        return signer.sign(body, typ)

    def verify(self, token: str, typ: str, now: datetime | None = None) -> dict[str, object]:
        """The claims of a token of ours with exactly this `typ`, else raises `InvalidJwt`.

        `exp` is left to the caller. A retired key is refused from its `expires_at` on; where no `now`
        is given, the token's own `exp` stands for it: a key vouches for nothing that outlives the key.
        """
        signing_input, header, payload, signature = split_compact(token)
        named = _decode(_HEADER, header)
        stored, known, key = self._verifiers.get(named.kid) or self._load_verifier(named.kid)
        if named.alg != stored.algorithm or named.typ != typ:
            raise InvalidJwt(f"alg {named.alg!r:.40} or typ {named.typ!r:.40} is not that of key and use")
        if not known.signer.verify(signing_input, signature, key):
            raise InvalidJwt("the signature is not ours")
        claims = _decode(_CLAIMS, payload)
        if stored.expires_at is not None:
            _check_not_expired(stored.expires_at, claims, now)
        return claims

    def _sorted(self) -> list[StoredKey]:
        """By state, the newest first, so that every process signs with the same key."""
        newest = sorted(self._keys, key=lambda key: (key.created_at, key.kid), reverse=True)
        return sorted(newest, key=lambda key: _ORDER[key.state])

    def _load_signer(self, algorithm: Algorithm) -> "_Signer":
        for stored in self._sorted():
            if stored.state == "active" and stored.algorithm == algorithm:
                signer = self._signers[algorithm] = _Signer(stored, self._vault)
                return signer
        raise NoSuchKey(f"no active key for {algorithm}")

    def _load_verifier(self, kid: str) -> tuple[StoredKey, SignatureAlgorithm, PublicOrPrivateKey]:
        for stored in self._keys:
            if stored.kid == kid:
                key = read_jwk(msgspec.json.decode(stored.public_jwk)).key
                verifier = self._verifiers[kid] = stored, SIGNATURE_ALGORITHMS[stored.algorithm], key
                return verifier
        raise InvalidJwt(f"kid {kid!r:.80} is not one of the realm's keys")


class _Signer:
    """A loaded private key, with the encoded header of each `typ` that it has signed."""

    __slots__ = ("_headers", "_key", "_known", "_stored")

    def __init__(self, stored: StoredKey, vault: Vault) -> None:
        der = vault.decrypt(stored.private, _context(stored.kid))
        # Made and sealed by us: checking the primes again would cost 8,000 times the loading.
        private = load_der_private_key(der, None, unsafe_skip_rsa_key_validation=True)
        self._stored = stored
        self._known = SIGNATURE_ALGORITHMS[stored.algorithm]
        self._key = _WRAP[self._known.kty](private, msgspec.json.decode(stored.public_jwk))
        self._headers: dict[str, bytes] = {}

    def sign(self, body: bytes, typ: str) -> str:
        signing_input = (self._headers.get(typ) or self._write_header(typ)) + base64url.encode(body)
        signature = self._known.signer.sign(signing_input, self._key)
        return (signing_input + b"." + base64url.encode(signature)).decode()

    def _write_header(self, typ: str) -> bytes:
        header = _Header(alg=self._stored.algorithm, kid=self._stored.kid, typ=typ)
        encoded = self._headers[typ] = base64url.encode(_JSON.encode(header)) + b"."
        return encoded


def _decode(decoder: msgspec.json.Decoder[T], text: bytes) -> T:
    try:
        return decoder.decode(text)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise InvalidJwt("the header or the claims are not as we write them") from error


def _generate(
    algorithm: Algorithm,
) -> rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey:
    if algorithm == "ES256":
        return ec.generate_private_key(ec.SECP256R1())
    if algorithm == "EdDSA":
        return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(RSA_EXPONENT, RSA_BITS)


def _context(kid: str) -> str:
    return f"signing_key/private/{kid}"


def _check_not_expired(expires_at: datetime, claims: Mapping[str, object], now: datetime | None) -> None:
    moment = now.timestamp() if now is not None else claims.get("exp")
    if not isinstance(moment, int | float) or moment > expires_at.timestamp():
        raise InvalidJwt("the key is retired and no longer vouches for this token")
