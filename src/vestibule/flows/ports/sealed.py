"""Sealed texts that no use case lists: found by their place when the secret key changes."""

from collections.abc import Sequence
from typing import Protocol

from vestibule.flows.ports.events import Delivery


class SealedTexts(Protocol):
    """Pages in the order of a key that never changes. A change is made only to the text that was read."""

    async def realm_ids(self, after: str = "", limit: int = 100) -> Sequence[str]: ...
    async def deliveries(self, kind: str, after: str = "", limit: int = 100) -> Sequence[Delivery]:
        """By id, due or not."""
        ...

    async def change_payload(self, before: Delivery, payload: str) -> bool: ...
    async def kept_texts(
        self, purpose: str, after: bytes = b"", limit: int = 100
    ) -> Sequence[tuple[bytes, str]]:
        """(key, text), expired or not."""
        ...

    async def change_kept(self, purpose: str, key: bytes, before: str, after: str) -> bool: ...
    async def id_tokens(self, after: str = "", limit: int = 100) -> Sequence[tuple[str, str]]:
        """(id of our session, sealed ID token) of the providers' sessions that keep one."""
        ...

    async def change_id_token(self, session_id: str, before: str, after: str) -> bool: ...
