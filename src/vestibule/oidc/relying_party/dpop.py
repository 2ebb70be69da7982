"""Demonstrating proof of possession as a client (RFC 9449)."""

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.jwk import ECKey

from vestibule.crypto import base64url
from vestibule.crypto.algorithms import SIGNATURE_ALGORITHMS
from vestibule.domain.errors import UpstreamError
from vestibule.oidc.relying_party.messages import Incoming, read_json

PROOF_TYPE = "dpop+jwt"
NONCE_WANTED = "use_dpop_nonce"

_ES256 = SIGNATURE_ALGORITHMS["ES256"]
_NONCE = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]{1,512}")
_CHALLENGE = re.compile(rf'\bdpop\b.*\berror\s*=\s*"{NONCE_WANTED}"', re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class DpopKey:
    """A key pair for one sign-in; it binds that sign-in's tokens and is forgotten with them."""

    key: ECKey = field(repr=False)

    @property
    def public_jwk(self) -> dict[str, str]:
        """The members of the public key, as the proof carries them (section 4.2)."""
        public = self.key.as_dict(private=False)
        return {name: str(public[name]) for name in ("kty", "crv", "x", "y")}


def new_dpop_key() -> DpopKey:
    """A new key for ES256, which every server that knows DPoP takes."""
    private = ec.generate_private_key(ec.SECP256R1())
    return DpopKey(ECKey(private, private))


def dpop_proof(
    key: DpopKey, method: str, url: str, jti: str, now: datetime, *, nonce: str = "", access_token: str = ""
) -> str:
    """The proof for one request (section 4.2). `access_token` is the one that the request carries."""
    header = {"typ": PROOF_TYPE, "alg": _ES256.name, "jwk": key.public_jwk}
    claims: dict[str, object] = {
        "jti": jti,
        "htm": method,
        "htu": url.partition("#")[0].partition("?")[0],
        "iat": int(now.timestamp()),
    }
    if nonce:
        claims["nonce"] = nonce
    if access_token:
        claims["ath"] = base64url.encode(hashlib.sha256(access_token.encode()).digest()).decode()
    signing_input = b".".join(base64url.encode(json.dumps(part).encode()) for part in (header, claims))
    signature = _ES256.signer.sign(signing_input, key.key)
    return (signing_input + b"." + base64url.encode(signature)).decode()


def asks_for_nonce(answer: Incoming) -> str | None:
    """The nonce to try again with, where that is what is asked for (sections 8 and 9); else None.

    The token endpoint says so in its JSON, userinfo in its challenge.
    """
    nonce = answer.headers.get("dpop-nonce", "")
    if answer.status not in (400, 401) or _NONCE.fullmatch(nonce) is None:
        return None
    if _CHALLENGE.search(answer.headers.get("www-authenticate", "")[:2048]):
        return nonce
    try:
        return nonce if read_json(answer).get("error") == NONCE_WANTED else None
    except UpstreamError:
        return None
