"""How the audit's chain goes on being checked when a secret key is no longer there.

A seal's link is keyed with the secret key of its time. Before a key goes, what keys the links under it is
kept, sealed with the present one: it checks seals up to a number and opens nothing. A seal beyond that
number does not hold under it, so that whoever has a former key cannot make a chain of their own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from vestibule.crypto.secrets import Vault
from vestibule.domain.errors import UndecryptableSecret
from vestibule.flows.ports import Storage, Store

PURPOSE = "audit"
KEPT = "audit_keys"


@dataclass(frozen=True, slots=True)
class FormerKey:
    """What keyed the links of seals up to number `until`; `id` is that of its secret key."""

    id: str
    until: int
    key: bytes


class _Stored(msgspec.Struct):
    id: str
    until: int
    key: str


_STORED = msgspec.json.Decoder(list[_Stored])


async def former_keys(store: Store, vault: Vault) -> Sequence[FormerKey]:
    """Those that are kept. Raises `UndecryptableSecret`."""
    return [
        FormerKey(one.id, one.until, vault.decrypt_text(one.key, _context(one)))
        for one in _read(await store.value(KEPT))
    ]


async def keep_former_keys(storage: Storage, vault: Vault) -> None:
    """Keeps what is needed of the secret keys that are still configured and no longer seal.

    They count up to the newest seal that there is now.
    """
    newest = await storage.last_seal()
    until = newest.number if newest else 0
    present = [FormerKey(id_, until, key) for id_, key in vault.former_digest_keys(PURPOSE).items()]

    async def step(store: Store) -> None:
        kept = {one.id: one for one in await former_keys(store, vault)}
        kept |= {one.id: one for one in present}
        if kept:
            await store.set_value(KEPT, _written(kept.values(), vault))

    await storage.transaction(step)


async def are_kept(store: Store, vault: Vault) -> bool:
    """Whether this was done for every secret key that is still configured and no longer seals."""
    return vault.former_digest_keys(PURPOSE).keys() <= {one.id for one in _read(await store.value(KEPT))}


async def reseal_former_keys(store: Store, vault: Vault) -> None:
    """Seals them with the present key. Raises `UndecryptableSecret`."""
    if not await are_current(store, vault):
        await store.set_value(KEPT, _written(await former_keys(store, vault), vault))


async def are_current(store: Store, vault: Vault) -> bool:
    """Whether they are sealed with the present key."""
    return all(vault.is_current_text(one.key) for one in _read(await store.value(KEPT)))


def _read(value: str | None) -> Sequence[_Stored]:
    try:
        return _STORED.decode(value) if value else ()
    except msgspec.MsgspecError as error:
        raise UndecryptableSecret(f"{KEPT}: not in its stored form") from error


def _written(keys: Iterable[FormerKey], vault: Vault) -> str:
    stored = [_Stored(one.id, one.until, vault.encrypt_text(one.key, _context(one))) for one in keys]
    return msgspec.json.encode(stored).decode()


def _context(one: FormerKey | _Stored) -> str:
    return f"audit/key/{one.id}/{one.until}"
