"""A realm's signing key as it is stored; `crypto.keys` makes it usable."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from vestibule.domain.client import Algorithm

KeyState = Literal["next", "active", "retired"]


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key pair. `public_jwk` is JSON text without private members, `private` the encrypted PKCS#8 DER.

    States: `next` is published before it signs, `active` signs, `retired` only verifies until `expires_at`.
    """

    kid: str
    realm_id: str
    algorithm: Algorithm
    state: KeyState
    public_jwk: str
    private: bytes
    created_at: datetime
    expires_at: datetime | None = None
