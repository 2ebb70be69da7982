"""A verified new credential, before it belongs to anybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from vestibule.domain.user import Passkey, User

_KEY_TRANSPORTS = {"usb", "nfc", "ble", "smart-card"}


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """What a verified creation tells. `aaguid` names the model; nobody vouches for it, so it is noted."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    backup_eligible: bool
    backed_up: bool
    transports: tuple[str, ...]
    aaguid: str

    def of(self, user: User, passkey_id: str, existing: Sequence[Passkey], at: datetime) -> Passkey:
        """The passkey of `user`, who has the `existing` ones."""
        return Passkey(
            id=passkey_id,
            realm_id=user.realm_id,
            user_id=user.id,
            credential_id=self.credential_id,
            public_key=self.public_key,
            sign_count=self.sign_count,
            name=self._name({passkey.name for passkey in existing}),
            backup_eligible=self.backup_eligible,
            backed_up=self.backed_up,
            transports=self.transports,
            created_at=at,
        )

    def _name(self, taken: set[str]) -> str:
        """`Security key` for one that must be plugged in or touched, else `Passkey`; numbered."""
        portable = bool(self.transports) and _KEY_TRANSPORTS.issuperset(self.transports)
        kind = "Security key" if portable and not self.backup_eligible else "Passkey"
        names = (kind if number == 1 else f"{kind} {number}" for number in range(1, len(taken) + 2))
        return next(name for name in names if name not in taken)
