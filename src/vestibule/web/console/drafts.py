"""A form that was sent before its sign-in was there, or fresh enough: kept, sealed, until it can go on."""

from dataclasses import dataclass

import msgspec

from vestibule.crypto.secrets import digest, new_token
from vestibule.domain.errors import LoginExpired
from vestibule.flows.audit.occurrences import source_of
from vestibule.flows.deployment import Deployment
from vestibule.flows.own_sign_in import DRAFTS as PURPOSE
from vestibule.flows.own_sign_in import LIFE

STRANGERS_DRAFTS = 30
"""How many forms are kept within half an hour for the signed-out browsers of one place: each may be 64 kB."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A form on its way to `path`. `user_id` is set once the sign-in has shown whose it is."""

    path: str
    query: str
    form: dict[str, str]
    realm_name: str
    user_id: str = ""


async def keep_draft(deployment: Deployment, draft: Draft) -> str:
    """Answers the draft's handle. What was typed may be a secret, so that it is sealed."""
    handle = new_token(deployment.random)
    sealed = deployment.vault.encrypt_text(msgspec.json.encode(draft), PURPOSE)
    await deployment.storage.keep(PURPOSE, digest(handle), sealed, deployment.clock.now() + LIFE)
    return handle


async def keep_strangers_draft(deployment: Deployment, draft: Draft, address: str) -> str:
    """As `keep_draft`, for somebody who is not signed in. Blank where their place left too many already:
    then what was typed is lost, and the disk is not filled by nobody in particular."""
    key, now = f"draft-source/{source_of(address)}", deployment.clock.now()
    count, _ = await deployment.storage.count_attempt(key, now, int(LIFE.total_seconds()))
    return await keep_draft(deployment, draft) if count <= STRANGERS_DRAFTS else ""


async def read_draft(deployment: Deployment, handle: str) -> Draft:
    """Raises `LoginExpired` where it is gone."""
    return _open(deployment, await deployment.storage.kept(PURPOSE, digest(handle), deployment.clock.now()))


async def take_draft(deployment: Deployment, handle: str) -> Draft:
    """As `read_draft`, once."""
    kept = await deployment.storage.take_kept(PURPOSE, digest(handle), deployment.clock.now())
    return _open(deployment, kept)


def _open(deployment: Deployment, kept: str | None) -> Draft:
    if kept is None:
        raise LoginExpired("the form that waited for a sign-in is gone")
    return msgspec.json.decode(deployment.vault.decrypt_text(kept, PURPOSE), type=Draft)
