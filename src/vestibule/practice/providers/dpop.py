"""Proof of possession at a practice provider (RFC 9449); where it is demanded, in Okta's words."""

import hashlib

from starlette.requests import Request

from vestibule.crypto import base64url
from vestibule.crypto.jose import InvalidJwt, check_times, split_compact, verify_jws
from vestibule.crypto.jwks import Jwks, read_jwk
from vestibule.crypto.strict_json import read_json_object
from vestibule.practice.providers.errors import ProtocolError
from vestibule.practice.providers.provider import Provider

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
PROOF_SECONDS = 300


def check_token_proof(provider: Provider, request: Request, address: str) -> str:
    """The thumbprint of the key that the tokens are to be bound to; blank where there is no proof.

    Raises `invalid_dpop_proof`, or `use_dpop_nonce` with the nonce to use (RFC 9449 section 8).
    """
    proof = request.headers.get("dpop")
    if proof is None:
        if "dpop_required" in provider.faults:
            raise _refused("The DPoP proof JWT header is missing.")
        return ""
    if "dpop_refused" in provider.faults:
        raise _refused("The DPoP proof JWT is invalid.")
    claims, thumbprint = _verify(provider, proof, "POST", address)
    if "dpop_required" in provider.faults and claims.get("nonce") != provider.dpop_nonce:
        raise ProtocolError(
            "use_dpop_nonce",
            "Authorization server requires nonce in DPoP proof.",
            headers={"dpop-nonce": provider.dpop_nonce},
        )
    return thumbprint


def check_access_proof(provider: Provider, request: Request, address: str, token: str) -> str:
    """The thumbprint of the key that proves possession of the access token (RFC 9449 section 7)."""
    claims, thumbprint = _verify(provider, request.headers.get("dpop", ""), request.method, address)
    digest = hashlib.sha256(token.encode()).digest()
    if claims.get("ath") != base64url.encode(digest).decode():
        raise _refused("The DPoP proof is of another access token.")
    return thumbprint


def _verify(provider: Provider, proof: str, method: str, address: str) -> tuple[dict[str, object], str]:
    """RFC 9449 section 4.3."""
    try:
        header = read_json_object(split_compact(proof)[1])
        jwk = header.get("jwk")
        if header.get("typ") != "dpop+jwt" or not isinstance(jwk, dict):
            raise _refused("The DPoP proof has another typ, or no jwk.")
        key = read_jwk(jwk)
        claims = verify_jws(proof, Jwks((key,)), ALGORITHMS).claims
        check_times(claims, provider.now(), require=("iat",), max_age_seconds=PROOF_SECONDS)
    except (InvalidJwt, ValueError) as error:
        raise _refused(f"The DPoP proof JWT is invalid: {error}.") from error
    if (claims.get("htm"), claims.get("htu")) != (method, address):
        raise _refused("The DPoP proof is for another request.")
    if not provider.take_once(claims.get("jti")):
        raise _refused("The DPoP proof has been used before, or has no jti.")
    return claims, key.key.thumbprint()


def _refused(description: str) -> ProtocolError:
    return ProtocolError("invalid_dpop_proof", description)
