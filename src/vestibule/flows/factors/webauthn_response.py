"""Verification of what an authenticator answered: strict reading here, the signature by py_webauthn.

Pure: no storage, no clock, no await. Loading py_webauthn costs 90 ms and 15 MB, so that this module
is imported where the first answer arrives and not before.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from webauthn import verify_authentication_response, verify_registration_response
from webauthn.helpers import (
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
    parse_backup_flags,
    parse_cbor,
)
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
from vestibule.flows.factors.webauthn_cbor import check_attestation_object, check_authenticator_data
from vestibule.flows.factors.webauthn_options import ALGORITHMS, RelyingParty

MAX_CREDENTIAL_BYTES = 16 * 1024
