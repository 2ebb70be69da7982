"""The chain of the audit: each seal covers a batch of events and the seal before it.

A seal's digest has two parts: the SHA-256 of its events, and a digest of that, of the seal's own facts
and of the former seal, keyed with the deployment's master key. So it can be told whether an event or a
seal was changed, and whoever has only the database cannot make a chain that holds.
"""

import hmac
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from vestibule.crypto.secrets import Vault
from vestibule.flows.audit.former_keys import PURPOSE, FormerKey
from vestibule.flows.ports import Seal

BEFORE_THE_FIRST = ""
"""Stands where the first seal has no former one."""

Entry = tuple[str, str]
"""An event's id, and its document exactly as it lies in the store."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def new_seal(vault: Vault, former: Seal | None, at: datetime, entries: Sequence[Entry]) -> Seal:
    """The seal that follows `former`, over these events."""
    number, link = (former.number, link_of(former)) if former else (0, BEFORE_THE_FIRST)
    content = content_of(entries)
    covered = _covered(link, number + 1, at, len(entries), content)
    return Seal(number + 1, at, len(entries), f"{content}-{vault.keyed_digest(PURPOSE, covered).hex()}")


def content_of(entries: Sequence[Entry]) -> str:
    """The digest of the events, by id, each part with its length, so that no two contents look alike."""
    content = sha256()
    for id_, document in sorted(entries):
        content.update(_part(id_))
        content.update(_part(document))
    return content.hexdigest()


def has_content(seal: Seal, entries: Sequence[Entry]) -> bool:
    """Whether the seal was made over exactly these events, as far as the seal itself is as it was."""
    return hmac.compare_digest(seal.digest.partition("-")[0].encode(), content_of(entries).encode())


def link_of(seal: Seal) -> str:
    """The keyed part of the digest: what the next seal covers, and what is noted elsewhere."""
    return seal.digest.partition("-")[2]


def links_after(
    vault: Vault, former_link: str, seal: Seal, former_keys: Sequence[FormerKey] = ()
) -> list[str]:
    """What the seal's link should be: one for each master key that is still configured, and one for each
    former key that was in use when seals of this number were made."""
    content = seal.digest.partition("-")[0]
    covered = _covered(former_link, seal.number, seal.at, seal.count, content)
    made = vault.keyed_digests(PURPOSE, covered)
    made += [hmac.digest(key.key, covered, "sha256") for key in former_keys if seal.number <= key.until]
    return [one.hex() for one in made]


def has_link(seal: Seal, links: Sequence[str]) -> bool:
    """Whether the seal's link is one of these."""
    return any(hmac.compare_digest(link_of(seal).encode(), link.encode()) for link in links)


def _covered(former_link: str, number: int, at: datetime, count: int, content: str) -> bytes:
    micros = (at - _EPOCH) // timedelta(microseconds=1)
    return b"".join(map(_part, (former_link, str(number), str(micros), str(count), content)))


def _part(text: str) -> bytes:
    encoded = text.encode("utf-8", "surrogatepass")
    return len(encoded).to_bytes(8) + encoded
