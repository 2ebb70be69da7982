"""Verifying: the whole chain is worked out anew from what lies in the store, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hmac import compare_digest
from typing import Literal

from vestibule.crypto.secrets import Vault
from vestibule.flows.audit.chain import BEFORE_THE_FIRST, has_content, has_link, link_of, links_after
from vestibule.flows.audit.former_keys import FormerKey, former_keys
from vestibule.flows.ports import Seal, Storage

PAGE = 100
MOST_BREACHES = 100

Kind = Literal["event changed", "event removed", "event added", "seal altered", "seal missing"]


@dataclass(frozen=True, slots=True)
class Breach:
    """Where the chain does not hold: the seal's number, and what is wrong with it or the events under it."""

    seal: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found. `newest` is the last seal's link, to be noted elsewhere; `unsealed` events wait.

    Of breaches the first hundred are told. `is_met` says whether the expected link is in the chain, None
    where none was expected.
    """

    seals: int
    events: int
    newest: str
    unsealed: int
    breaches: tuple[Breach, ...]
    is_met: bool | None

    @property
    def is_intact(self) -> bool:
        """Whether the chain holds, with the expected link in it."""
        return not self.breaches and self.is_met is not False


async def verify_audit(storage: Storage, vault: Vault, first: int = 1, expected: str = "") -> Verified:
    """Works out every seal from number `first` on, also those that are added meanwhile.

    The seal before `first` is taken as it is. `expected` is the newest link of an earlier run: without
    it nobody can tell that the last seals, with their events, were taken away.
    """
    walk = _Walk(storage, vault, await former_keys(storage, vault), first - 1, expected)
    if first > 1:
        for seal in await storage.seals(after=first - 2, limit=1):
            walk.take_over(seal)
    await walk.to_the_end()
    while first == 1 and not walk.has_gap and walk.events != await storage.count_sealed():
        if not await walk.to_the_end():  # Nothing was sealed meanwhile.
            walk.tell(walk.number + 1, "seal missing")
    is_met = walk.is_met if expected else None
    unsealed = await storage.count_unsealed()
    return Verified(walk.seals, walk.events, walk.link, unsealed, tuple(walk.breaches.values()), is_met)


@dataclass
class _Walk:
    """Along the chain: `number` and `link` are those of the last seal seen.

    `repaired` is what that seal's link should have been, where it was not: the next seal then says
    which of the two was altered.
    """

    storage: Storage
    vault: Vault
    former_keys: Sequence[FormerKey]
    number: int
    expected: str
    link: str = BEFORE_THE_FIRST
    repaired: Sequence[str] = ()
    is_met: bool = False
    has_gap: bool = False
    seals: int = 0
    events: int = 0
    breaches: dict[int, Breach] = field(default_factory=dict)

    async def to_the_end(self) -> bool:
        """Looks at every seal that is left; answers whether there was one."""
        seen = self.seals
        while page := await self.storage.seals(after=self.number, limit=PAGE):
            for seal in page:
                await self._look_at(seal)
        return self.seals > seen

    def take_over(self, seal: Seal) -> None:
        """Goes on from this seal."""
        self.number, self.link = seal.number, link_of(seal)
        self.is_met |= compare_digest(self.link.encode(), self.expected.encode())

    def tell(self, seal: int, kind: Kind) -> None:
        """Notes the first thing that is wrong there."""
        self.has_gap |= kind == "seal missing"
        if len(self.breaches) < MOST_BREACHES:
            self.breaches.setdefault(seal, Breach(seal, kind))

    async def _look_at(self, seal: Seal) -> None:
        entries = await self.storage.sealed_documents(seal.number)
        if seal.number != self.number + 1:
            self.tell(self.number + 1, "seal missing")
        elif not self._follows(seal):
            self.tell(seal.number, "seal altered")
        if not has_content(seal, entries):
            self.tell(seal.number, _what_happened(seal, len(entries)))
        self.seals, self.events = self.seals + 1, self.events + len(entries)
        self.take_over(seal)

    def _follows(self, seal: Seal) -> bool:
        """Whether it covers the seal before it, as that is or as it should have been."""
        links = self._links_after(self.link, seal)
        formers, self.repaired = self.repaired, links
        if has_link(seal, links):
            self.repaired = ()
            return True
        return any(has_link(seal, self._links_after(former, seal)) for former in formers)

    def _links_after(self, former: str, seal: Seal) -> list[str]:
        return links_after(self.vault, former, seal, self.former_keys)


def _what_happened(seal: Seal, count: int) -> Kind:
    if count < seal.count:
        return "event removed"
    return "event added" if count > seal.count else "event changed"
