"""A software authenticator and its browser: answers options as `toJSON()` writes them, faithfully or not.

`Deviation` lists what an attacker changes. The changes to signed parts are made before signing, so
that each refusal comes from the rule in question and not from a broken signature.
"""

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey

ES256, EDDSA, RS256 = -7, -8, -257
USER_PRESENT, USER_VERIFIED, BACKUP_ELIGIBLE, BACKED_UP, ATTESTED, EXTENSIONS = 1, 4, 8, 16, 64, 128


@dataclass(frozen=True)
class Deviation:
    """What differs from an honest answer; the defaults change nothing.

    `client` overwrites members of the client data (None removes one), `set_flags` and `clear_flags`
    change the authenticator data's flags, `outer` and `response` overwrite members of the answer's JSON.
    """

    client: Mapping[str, Any] = field(default_factory=dict)
    rp_id: str | None = None
    set_flags: int = 0
    clear_flags: int = 0
    sign_count: int | None = None
    signing_key: PrivateKey | None = None
    user_handle: bytes | None = None
    trailing: bytes = b""
    cose_key: bytes | None = None
    attestation: Mapping[str, Any] | None = None
    attestation_trailing: bytes = b""
    attested_credential_id: bytes | None = None
    outer: Mapping[str, Any] = field(default_factory=dict)
    response: Mapping[str, Any] = field(default_factory=dict)


HONEST = Deviation()


@dataclass
class Authenticator:
    """A device with one passkey. A `synced` one may be backed up and never counts."""

    origin: str
    algorithm: int = ES256
    synced: bool = True
    transports: tuple[str, ...] = ("internal", "hybrid")
    aaguid: bytes = bytes(16)
    credential_id: bytes = field(default_factory=lambda: os.urandom(32))
    sign_count: int = 0
    user_handle: bytes = b""
    rp_id: str = ""
    key: PrivateKey = field(init=False)

    def __post_init__(self) -> None:
        self.key = new_key(self.algorithm)

    def create(self, options: str, deviation: Deviation = HONEST) -> str:
        """The answer of `navigator.credentials.create` to creation options."""
        asked = json.loads(options)
        self.rp_id, self.user_handle = asked["rp"]["id"], decode(asked["user"]["id"])
        client_data = self._client_data("webauthn.create", asked["challenge"], deviation)
        authenticator_data = self._authenticator_data(deviation, self._attested(deviation))
        attestation = {"fmt": "none", "attStmt": {}, "authData": authenticator_data}
        attestation |= dict(deviation.attestation or {})
        response = {
            "clientDataJSON": encode(client_data),
            "attestationObject": encode(cbor2.dumps(attestation) + deviation.attestation_trailing),
            "authenticatorData": encode(authenticator_data),
            "transports": list(self.transports),
            "publicKeyAlgorithm": self.algorithm,
        }
        return self._write(response, deviation)

    def get(self, options: str, deviation: Deviation = HONEST) -> str:
        """The answer of `navigator.credentials.get` to request options."""
        asked = json.loads(options)
        client_data = self._client_data("webauthn.get", asked["challenge"], deviation)
        authenticator_data = self._authenticator_data(deviation)
        handle = self.user_handle if deviation.user_handle is None else deviation.user_handle
        response = {
            "clientDataJSON": encode(client_data),
            "authenticatorData": encode(authenticator_data),
            "signature": encode(self.sign(authenticator_data, client_data, deviation)),
            "userHandle": encode(handle),
        }
        return self._write(response, deviation)

    def self_attested(self, options: str, deviation: Deviation = HONEST) -> str:
        """As `create`, with a packed statement that the credential's own key signed."""
        asked = json.loads(options)
        self.rp_id, self.user_handle = asked["rp"]["id"], decode(asked["user"]["id"])
        client_data = self._client_data("webauthn.create", asked["challenge"], deviation)
        authenticator_data = self._authenticator_data(deviation, self._attested(deviation))
        statement = {"alg": self.algorithm, "sig": self.sign(authenticator_data, client_data, deviation)}
        extra = dict(deviation.attestation or {})
        packed = {"fmt": "packed", "attStmt": statement | extra, "authData": authenticator_data}
        response = {"clientDataJSON": encode(client_data), "attestationObject": encode(cbor2.dumps(packed))}
        return self._write(response, deviation)

    def sign(self, authenticator_data: bytes, client_data: bytes, deviation: Deviation = HONEST) -> bytes:
        """Signs as WebAuthn section 6.3.3 says, with the passkey's key or the deviation's."""
        key = deviation.signing_key or self.key
        text = authenticator_data + hashlib.sha256(client_data).digest()
        if isinstance(key, ec.EllipticCurvePrivateKey):
            return key.sign(text, ec.ECDSA(SHA256()))
        if isinstance(key, ed25519.Ed25519PrivateKey):
            return key.sign(text)
        return key.sign(text, padding.PKCS1v15(), SHA256())

    def _client_data(self, kind: str, challenge: str, deviation: Deviation) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        said |= dict(deviation.client)
        return json.dumps({name: value for name, value in said.items() if value is not None}).encode()

    def _authenticator_data(self, deviation: Deviation, attested: bytes = b"") -> bytes:
        flags = USER_PRESENT | USER_VERIFIED
        flags |= BACKUP_ELIGIBLE | BACKED_UP if self.synced else 0
        flags |= ATTESTED if attested else 0
        flags = (flags | deviation.set_flags) & ~deviation.clear_flags
        if not self.synced:
            self.sign_count += 1
        count = self.sign_count if deviation.sign_count is None else deviation.sign_count
        rp_id_hash = hashlib.sha256((deviation.rp_id or self.rp_id).encode()).digest()
        return rp_id_hash + bytes([flags]) + count.to_bytes(4) + attested + deviation.trailing

    def _attested(self, deviation: Deviation) -> bytes:
        key = cose_key(self.key) if deviation.cose_key is None else deviation.cose_key
        credential_id = deviation.attested_credential_id or self.credential_id
        return self.aaguid + len(credential_id).to_bytes(2) + credential_id + key

    def _write(self, response: dict[str, Any], deviation: Deviation) -> str:
        answer = {
            "id": encode(self.credential_id),
            "rawId": encode(self.credential_id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": response | dict(deviation.response),
        }
        return json.dumps(answer | dict(deviation.outer))


def new_key(algorithm: int) -> PrivateKey:
    """A fresh private key for a COSE algorithm."""
    if algorithm == EDDSA:
        return ed25519.Ed25519PrivateKey.generate()
    if algorithm == RS256:
        return rsa.generate_private_key(65537, 2048)
    return ec.generate_private_key(ec.SECP256R1())


def cose_key(key: PrivateKey) -> bytes:
    """The public half as a COSE key (RFC 9053 sections 2 and 7)."""
    public = key.public_key()
    if isinstance(public, ed25519.Ed25519PublicKey):
        return cbor2.dumps({1: 1, 3: EDDSA, -1: 6, -2: public.public_bytes_raw()})
    if isinstance(public, rsa.RSAPublicKey):
        modulus, exponent = public.public_numbers().n, public.public_numbers().e
        size = (public.key_size + 7) // 8
        return cbor2.dumps({1: 3, 3: RS256, -1: modulus.to_bytes(size), -2: exponent.to_bytes(3)})
    numbers = public.public_numbers()
    return cbor2.dumps({1: 2, 3: ES256, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)})


def encode(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """The opposite of `encode`."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def shared_reference_bomb(levels: int) -> bytes:
    """Nested lists that each hold the former twice by reference: 2^levels items once written out."""
    lists = b"".join(b"\xd8\x1c\x82" + 2 * (b"\xd8\x1d" + cbor2.dumps(level)) for level in range(levels))
    return b"\xa1\x61a" + bytes([0x98, levels + 1]) + b"\xd8\x1c\x81\x01" + lists
