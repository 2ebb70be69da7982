"""What is stored gets the present secret key, a few rows at a time, beside the running service."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from functools import partial

from vestibule.domain.realm import MASTER
from vestibule.flows.administer.secret_key.places import Kind, Place, former_places
from vestibule.flows.audit.former_keys import are_kept, keep_former_keys
from vestibule.flows.deployment import OPERATOR, Deployment
from vestibule.flows.ports import Store

BATCH = 10
"""How many rows one transaction changes: a few milliseconds during which others wait to write."""


@dataclass(frozen=True, slots=True)
class Former:
    """How many rows of each kind need a former key, and which values no key that is known opens."""

    kinds: Counter[Kind]
    lost: Sequence[str]


async def find_former(deployment: Deployment) -> Former:
    """Walks over everything that is stored and changes nothing."""
    found = [place async for place in former_places(deployment.storage, deployment.vault)]
    kinds = Counter(place.kind for place in found if not place.lost)
    return Former(kinds, [place.lost for place in found if place.lost])


async def is_unfinished(deployment: Deployment) -> bool:
    """Whether something, or the check of the audit, still needs a former key that is configured."""
    former = await find_former(deployment)
    return former.kinds.total() > 0 or not await are_kept(deployment.storage, deployment.vault)


async def reseal_all(deployment: Deployment) -> AsyncIterator[Counter[Kind]]:
    """Seals everything with the present key and answers after each transaction what was changed by it.

    It walks until a walk finds nothing more: a request may store what it sealed a moment before the key
    changed. At the end the audit can be checked without the former keys. The caller may pause in between.
    """
    is_done = False
    while not is_done:
        is_done = True
        async for batch in _batches(deployment):
            is_done = False
            yield await deployment.storage.transaction(partial(_reseal, batch))
    await keep_former_keys(deployment.storage, deployment.vault)


async def note_rotation(deployment: Deployment, step: str, count: int = 0) -> None:
    """Leaves the event of a rotation that began, went on or ended; nothing in it is secret."""
    master = await deployment.storage.realm_by_name(MASTER)
    event = OPERATOR.event(
        deployment,
        "SECRET_KEY_ROTATED",
        deployment.clock.now(),
        realm_id=master.id if master else None,
        step=step,
        key_id=deployment.vault.key_id,
        resealed=str(count),
    )
    await deployment.storage.add_event(event)


async def _batches(deployment: Deployment) -> AsyncIterator[Sequence[Place]]:
    batch: list[Place] = []
    async for place in former_places(deployment.storage, deployment.vault):
        if not place.lost:
            batch.append(place)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


async def _reseal(batch: Sequence[Place], store: Store) -> Counter[Kind]:
    for place in batch:
        await place.reseal(store)
    return Counter(place.kind for place in batch)
