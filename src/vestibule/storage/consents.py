"""Consents, and keys that are used once: assertion ids, revoked token ids, set-up links."""

from collections.abc import Sequence
from datetime import datetime

from vestibule.domain.grant import Consent
from vestibule.storage.document import Document
from vestibule.storage.statement import Room, Statement, micros

CONSENT = Document(Consent)

CONSENT_OF = Statement(
    "consent", "SELECT document FROM consents WHERE user_id = :user_id AND client_id = :client_id"
)
SAVE_CONSENT = Statement(
    "save_consent",
    """INSERT INTO consents (user_id, client_id, given_at, document)
    VALUES (:user_id, :client_id, :now, :document)
    ON CONFLICT (user_id, client_id)
    DO UPDATE SET given_at = excluded.given_at, document = excluded.document""",
)
REMOVE_CONSENT = Statement(
    "remove_consent", "DELETE FROM consents WHERE user_id = :user_id AND client_id = :client_id"
)
CONSENTS_OF = Statement(
    "consents_of", "SELECT document FROM consents WHERE user_id = :user_id ORDER BY client_id"
)
TAKE_ONCE = Statement(
    "take_once",
    """INSERT INTO used_keys (purpose, key, expires_at) VALUES (:purpose, :key, :expires_at)
    ON CONFLICT DO NOTHING RETURNING purpose""",
)
WAS_TAKEN = Statement("was_taken", "SELECT 1 FROM used_keys WHERE purpose = :purpose AND key = :key")


class Consents(Room):
    """The rest of the port `Grants`."""

    __slots__ = ()

    async def consent(self, user_id: str, client: str) -> Consent | None:
        rows = await self._executor.run(CONSENT_OF, user_id=user_id, client_id=client)
        return CONSENT.read(rows[0][0]) if rows else None

    async def save_consent(self, consent: Consent, at: datetime) -> None:
        await self._executor.run(
            SAVE_CONSENT,
            user_id=consent.user_id,
            client_id=consent.client_id,
            now=micros(at),
            document=CONSENT.write(consent),
        )

    async def remove_consent(self, user_id: str, client: str) -> None:
        await self._executor.run(REMOVE_CONSENT, user_id=user_id, client_id=client)

    async def consents_of(self, user_id: str) -> Sequence[Consent]:
        rows = await self._executor.run(CONSENTS_OF, user_id=user_id)
        return [CONSENT.read(document) for (document,) in rows]

    async def take_once(self, purpose: str, key: bytes, expires_at: datetime) -> bool:
        return bool(
            await self._executor.run(TAKE_ONCE, purpose=purpose, key=key, expires_at=micros(expires_at))
        )

    async def was_taken(self, purpose: str, key: bytes) -> bool:
        return bool(await self._executor.run(WAS_TAKEN, purpose=purpose, key=key))
