"""Verification of what an authenticator answered: strict reading here, the signature by py_webauthn.

Pure: no storage, no clock, no await. Loading py_webauthn costs 90 ms and 15 MB, so that this module
is imported where the first answer arrives and not before.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from webauthn import verify_authentication_response, verify_registration_response
from webauthn.helpers import decode_credential_public_key, decoded_public_key_to_cryptography, parse_cbor
from webauthn.helpers.cose import COSECRV, COSEAlgorithmIdentifier
from webauthn.helpers.decode_credential_public_key import (
    DecodedEC2PublicKey,
    DecodedOKPPublicKey,
    DecodedRSAPublicKey,
)
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorAssertionResponse,
    AuthenticatorAttestationResponse,
    CredentialDeviceType,
    RegistrationCredential,
)

from vestibule.crypto import base64url
from vestibule.crypto.strict_json import read_json_object
from vestibule.domain.errors import PasskeyRefused
from vestibule.flows.factors.new_passkey import NewPasskey
from vestibule.flows.factors.webauthn_cbor import check_attestation_object, check_authenticator_data
from vestibule.flows.factors.webauthn_options import ALGORITHMS, RelyingParty

MAX_CREDENTIAL_BYTES = 16 * 1024
TRANSPORTS = ("usb", "nfc", "ble", "smart-card", "hybrid", "internal")

_RSA_BYTES = range(256, 513)
_RSA_EXPONENT = b"\x01\x00\x01"


@dataclass(frozen=True, slots=True)
class Assertion:
    """An answer to a request, read but not verified: nothing in it may be believed yet."""

    credential_id: bytes
    user_handle: bytes
    client_data: bytes
    authenticator_data: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Use:
    """What a verified assertion says of its passkey."""

    sign_count: int
    backup_eligible: bool
    backed_up: bool


def read_assertion(credential: str) -> Assertion:
    """Reads the JSON of an assertion (WebAuthn Level 3 section 5.1), so that its passkey can be found."""
    with _refusing():
        credential_id, response = _read_credential(credential)
        return Assertion(
            credential_id=credential_id,
            user_handle=_bytes(response, "userHandle"),
            client_data=_bytes(response, "clientDataJSON"),
            authenticator_data=_bytes(response, "authenticatorData"),
            signature=_bytes(response, "signature"),
        )


def verify_assertion(assertion: Assertion, public_key: bytes, challenge: bytes, rp: RelyingParty) -> Use:
    """Verifies an assertion for the passkey with this key (WebAuthn Level 3 section 7.2) but for its counter.

    Raises `PasskeyRefused`. The counter is left to the caller: whether it went back is worth an event
    only once the signature is known to be good.
    """
    with _refusing():
        _check_client_data(assertion.client_data, "webauthn.get", challenge, rp)
        check_authenticator_data(assertion.authenticator_data, attested=False)
        verified = verify_authentication_response(
            credential=AuthenticationCredential(
                id=base64url.encode(assertion.credential_id).decode(),
                raw_id=assertion.credential_id,
                response=AuthenticatorAssertionResponse(
                    client_data_json=assertion.client_data,
                    authenticator_data=assertion.authenticator_data,
                    signature=assertion.signature,
                ),
            ),
            expected_challenge=challenge,
            expected_rp_id=rp.id,
            expected_origin=rp.origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
        return Use(
            sign_count=verified.new_sign_count,
            backup_eligible=verified.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
            backed_up=verified.credential_backed_up,
        )


def verify_creation(credential: str, challenge: bytes, rp: RelyingParty) -> NewPasskey:
    """Verifies the JSON of a new credential (WebAuthn Level 3 section 7.1). Raises `PasskeyRefused`."""
    with _refusing():
        credential_id, response = _read_credential(credential)
        client_data, attestation = _bytes(response, "clientDataJSON"), _bytes(response, "attestationObject")
        _check_client_data(client_data, "webauthn.create", challenge, rp)
        _check_attestation(attestation)
        verified = verify_registration_response(
            credential=RegistrationCredential(
                id=base64url.encode(credential_id).decode(),
                raw_id=credential_id,
                response=AuthenticatorAttestationResponse(
                    client_data_json=client_data, attestation_object=attestation
                ),
            ),
            expected_challenge=challenge,
            expected_rp_id=rp.id,
            expected_origin=rp.origin,
            require_user_verification=True,
            supported_pub_key_algs=[COSEAlgorithmIdentifier(algorithm) for algorithm in ALGORITHMS],
        )
        if verified.credential_id != credential_id:
            raise PasskeyRefused("the attested credential id is another than rawId")
        _check_public_key(verified.credential_public_key)
        return NewPasskey(
            credential_id=credential_id,
            public_key=verified.credential_public_key,
            sign_count=verified.sign_count,
            backup_eligible=verified.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
            backed_up=verified.credential_backed_up,
            transports=_read_transports(response),
            aaguid=verified.aaguid,
        )


@contextmanager
def _refusing() -> Iterator[None]:
    """Turns whatever goes wrong while foreign bytes are read into `PasskeyRefused`.

    Broad, here only, and safe: what runs inside is pure, so that an exception of any kind can mean
    nothing but "not verified", and nothing has changed. py_webauthn and what it stands on raise
    WebAuthnException, ValueError (unknown enumeration values, points off the curve, bad UTF-8),
    KeyError and TypeError (COSE parameters missing or of another type), AttributeError,
    OverflowError, RecursionError, CBORDecodeError, UnsupportedAlgorithm, InvalidSignature.
    """
    try:
        yield
    except PasskeyRefused:
        raise
    except Exception as error:
        raise PasskeyRefused(f"{type(error).__name__}: {str(error)[:200]}") from error


def _read_credential(credential: str) -> tuple[bytes, dict[str, Any]]:
    """The credential id and the response of a PublicKeyCredentialJSON."""
    if len(credential) > MAX_CREDENTIAL_BYTES:
        raise PasskeyRefused(f"more than {MAX_CREDENTIAL_BYTES} bytes")
    parsed = read_json_object(credential.encode())
    if parsed.get("type") != "public-key":
        raise PasskeyRefused("not of the type public-key")
    credential_id = _bytes(parsed, "rawId")
    if _bytes(parsed, "id") != credential_id:
        raise PasskeyRefused("id and rawId differ")
    response = parsed["response"]
    if not isinstance(response, dict):
        raise PasskeyRefused("the response is not an object")
    return credential_id, response


def _bytes(members: dict[str, Any], name: str) -> bytes:
    """The bytes behind a member in canonical base64url; there must be some."""
    text = members.get(name)
    if not isinstance(text, str) or not text:
        raise PasskeyRefused(f"{name} is missing")
    return base64url.decode(text.encode("ascii"))


def _check_client_data(client_data: bytes, kind: str, challenge: bytes, rp: RelyingParty) -> None:
    """Compares what the browser says of its page, letter for letter (WebAuthn Level 3 section 5.8.1).

    We are never framed, so that `crossOrigin` and `topOrigin` tell of a foreign page around ours (WA-01).
    """
    said = read_json_object(client_data)
    expected = {"type": kind, "origin": rp.origin, "challenge": base64url.encode(challenge).decode()}
    for name, value in expected.items():
        if said.get(name) != value:
            raise PasskeyRefused(f"{name}: expected {value!r}, came {str(said.get(name))[:200]!r}")
    if said.get("crossOrigin", False) is not False or "topOrigin" in said:
        raise PasskeyRefused("the page was framed by another one")


def _check_attestation(attestation: bytes) -> None:
    """Lets pass what browsers leave when asked for no attestation: none, or the credential's own signature.

    WebAuthn Level 3 section 5.1.3. A certificate would be worth nothing without a list of roots, and
    its readers are the largest surface of py_webauthn, so that none is ever read (WA-07).
    """
    check_attestation_object(attestation)
    parsed = parse_cbor(attestation)
    statement = parsed["attStmt"]
    if parsed["fmt"] == "none":
        expected: set[str] = set()
    elif parsed["fmt"] == "packed":
        expected = {"alg", "sig"}
    else:
        raise PasskeyRefused(f"attestation {str(parsed['fmt'])[:200]!r} was not asked for")
    if len(parsed) != 3 or not isinstance(statement, dict) or set(statement) != expected:
        raise PasskeyRefused("the attestation has members that were not asked for")
    check_authenticator_data(parsed["authData"], attested=True)


def _check_public_key(public_key: bytes) -> None:
    """Whether the key is one of ours in all its parameters, and a point or modulus that can be used.

    py_webauthn compares the algorithm only: ES256 on another curve would pass, and an RSA key of any size.
    """
    key = decode_credential_public_key(public_key)
    match key:
        case DecodedEC2PublicKey(alg=COSEAlgorithmIdentifier.ECDSA_SHA_256, crv=COSECRV.P256):
            fits = len(key.x) == len(key.y) == 32
        case DecodedOKPPublicKey(alg=COSEAlgorithmIdentifier.EDDSA, crv=COSECRV.ED25519):
            fits = len(key.x) == 32
        case DecodedRSAPublicKey(alg=COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256):
            fits = len(key.n) in _RSA_BYTES and key.n[0] > 0 and key.e == _RSA_EXPONENT
        case _:
            fits = False
    if not fits:
        raise PasskeyRefused("a public key of a kind that was not offered")
    decoded_public_key_to_cryptography(key)


def _read_transports(response: dict[str, Any]) -> tuple[str, ...]:
    """How the authenticator can be reached, as the browser says: a hint, so only known words."""
    said = response.get("transports")
    return tuple(name for name in TRANSPORTS if name in said) if isinstance(said, list) else ()
