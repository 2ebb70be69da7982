"""Sealing: events that are outside of the chain yet are put under its next seal, a batch at a time."""

from datetime import datetime

from vestibule.crypto.secrets import Vault
from vestibule.flows.audit.chain import new_seal
from vestibule.flows.ports import Storage

BATCH = 200
"""How many events a seal covers at most: some 2 ms during which nothing else runs."""


async def seal_events(storage: Storage, vault: Vault, now: datetime) -> bool:
    """Puts the oldest unsealed events under a seal; answers whether there may be more to do.

    Of several processes one wins each number; the others look again at what is left.
    """
    # In this order: whoever seals the same events after this line takes the number that we would.
    former = await storage.last_seal()
    entries = await storage.unsealed_events(BATCH)
    if not entries:
        return False
    at = max(now, former.at) if former else now
    seal = new_seal(vault, former, at, entries)
    is_ours = await storage.add_seal(seal, [id_ for id_, _ in entries])
    return not is_ours or len(entries) == BATCH
