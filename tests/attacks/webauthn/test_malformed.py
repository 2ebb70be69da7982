"""Passkeys whose bytes are not what an authenticator writes, and attestations that nobody asked for."""

from datetime import UTC, datetime, timedelta
from typing import Any

import cbor2
import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from tests import passkeys
from tests.attacks.webauthn.house import House, check_enrolment_refused, check_refused, check_sign_in_refused
from tests.authenticator import ES256, Deviation, encode, new_key, shared_reference_bomb


async def test_WA_06_a_signature_by_another_key_is_refused(house: House) -> None:
    await check_sign_in_refused(house, Deviation(signing_key=new_key(ES256)))


@pytest.mark.parametrize("signature", ["", "AA", "A" * 4000, encode(bytes(64)), 7, None])
async def test_WA_06_something_in_place_of_a_signature_is_refused(house: House, signature: Any) -> None:
    await check_sign_in_refused(house, Deviation(response={"signature": signature}))


async def test_WA_06_bytes_after_the_signed_authenticator_data_are_refused(house: House) -> None:
    await check_sign_in_refused(house, Deviation(trailing=b"\x00"))


POINT = {1: 2, 3: -7, -1: 1, -2: b"\x01" * 32, -3: b"\x02" * 32}


@pytest.mark.parametrize(
    "deviation",
    [
        pytest.param(
            Deviation(cose_key=cbor2.dumps(POINT | {3: -35})), id="an algorithm that was not offered"
        ),
        pytest.param(Deviation(cose_key=cbor2.dumps(POINT)), id="a point that is not on the curve"),
        pytest.param(Deviation(trailing=b"\x00"), id="a byte after the key"),
        pytest.param(Deviation(attestation_trailing=b"\x00"), id="a byte after the attestation"),
        pytest.param(Deviation(cose_key=shared_reference_bomb(40)), id="shared references in the key"),
        pytest.param(Deviation(cose_key=b"\xa1\x61a" + b"\x81" * 5000), id="deep nesting"),
        pytest.param(Deviation(attestation={"authData": "text"}), id="authenticator data of text"),
        pytest.param(Deviation(attestation={"authData": b""}), id="no authenticator data"),
        pytest.param(Deviation(attested_credential_id=b"another"), id="another credential inside"),
        pytest.param(
            Deviation(response={"attestationObject": encode(b"\x9b" + b"\x7f" * 8)}), id="2^62 items"
        ),
        pytest.param(Deviation(response={"attestationObject": "A" * 12_000}), id="12 kB of zeros"),
        pytest.param(Deviation(response={"clientDataJSON": encode(b"[" * 9000)}), id="deep JSON"),
        pytest.param(
            Deviation(response={"clientDataJSON": encode(b"\xff\x00")}), id="client data that is no text"
        ),
        pytest.param(Deviation(client={"challenge": "\ud800"}), id="a lone surrogate"),
        pytest.param(Deviation(client={"more": "\x00"}), id="a NUL"),
        pytest.param(Deviation(outer={"response": [1]}), id="a list in place of the response"),
        pytest.param(Deviation(outer={"more": "a" * 16_000}), id="more than 16 kB"),
    ],
)
async def test_WA_06_a_malformed_new_passkey_is_refused(house: House, deviation: Deviation) -> None:
    await check_enrolment_refused(house, deviation)


async def test_WA_06_an_attestation_of_a_megabyte_is_refused(house: House) -> None:
    browser = await passkeys.open_offer(house.world, "bob")
    huge = Deviation(response={"attestationObject": "A" * 1_000_000})
    credential, before = (
        passkeys.device().create(await passkeys.fetch_options(browser), huge),
        await house.state(),
    )
    answer = await passkeys.send(browser, credential)
    assert isinstance(answer, httpx.Response)
    assert answer.status_code in (400, 413)
    assert await house.state() == before


def self_made_certificate() -> tuple[ec.EllipticCurvePrivateKey, bytes]:
    """A key and a certificate that claims to be an authenticator maker's."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name.from_rfc4514_string("CN=Maker,OU=Authenticator Attestation,O=Maker,C=DE")
    made = datetime(2026, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(made)
        .not_valid_after(made + timedelta(days=3650))
        .sign(key, SHA256())
    )
    return key, certificate.public_bytes(Encoding.DER)


async def check_packed_refused(house: House, deviation: Deviation) -> None:
    browser = await passkeys.open_offer(house.world, "bob")
    before = await house.state()
    credential = passkeys.device().self_attested(await passkeys.fetch_options(browser), deviation)
    check_refused(await passkeys.send(browser, credential))
    assert await house.state() == before


async def test_WA_07_a_certificate_of_a_self_made_root_is_refused(house: House) -> None:
    key, certificate = self_made_certificate()
    await check_packed_refused(house, Deviation(signing_key=key, attestation={"x5c": [certificate]}))


async def test_WA_07_a_self_attestation_that_another_key_signed_is_refused(house: House) -> None:
    await check_packed_refused(house, Deviation(signing_key=new_key(ES256)))


async def test_WA_07_a_self_attestation_of_another_algorithm_is_refused(house: House) -> None:
    await check_packed_refused(house, Deviation(attestation={"alg": -257}))


@pytest.mark.parametrize(
    "form", ["fido-u2f", "tpm", "android-key", "android-safetynet", "apple", "compound", "", 7, None]
)
async def test_WA_07_an_attestation_that_was_not_asked_for_is_refused(house: House, form: Any) -> None:
    await check_enrolment_refused(house, Deviation(attestation={"fmt": form}))


async def test_WA_07_no_attestation_with_a_statement_is_refused(house: House) -> None:
    await check_enrolment_refused(house, Deviation(attestation={"attStmt": {"sig": b"signed"}}))
