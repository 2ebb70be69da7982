"""Sealed texts by their place, page by page, and their change: for a new secret key."""

from collections.abc import Sequence

from vestibule.flows.ports import Delivery
from vestibule.storage.deliveries import read_delivery
from vestibule.storage.statement import Room, Statement

REALM_IDS = Statement("realm_ids", "SELECT id FROM realms WHERE id > :after ORDER BY id LIMIT :limit")
DELIVERIES = Statement(
    "deliveries_of_kind",
    """SELECT id, kind, realm_id, payload, due_at, attempts FROM deliveries
    WHERE id > :after AND kind = :kind ORDER BY id LIMIT :limit""",
)
CHANGE_PAYLOAD = Statement(
    "change_payload",
    "UPDATE deliveries SET payload = :after WHERE id = :id AND payload = :before RETURNING id",
)
KEPT_TEXTS = Statement(
    "kept_texts",
    """SELECT key, document FROM kept WHERE purpose = :purpose AND key > :after
    ORDER BY key LIMIT :limit""",
)
CHANGE_KEPT = Statement(
    "change_kept",
    """UPDATE kept SET document = :after WHERE purpose = :purpose AND key = :key AND document = :before
    RETURNING key""",
)
ID_TOKENS = Statement(
    "id_tokens",
    """SELECT session_id, id_token FROM upstream_sessions WHERE session_id > :after AND id_token <> ''
    ORDER BY session_id LIMIT :limit""",
)
CHANGE_ID_TOKEN = Statement(
    "change_id_token",
    """UPDATE upstream_sessions SET id_token = :after WHERE session_id = :id AND id_token = :before
    RETURNING session_id""",
)


class SealedTexts(Room):
    """The port of the same name."""

    __slots__ = ()

    async def realm_ids(self, after: str = "", limit: int = 100) -> Sequence[str]:
        return [id_ for (id_,) in await self._executor.run(REALM_IDS, after=after, limit=limit)]

    async def deliveries(self, kind: str, after: str = "", limit: int = 100) -> Sequence[Delivery]:
        rows = await self._executor.run(DELIVERIES, kind=kind, after=after, limit=limit)
        return [read_delivery(row) for row in rows]

    async def change_payload(self, before: Delivery, payload: str) -> bool:
        return bool(
            await self._executor.run(CHANGE_PAYLOAD, id=before.id, before=before.payload, after=payload)
        )

    async def kept_texts(
        self, purpose: str, after: bytes = b"", limit: int = 100
    ) -> Sequence[tuple[bytes, str]]:
        rows = await self._executor.run(KEPT_TEXTS, purpose=purpose, after=after, limit=limit)
        return [(bytes(key), document) for key, document in rows]

    async def change_kept(self, purpose: str, key: bytes, before: str, after: str) -> bool:
        changed = await self._executor.run(CHANGE_KEPT, purpose=purpose, key=key, before=before, after=after)
        return bool(changed)

    async def id_tokens(self, after: str = "", limit: int = 100) -> Sequence[tuple[str, str]]:
        rows = await self._executor.run(ID_TOKENS, after=after, limit=limit)
        return [(session_id, sealed) for session_id, sealed in rows]

    async def change_id_token(self, session_id: str, before: str, after: str) -> bool:
        return bool(await self._executor.run(CHANGE_ID_TOKEN, id=session_id, before=before, after=after))
